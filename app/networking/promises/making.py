"""Offering a promise, and asking for one: with whom, for when, and how often."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import is_blocked_between
from app.accounts.holding import take_turns
from app.accounts.models import User
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid, NotFound, TooMany
from app.core.events import record
from app.core.i18n import _, marked
from app.core.text import clean_text
from app.networking.promises.dates import due_date, runs_out
from app.networking.promises.events import PromiseMade
from app.networking.promises.models import LONGEST_TEXT, Promise, SourceKind
from app.networking.promises.moves import UNDECIDED, State
from app.networking.promises.policy import may_promise
from app.site.models import SiteRow

MOST_REQUESTS = 3
MOST_REQUESTS_OF_ONE = 1
# Offered and asked for within a day, whatever became of it since: each of them is a letter to somebody.
_DAY = timedelta(days=1)
MOST_A_DAY = 20
MOST_A_DAY_WITH_ONE = 5

_ALL = marked(
    "Three people have not answered what you asked them yet. You can ask again %(moment)s UTC at the latest."
)
_OF_ONE = marked(
    "They have not answered what you asked them before. You can ask again %(moment)s UTC at the latest."
)
_ENOUGH = marked("That is enough for one day. The next promise is possible %(moment)s UTC.")
_ENOUGH_WITH_ONE = marked(
    "That is enough with one person for a day. The next is possible %(moment)s UTC."
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be promised, as it was typed."""

    other_id: int
    by_promiser: bool
    text: str
    due: str
    source_kind: SourceKind = SourceKind.NONE
    source_id: int | None = None


async def make(session: AsyncSession, actor: Actor, wanted: Wanted) -> Promise:
    """Offer a promise, or ask for one. Raises Invalid, NotFound, TooMany. It begins when the other side accepts.

    To somebody who blocked the actor it looks delivered, and goes nowhere. Sent twice it is one promise.
    """
    require(may_promise(actor))
    mine, at = actor.user_id or 0, clock.now()
    if wanted.other_id == mine:
        raise Invalid(_("Nobody can promise something to themselves."))
    if await take_turns(session, mine, wanted.other_id) != {mine, wanted.other_id}:
        raise NotFound(_("There is nobody like that here."))
    text = _text(wanted.text)
    promiser, promisee = (mine, wanted.other_id) if wanted.by_promiser else (wanted.other_id, mine)
    zone = await zone_of(session, promiser)
    due_on = due_date(wanted.due, zone, at)
    if made := await _made_already(session, (promiser, promisee), wanted, text, due_on, at):
        return made
    await _keep_pace(session, mine, wanted.other_id, at)
    if not wanted.by_promiser:
        await _keep_limits(session, mine, promiser, at)
    state = State.OFFERED if wanted.by_promiser else State.REQUESTED
    promise = Promise(
        promiser_id=promiser,
        promisee_id=promisee,
        by_promiser=wanted.by_promiser,
        goes_nowhere=await is_blocked_between(session, promiser, promisee),
        text=text,
        due_on=due_on,
        zone=zone,
        source_kind=wanted.source_kind,
        source_id=wanted.source_id,
        state=state,
        made_at=at,
        runs_out_at=runs_out(state, due_on, zone, at),
    )
    session.add(promise)
    await session.flush()
    if not promise.goes_nowhere:
        record(session, PromiseMade(promise_id=promise.id, user_id=wanted.other_id))
    return promise


async def _made_already(
    session: AsyncSession,
    between: tuple[int, int],
    wanted: Wanted,
    text: str,
    due_on: date,
    at: datetime,
) -> Promise | None:
    """The same, where it was sent before and waits for its answer still: a button was pressed twice."""
    query = select(Promise).where(
        Promise.promiser_id == between[0],
        Promise.promisee_id == between[1],
        Promise.by_promiser.is_(wanted.by_promiser),
        Promise.text == text,
        Promise.due_on == due_on,
        Promise.source_kind == wanted.source_kind,
        Promise.source_id.is_not_distinct_from(wanted.source_id),
        Promise.state.in_(UNDECIDED),
        Promise.made_at > at - _DAY,
    )
    found: Promise | None = await session.scalar(query.order_by(Promise.id).limit(1))
    return found


async def zone_of(session: AsyncSession, user_id: int) -> str:
    """Somebody's own zone, or the site's."""
    query = select(func.coalesce(func.nullif(User.timezone, ""), SiteRow.timezone, "UTC"))
    query = query.select_from(User).outerjoin(SiteRow, SiteRow.id == 1).where(User.id == user_id)
    return str(await session.scalar(query) or "UTC")


def _text(typed: str) -> str:
    text = clean_text(typed).replace("\r\n", "\n").strip()
    if 0 < len(text) <= LONGEST_TEXT:
        return text
    says = _("Say in 1 to %(number)s characters what is promised.") % {"number": LONGEST_TEXT}
    raise Invalid(says, fields={"text": says})


async def _keep_pace(session: AsyncSession, mine: int, other: int, at: datetime) -> None:
    offered = and_(Promise.promiser_id == mine, Promise.by_promiser)
    asked_for = and_(Promise.promisee_id == mine, Promise.by_promiser.is_(False))
    lately = and_(or_(offered, asked_for), Promise.made_at > at - _DAY)
    with_one = and_(lately, or_(Promise.promiser_id == other, Promise.promisee_id == other))
    for which, most, sentence in (
        (with_one, MOST_A_DAY_WITH_ONE, _ENOUGH_WITH_ONE),
        (lately, MOST_A_DAY, _ENOUGH),
    ):
        newest = select(Promise.made_at).where(which).order_by(Promise.made_at.desc())
        made_at = await session.scalar(newest.offset(most - 1).limit(1))
        if made_at is not None:
            raise _too_many(sentence, made_at + _DAY, at)


async def _keep_limits(session: AsyncSession, mine: int, promiser: int, at: datetime) -> None:
    waits = and_(
        Promise.promisee_id == mine,
        Promise.by_promiser.is_(False),
        Promise.state == State.REQUESTED,
        Promise.runs_out_at > at,
    )
    of_one = and_(waits, Promise.promiser_id == promiser)
    await _refuse_more(session, of_one, MOST_REQUESTS_OF_ONE, at, _OF_ONE)
    await _refuse_more(session, waits, MOST_REQUESTS, at, _ALL)


async def _refuse_more(
    session: AsyncSession, which: ColumnElement[bool], most: int, at: datetime, sentence: str
) -> None:
    query = select(func.count(), func.min(Promise.runs_out_at)).where(which)
    number, until = (await session.execute(query)).one()
    if number >= most and until is not None:
        raise _too_many(sentence, until, at)


def _too_many(sentence: str, until: datetime, at: datetime) -> TooMany:
    # RFC 9110 §10.2.3: whole seconds.
    seconds = max(1, ceil((until - at).total_seconds()))
    moment = f"{until:%Y-%m-%d %H:%M}"
    return TooMany(_(sentence) % {"moment": moment}, headers={"Retry-After": str(seconds)})
