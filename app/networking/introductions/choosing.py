"""What people choose about being introduced: how often, and to whom never."""

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.holding import take_turns
from app.accounts.queries import get_user
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _
from app.networking.introductions.answering import tell_that_nothing_comes
from app.networking.introductions.models import (
    MOST_A_MONTH,
    Introduction,
    IntroductionChoices,
    NeverIntroduced,
)
from app.networking.introductions.moves import (
    ENDED,
    HOPED_FOR,
    Act,
    Part,
    State,
    due_after,
    moved,
)
from app.networking.introductions.policy import may_be_introduced
from app.networking.introductions.queries import hold_people_in


async def choose(session: AsyncSession, actor: Actor, *, a_month: int) -> IntroductionChoices:
    """How many introductions a month, none to ten. Raises Invalid."""
    require(may_be_introduced(actor))
    if not 0 <= a_month <= MOST_A_MONTH:
        says = _("Choose a number from 0 to %(number)s.") % {"number": MOST_A_MONTH}
        raise Invalid(says, fields={"a_month": says})
    await take_turns(session, actor.user_id)
    row = await session.get(IntroductionChoices, actor.user_id, with_for_update=True)
    if row is None:
        row = IntroductionChoices(user_id=actor.user_id)
        session.add(row)
    row.a_month = a_month
    await session.flush()
    return row


async def never_introduce(session: AsyncSession, actor: Actor, other_id: int) -> None:
    """Never to be introduced to somebody, who is not told; twice is once. What waits between them ends."""
    require(may_be_introduced(actor))
    if other_id == actor.user_id:
        raise Invalid(_("An introduction needs three different people."))
    await get_user(session, other_id)
    mine = actor.user_id or 0
    between = or_(
        and_(Introduction.requester_id == mine, Introduction.target_id == other_id),
        and_(Introduction.requester_id == other_id, Introduction.target_id == mine),
    )
    # Also what was declined and still seems to wait: else who ends it would learn which it was.
    waits = and_(between, Introduction.state.in_(HOPED_FOR))
    await hold_people_in(session, waits)
    await take_turns(session, mine)
    if await session.get(NeverIntroduced, (mine, other_id)) is None:
        session.add(NeverIntroduced(user_id=mine, other_id=other_id, at=clock.now()))
        await session.flush()
    await _end(session, waits, mine)


async def introduce_again(session: AsyncSession, actor: Actor, other_id: int) -> None:
    """Take that back; harmless where there is nothing to take back."""
    require(may_be_introduced(actor))
    said = and_(NeverIntroduced.user_id == actor.user_id, NeverIntroduced.other_id == other_id)
    await session.execute(delete(NeverIntroduced).where(said))


async def _end(session: AsyncSession, which: ColumnElement[bool], mine: int) -> None:
    """It looks like any other no."""
    at = clock.now()
    query = select(Introduction).where(which).execution_options(populate_existing=True)
    for introduction in await session.scalars(query.order_by(Introduction.id).with_for_update()):
        before = introduction.state_at(at)
        part = introduction.part_of(mine) or Part.TARGET
        act = Act.DECLINE
        if part == Part.REQUESTER and not introduction.by_connector:
            act = Act.WITHDRAW
        after = moved(before, act, part)
        if after is not None:
            introduction.due_at = due_after(before, introduction.due_at, after, at)
            introduction.state = after
            introduction.ended_at = at if after in ENDED else None
            if after == State.DECLINED:
                tell_that_nothing_comes(session, introduction, before, but=mine)
    await session.flush()
