"""The first owner of a new site: whoever sits at the machine, or knows the code that the server printed."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actions import NewUser, add_user
from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.links import make_link, use_link
from app.accounts.models import LinkPurpose, User
from app.accounts.queries import has_owner
from app.core import clock
from app.core.errors import Forbidden, Gone, NotFound
from app.core.i18n import marked
from app.core.limits import Limit, take

CODE_LIFETIME = timedelta(days=2)
# Whatever comes in here is also in one queue: the row that counts it is locked until it is done.
_TRIES = (Limit(30, timedelta(minutes=15)),)
_WRONG_CODE = marked("That is not the code which the server printed when it started.")


async def offer_set_up(session: AsyncSession) -> str | None:
    """The code that lets somebody become the owner from elsewhere; None when there is an owner."""
    if await has_owner(session):
        return None
    return await make_link(session, LinkPurpose.SET_UP, lifetime=CODE_LIFETIME)


async def become_owner(
    session: AsyncSession, new: NewUser, *, code: str, is_at_the_machine: bool
) -> User:
    """Make the first owner. Raises Gone when there is one, Forbidden without the code, Invalid, Conflict."""
    wait = await take(session, "set-up", _TRIES, clock.now())
    if await has_owner(session):
        raise Gone(marked("This site has an owner already. Sign in instead."))
    if not is_at_the_machine:
        if wait is not None:
            raise Forbidden(_WRONG_CODE)
        await _use_code(session, code)
    as_owner = NewUser(
        email=new.email,
        name=new.name,
        roles=frozenset({Role.OWNER}),
        password_hash=new.password_hash,
    )
    return await add_user(session, OWNER_AT_THE_MACHINE, as_owner)


async def _use_code(session: AsyncSession, code: str) -> None:
    try:
        await use_link(session, LinkPurpose.SET_UP, code)
    except (NotFound, Gone):
        raise Forbidden(_WRONG_CODE) from None
