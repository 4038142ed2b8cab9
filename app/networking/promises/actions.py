"""What the two sides of a promise do about it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid
from app.core.events import record
from app.core.i18n import _, marked
from app.core.text import clean_text
from app.networking.promises.dates import MOST_REMINDERS, due_date, next_reminder, runs_out
from app.networking.promises.events import PromiseChanged
from app.networking.promises.models import LONGEST_NOTE, Promise, PromiseStep
from app.networking.promises.moves import ENDED, Act, Part, State, acts_of, moved
from app.networking.promises.policy import may_move_again, may_promise
from app.networking.promises.queries import locked_promise

_CHANGED = marked("This has changed meanwhile. Here is how it stands now.")


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What somebody does about a promise; `version` is the one they looked at, where they say so."""

    act: Act
    note: str = ""
    due: str = ""
    version: int | None = None


async def act(session: AsyncSession, actor: Actor, promise_id: int, deed: Deed) -> Promise:
    """Do it. Raises NotFound, Forbidden for a third move, Conflict where it stands otherwise, Invalid."""
    require(may_promise(actor))
    promise, at = await locked_promise(session, actor, promise_id), clock.now()
    part, state = promise.part_of(actor.user_id), promise.state_at(at)
    require(may_move_again(state, deed.act, promise.tally))
    is_older = deed.version is not None and deed.version != promise.version
    may = acts_of(state, part, promise.tally) if part else frozenset[Act]()
    after = moved(state, deed.act, part, promise.tally) if part and deed.act in may else None
    if part is None or after is None or is_older:
        raise Conflict(_(_CHANGED))
    note = note_in(deed.note, is_wanted=deed.act == Act.WITHDRAW)
    due_on = due_date(deed.due, promise.zone, at) if deed.act == Act.MOVE else None
    become(session, promise, after, Step(deed.act, part, at, note, due_on))
    _tell_other(session, promise, deed.act, part, actor.user_id)
    await session.flush()
    return promise


@dataclass(frozen=True)
class Step:
    """What was done, by whom and when."""

    act: Act
    part: Part
    at: datetime
    note: str = ""
    due_on: date | None = None


def become(session: AsyncSession, promise: Promise, after: State, step: Step) -> None:
    """Let a promise stand as it does after a step, which is written down."""
    promise.state = after
    promise.version += 1
    promise.due_on = step.due_on or promise.due_on
    promise.moves += step.act == Act.MOVE
    promise.not_yets += step.act == Act.NOT_YET
    if step.act == Act.ACCEPT:
        promise.accepted_at = step.at
    promise.done_at = step.at if step.act == Act.SAY_DONE else promise.done_at
    promise.ended_at = step.at if after in ENDED else None
    promise.runs_out_at = runs_out(after, promise.due_on, promise.zone, step.at)
    promise.remind_at = _reminded_next(promise, step.at)
    session.add(
        PromiseStep(
            promise_id=promise.id,
            at=step.at,
            act=step.act,
            part=step.part,
            note=step.note,
            due_on=step.due_on,
        )
    )


async def show_in_public(
    session: AsyncSession, actor: Actor, promise_id: int, *, is_shown: bool
) -> Promise:
    """One side's tick: others see it where it was made once both have ticked. Raises NotFound."""
    require(may_promise(actor))
    promise = await locked_promise(session, actor, promise_id)
    if promise.part_of(actor.user_id) == Part.PROMISER:
        promise.promiser_shows = is_shown
    else:
        promise.promisee_shows = is_shown
    return promise


def note_in(typed: str, *, is_wanted: bool) -> str:
    """A note as it is kept. Raises Invalid for one that is too long, or missing where one is owed."""
    note = clean_text(typed).replace("\r\n", "\n").strip()
    if is_wanted and not note:
        says = _("Say in a few words why: the other side reads it.")
        raise Invalid(says, fields={"note": says})
    if len(note) > LONGEST_NOTE:
        says = _("At most %(number)s characters, please.") % {"number": LONGEST_NOTE}
        raise Invalid(says, fields={"note": says})
    return note


def _reminded_next(promise: Promise, at: datetime) -> datetime | None:
    if promise.state != State.OPEN or promise.reminders >= MOST_REMINDERS:
        return None
    return next_reminder(promise.due_on, promise.zone, at)


def _tell_other(
    session: AsyncSession, promise: Promise, what: Act, part: Part, by_id: int | None
) -> None:
    other = promise.other_than(part)
    if other is not None and not promise.goes_nowhere:
        record(session, changed(promise, other, what, by_id))


def changed(promise: Promise, user_id: int, what: Act, by_id: int | None) -> PromiseChanged:
    """What one side is told of a promise as it stands now."""
    return PromiseChanged(
        promise_id=promise.id,
        user_id=user_id,
        by_id=by_id,
        act=what,
        state=promise.state,
        version=promise.version,
    )
