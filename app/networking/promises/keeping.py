"""What time does to promises: what ran out is written down, and who promised is reminded."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import record
from app.networking.promises.actions import Step, become, changed
from app.networking.promises.dates import MOST_REMINDERS, next_reminder, reminder_due
from app.networking.promises.events import PromiseReminderDue
from app.networking.promises.models import Promise
from app.networking.promises.moves import Act, Part, State
from app.networking.promises.queries import hold_sides_of

TOGETHER = 200


async def is_anything_due(session: AsyncSession, at: datetime) -> bool:
    """Whether there is anything to do at all."""
    due = or_(Promise.runs_out_at <= at, Promise.remind_at <= at)
    return await session.scalar(select(Promise.id).where(due).limit(1)) is not None


async def keep_promises(session: AsyncSession, at: datetime) -> int:
    """One batch of what is due; how many promises that were. Done twice it is done once."""
    ran_out = await _due(session, Promise.runs_out_at <= at)
    for promise in ran_out:
        _run_out(session, promise, at)
    # Each is locked and looked at anew, so that of two workers the second finds nothing left to do.
    await session.flush()
    waits = and_(Promise.remind_at <= at, Promise.state == State.OPEN)
    reminded = await _due(session, waits)
    for promise in reminded:
        _remind(session, promise, at)
    await session.flush()
    return len(ran_out) + len(reminded)


async def _due(session: AsyncSession, which: ColumnElement[bool]) -> list[Promise]:
    due = select(Promise.id).where(which).order_by(Promise.id).limit(TOGETHER)
    these = Promise.id.in_((await session.scalars(due)).all())
    await hold_sides_of(session, these)
    query = select(Promise).where(these, which).order_by(Promise.id)
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return list(await session.scalars(query))


def _run_out(session: AsyncSession, promise: Promise, at: datetime) -> None:
    ended_at = promise.runs_out_at or at
    # Over when it ran out, not when somebody noticed.
    become(session, promise, promise.state_at(at), Step(Act.RUN_OUT, Part.CLOCK, ended_at))
    for user_id in _told_of_end(promise):
        if user_id is not None:
            record(session, changed(promise, user_id, Act.RUN_OUT, None))


def _told_of_end(promise: Promise) -> Iterable[int | None]:
    if promise.state == State.LAPSED:
        return (promise.promiser_id, promise.promisee_id)
    if promise.state == State.KEPT:
        return (promise.promiser_id,)
    # Void: its maker alone, whether it had been delivered or not.
    return (promise.promiser_id if promise.by_promiser else promise.promisee_id,)


def _remind(session: AsyncSession, promise: Promise, at: datetime) -> None:
    reminder = reminder_due(promise.due_on, promise.zone, at)
    promise.remind_at = next_reminder(promise.due_on, promise.zone, at)
    if reminder is None or promise.promiser_id is None:
        return
    promise.reminders += 1
    if promise.reminders >= MOST_REMINDERS:
        promise.remind_at = None
    record(
        session,
        PromiseReminderDue(
            promise_id=promise.id,
            user_id=promise.promiser_id,
            reminder=reminder,
            due_on=promise.due_on.isoformat(),
        ),
    )
