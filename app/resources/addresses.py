"""Addresses that people leave to get something: confirmed by a letter, kept for nothing but what they agreed to."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR, Actor
from app.accounts.links import find_link, use_link
from app.accounts.models import LinkPurpose, OneTimeLink
from app.core import clock
from app.core.errors import Invalid, NotFound, TooMany
from app.core.events import record
from app.core.i18n import _, marked
from app.core.limits import Limit, take
from app.core.mail import is_deliverable
from app.core.secrets import Secrets
from app.discussions.events import CommenterErased
from app.resources.events import AddressLeft
from app.resources.models import Access, LeftAddress, Resource, ResourceVersion
from app.resources.queries import Listed, get_managed
from app.resources.reach import in_library

# The link works so long; after it, an address that agreed to nothing more is not needed.
CONFIRM_WITHIN = timedelta(days=2)
PAGE_SIZE = 50

_BY_ADDRESS = (Limit(2, timedelta(days=1)),)
_BY_NETWORK = (Limit(5, timedelta(hours=1)),)
_TOO_MANY = marked("Too many letters were asked for. Try again tomorrow.")


async def leave_address(
    session: AsyncSession,
    secrets: Secrets,
    listed: Listed,
    *,
    email: str,
    may_be_mailed: bool,
    network: str,
) -> None:
    """Ask by letter whether an address is theirs; the answer is the same whatever is known of it.

    Raises Invalid for what is no address, TooMany.
    """
    email = email.strip().lower()
    if not is_deliverable(email):
        says = _("This does not look like an e-mail address.")
        raise Invalid(says, fields={"email": says})
    if listed.resource.access != Access.ADDRESS:
        raise NotFound
    await _take_turn(session, secrets, listed.resource.id, email, network)
    row = await _row(session, listed.resource.id, email)
    # Whoever confirmed once has agreed for good, or not: a stranger who types the address changes nothing.
    if row.confirmed_at is None:
        row.may_be_mailed = may_be_mailed
    row.asked_at = clock.now()
    await session.flush()
    record(session, AddressLeft(address_id=row.id))


async def find_asked(session: AsyncSession, token: str) -> tuple[OneTimeLink, LeftAddress, Listed]:
    """What the link of a letter is about. Raises NotFound, and Gone for a link used before or too old."""
    link = await find_link(session, LinkPurpose.RESOURCE, token)
    found = await _asked(session, LeftAddress.id == link.subject_id)
    return link, *found


async def confirm_address(session: AsyncSession, token: str) -> tuple[LeftAddress, Listed]:
    """The address is theirs: they may have it now. Raises as `find_asked`."""
    link = await use_link(session, LinkPurpose.RESOURCE, token)
    address, listed = await _asked(session, LeftAddress.id == link.subject_id)
    address.confirmed_at = clock.now()
    return address, listed


async def find_confirmed(session: AsyncSession, address_id: int, resource_id: int) -> Listed:
    """What somebody with a confirmed address may fetch just now. Raises NotFound."""
    is_it = and_(
        LeftAddress.id == address_id,
        LeftAddress.resource_id == resource_id,
        LeftAddress.confirmed_at.is_not(None),
    )
    _address, listed = await _asked(session, is_it)
    return listed


async def addresses_left(
    session: AsyncSession, actor: Actor, resource_id: int, before: int | None = None
) -> Sequence[LeftAddress]:
    """Those who agreed to be mailed and confirmed it, for whoever may change the resource. One more than a page."""
    await get_managed(session, actor, resource_id)
    agreed = (
        LeftAddress.resource_id == resource_id,
        LeftAddress.may_be_mailed,
        LeftAddress.confirmed_at.is_not(None),
    )
    query = select(LeftAddress).where(*agreed).order_by(LeftAddress.id.desc())
    if before is not None:
        query = query.where(LeftAddress.id < before)
    return (await session.scalars(query.limit(PAGE_SIZE + 1))).all()


async def erase_address(
    session: AsyncSession, actor: Actor, resource_id: int, address_id: int
) -> None:
    """Forget one of them, for good. Raises NotFound for whoever may not."""
    await get_managed(session, actor, resource_id)
    await session.execute(
        delete(LeftAddress).where(
            LeftAddress.id == address_id, LeftAddress.resource_id == resource_id
        )
    )


async def forget_addresses(session: AsyncSession, at: datetime) -> None:
    """Delete those that were never confirmed, and those that were left for the file alone."""
    has_agreed = and_(LeftAddress.may_be_mailed, LeftAddress.confirmed_at.is_not(None))
    await session.execute(
        delete(LeftAddress).where(~has_agreed, LeftAddress.asked_at < at - CONFIRM_WITHIN)
    )


async def forget_leaver(session: AsyncSession, event: CommenterErased) -> None:
    """Nothing is known any more of whoever used an address, here neither."""
    await session.execute(delete(LeftAddress).where(LeftAddress.email == event.email))


async def _take_turn(
    session: AsyncSession, secrets: Secrets, resource_id: int, email: str, network: str
) -> None:
    now = clock.now()
    subjects = {
        f"resource:{secrets.keyed_hash('resource letters', f'{resource_id} {email}')}": _BY_ADDRESS,
        f"resource:{secrets.keyed_hash('resource letters', network)}": _BY_NETWORK,
    }
    for subject, limits in subjects.items():
        wait = await take(session, subject, limits, now)
        if wait is not None:
            seconds = str(int(wait.total_seconds()) + 1)
            raise TooMany(_TOO_MANY, headers={"Retry-After": seconds})


async def _row(session: AsyncSession, resource_id: int, email: str) -> LeftAddress:
    # Two who type the same at once are kept apart by the allowance's row, which both have to lock.
    is_it = and_(LeftAddress.resource_id == resource_id, LeftAddress.email == email)
    row: LeftAddress | None = await session.scalar(select(LeftAddress).where(is_it))
    if row is None:
        row = LeftAddress(resource_id=resource_id, email=email, asked_at=clock.now())
        session.add(row)
    return row


async def _asked(session: AsyncSession, is_it: ColumnElement[bool]) -> tuple[LeftAddress, Listed]:
    query = (
        select(LeftAddress, Resource, ResourceVersion)
        .join(Resource, Resource.id == LeftAddress.resource_id)
        .join(
            ResourceVersion,
            and_(
                ResourceVersion.resource_id == Resource.id,
                ResourceVersion.number == Resource.latest,
            ),
        )
        .where(is_it, in_library(VISITOR), Resource.access == Access.ADDRESS)
    )
    found = (await session.execute(query)).first()
    if found is None:
        raise NotFound
    return found[0], Listed(found[1], found[2])
