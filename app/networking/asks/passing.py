"""A member tells another member of the same group of an ask or an offer."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import is_blocked_between
from app.accounts.models import User
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid
from app.core.events import record
from app.core.i18n import _
from app.groups.models import Membership
from app.groups.queries import INSIDE
from app.networking.asks.events import PassedOn
from app.networking.asks.limits import has_passed_on, keep_within_passings
from app.networking.asks.models import Passing
from app.networking.asks.policy import may_pass_on
from app.networking.asks.queries import Matter, get_matter


async def pass_on(session: AsyncSession, actor: Actor, place: tuple[str, int], handle: str) -> None:
    """Tell a member of the same group of it; once each. To who does not want to hear, it looks the same.

    Raises NotFound, Forbidden, SignInNeeded, Invalid, TooMany.
    """
    matter, at = await get_matter(session, actor, *place), clock.now()
    require(may_pass_on(actor, matter.here, matter.topic, matter.detail, at))
    assert actor.user_id is not None
    to_id = await _member_called(session, matter.topic.group_id, handle)
    if to_id in (None, actor.user_id, matter.topic.user_id):
        says = _("Name another member of this group, as their page's address does.")
        raise Invalid(says, fields={"to": says})
    assert to_id is not None
    if await has_passed_on(session, matter.topic.id, actor.user_id, to_id):
        return
    await keep_within_passings(session, actor.user_id, at)
    session.add(Passing(topic_id=matter.topic.id, from_id=actor.user_id, to_id=to_id, at=at))
    await session.flush()
    if not await _hears(session, matter, actor.user_id, to_id):
        return
    record(session, PassedOn(topic_id=matter.topic.id, from_id=actor.user_id, to_id=to_id))


async def _hears(session: AsyncSession, matter: Matter, from_id: int, to_id: int) -> bool:
    """Whether neither the sender nor whoever began it is invisible to them."""
    owner_id = matter.topic.user_id
    if await is_blocked_between(session, from_id, to_id):
        return False
    return owner_id is None or not await is_blocked_between(session, owner_id, to_id)


async def _member_called(session: AsyncSession, group_id: int, handle: str) -> int | None:
    query = (
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.group_id == group_id,
            Membership.state.in_(INSIDE),
            User.slug == handle.strip().removeprefix("@").casefold(),
        )
    )
    return await session.scalar(query)
