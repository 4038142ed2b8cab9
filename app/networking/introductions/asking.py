"""Asking for an introduction, and offering one: who may, how often, and to whom it never gets."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from math import ceil

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import is_blocked_between
from app.accounts.holding import take_turns
from app.accounts.queries import has_account
from app.core import clock
from app.core.answers import require
from app.core.errors import Forbidden, Invalid, NotFound, TooMany
from app.core.events import record
from app.core.i18n import _, marked
from app.networking.connections.queries import are_connected
from app.networking.introductions import limits
from app.networking.introductions.events import IntroductionAsked, IntroductionOffered
from app.networking.introductions.models import Introduction, NeverIntroduced
from app.networking.introductions.moves import ANSWER_WITHIN, HOPED_FOR, State
from app.networking.introductions.policy import may_be_introduced


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody asks, and of whom; the target is a member, or has only a name."""

    connector_id: int
    target_id: int | None = None
    target_name: str = ""
    about_me: str
    why: str
    what_i_ask: str
    what_i_give: str = ""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Two people whom a connector would introduce to each other, and what is said to each."""

    first_id: int
    second_id: int
    note_to_first: str
    note_to_second: str


_REST = marked(
    "Nothing came of your last three requests. Let it rest a while: you can ask again on %(date)s."
)
_OPEN = marked(
    "Three of your requests still wait for an answer. You can ask again when one of them is over,"
    " on %(date)s at the latest."
)
_NEW = marked("That was five requests in thirty days. The next one is possible on %(date)s.")
_BUSY = marked(
    "This person has enough requests to answer. Ask somebody else, or ask again on %(date)s."
)
_SAME = marked(
    "You have asked to be introduced to this person before. You can ask again on %(date)s."
)
_ENOUGH = marked("This person wants no more introductions before %(date)s.")
_BUSY_MYSELF = marked(
    "You have five introductions under way. The next one is possible on %(date)s at the latest."
)
_SAME_TWO = marked("You have asked these two before. You can ask them again on %(date)s.")


async def ask(session: AsyncSession, actor: Actor, wanted: Request) -> Introduction:
    """Ask somebody whom one knows to introduce one to somebody. Raises Invalid, Forbidden, TooMany.

    To somebody who blocked the asker, or never wants to be introduced to them, it looks delivered. Sent
    twice it is one request.
    """
    require(may_be_introduced(actor))
    mine, at = actor.user_id or 0, clock.now()
    _refuse_one_person_twice(mine, wanted.connector_id, wanted.target_id)
    await take_turns(session, mine, wanted.connector_id, wanted.target_id)
    await _require_connections(session, mine, wanted)
    if made := await _asked_already(session, mine, wanted, at):
        return made
    await _keep_limits(session, mine, wanted, at)
    introduction = Introduction(
        requester_id=mine,
        **vars(wanted),
        state=State.ASKED,
        asked_at=at,
        due_at=at + ANSWER_WITHIN,
        goes_nowhere=await _goes_nowhere(session, mine, wanted.connector_id, wanted.target_id),
    )
    session.add(introduction)
    await session.flush()
    if not introduction.goes_nowhere:
        asked = IntroductionAsked(introduction_id=introduction.id, user_id=wanted.connector_id)
        record(session, asked)
    return introduction


async def offer(session: AsyncSession, actor: Actor, made: Offer) -> Introduction:
    """Ask two people whom one knows whether they want to meet. Raises Invalid, Forbidden, TooMany."""
    require(may_be_introduced(actor))
    mine, at = actor.user_id or 0, clock.now()
    _refuse_one_person_twice(made.first_id, mine, made.second_id)
    await take_turns(session, made.first_id, mine, made.second_id)
    for field, person in (("first", made.first_id), ("second", made.second_id)):
        await _require_known(session, mine, person, field)
    if offered := await _offered_already(session, mine, made, at):
        return offered
    await _keep_limits_of_offers(session, mine, made, at)
    introduction = Introduction(
        requester_id=made.first_id,
        connector_id=mine,
        target_id=made.second_id,
        by_connector=True,
        note=made.note_to_second,
        note_to_first=made.note_to_first,
        state=State.OFFERED,
        asked_at=at,
        passed_on_at=at,
        due_at=at + ANSWER_WITHIN,
        goes_nowhere=await _need_not_meet(session, mine, made),
    )
    session.add(introduction)
    await session.flush()
    if not introduction.goes_nowhere:
        for user_id in (made.first_id, made.second_id):
            record(session, IntroductionOffered(introduction_id=introduction.id, user_id=user_id))
    return introduction


async def require_room_at(session: AsyncSession, user_id: int, at: datetime) -> None:
    """That somebody takes one more introduction this month. Raises Forbidden, or TooMany with the date."""
    free = await limits.enough_this_month(session, user_id, at)
    if free == limits.NEVER:
        raise Forbidden(_("This person wants no introductions at present."))
    _wait_until(free, at, _ENOUGH)


async def _asked_already(
    session: AsyncSession, mine: int, wanted: Request, at: datetime
) -> Introduction | None:
    """The same words to the same people, which seem to wait still: a button was pressed twice."""
    same = [
        getattr(Introduction, name).is_not_distinct_from(value)
        for name, value in vars(wanted).items()
    ]
    return await _made_already(session, at, Introduction.requester_id == mine, *same)


async def _offered_already(
    session: AsyncSession, mine: int, made: Offer, at: datetime
) -> Introduction | None:
    same = (
        Introduction.connector_id == mine,
        Introduction.requester_id == made.first_id,
        Introduction.target_id == made.second_id,
        Introduction.note_to_first == made.note_to_first,
        Introduction.note == made.note_to_second,
        Introduction.by_connector.is_(True),
    )
    return await _made_already(session, at, *same)


async def _made_already(
    session: AsyncSession, at: datetime, *same: ColumnElement[bool]
) -> Introduction | None:
    lately = Introduction.asked_at > at - timedelta(days=1)
    query = select(Introduction).where(*same, lately, Introduction.state.in_(HOPED_FOR))
    found: Introduction | None = await session.scalar(query.limit(1))
    return found


async def _require_connections(session: AsyncSession, mine: int, wanted: Request) -> None:
    await _require_known(session, mine, wanted.connector_id, "connector")
    if wanted.target_id is not None and not await has_account(session, wanted.target_id):
        raise NotFound(_("There is nobody like that here."))
    if wanted.target_id is not None and await are_connected(session, mine, wanted.target_id):
        raise Invalid(_("You know each other already."))


async def _require_known(session: AsyncSession, mine: int, person: int, field: str) -> None:
    if not await are_connected(session, mine, person):
        says = _("Choose somebody whom you know here.")
        raise Invalid(says, fields={field: says})


async def _keep_limits(session: AsyncSession, mine: int, wanted: Request, at: datetime) -> None:
    _wait_until(await limits.paused_until(session, mine, at), at, _REST)
    _wait_until(await limits.too_many_open(session, mine, at), at, _OPEN)
    _wait_until(await limits.too_many_new(session, mine, at), at, _NEW)
    _wait_until(await limits.connector_is_busy(session, wanted.connector_id, at), at, _BUSY)
    if wanted.target_id is not None:
        before = await limits.asked_before(session, mine, wanted.target_id, at)
        _wait_until(before, at, _SAME)
        await require_room_at(session, wanted.target_id, at)


async def _keep_limits_of_offers(
    session: AsyncSession, mine: int, made: Offer, at: datetime
) -> None:
    _wait_until(await limits.connector_is_busy(session, mine, at), at, _BUSY_MYSELF)
    before = await limits.offered_before(session, mine, made.first_id, made.second_id, at)
    _wait_until(before, at, _SAME_TWO)
    for person in (made.first_id, made.second_id):
        await require_room_at(session, person, at)


def _wait_until(until: datetime | None, at: datetime, sentence: str) -> None:
    """Refuse with the day on which it is possible again (RFC 9110 §10.2.3), unless it is possible now."""
    if until is None:
        return
    seconds = max(1, ceil((until - at).total_seconds()))
    # The day after the moment: on that day it is possible at any hour, in any zone.
    day = (until + timedelta(days=1)).date().isoformat()
    raise TooMany(_(sentence) % {"date": day}, headers={"Retry-After": str(seconds)})


def _refuse_one_person_twice(requester: int, connector: int, target: int | None) -> None:
    if len({requester, connector, target}) < 3:
        raise Invalid(_("An introduction needs three different people."))


async def _need_not_meet(session: AsyncSession, mine: int, made: Offer) -> bool:
    """They never will, or know each other already, of which a third person is not told."""
    if await _goes_nowhere(session, made.first_id, mine, made.second_id):
        return True
    return await are_connected(session, made.first_id, made.second_id)


async def _goes_nowhere(
    session: AsyncSession, requester: int, connector: int, target: int | None
) -> bool:
    people = [person for person in (requester, connector, target) if person is not None]
    for one, other in combinations(people, 2):
        if await is_blocked_between(session, one, other):
            return True
    return target is not None and await never_to_meet(session, requester, target)


async def never_to_meet(session: AsyncSession, one: int, other: int) -> bool:
    """Whether either of two people never wants to be introduced to the other."""
    said = or_(
        and_(NeverIntroduced.user_id == one, NeverIntroduced.other_id == other),
        and_(NeverIntroduced.user_id == other, NeverIntroduced.other_id == one),
    )
    return await session.scalar(select(NeverIntroduced.user_id).where(said).limit(1)) is not None
