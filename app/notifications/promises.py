"""What the two sides of a promise are told of it; nobody else is told anything."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.networking.promises.dates import Reminder
from app.networking.promises.events import PromiseChanged, PromiseMade, PromiseReminderDue
from app.networking.promises.models import Promise
from app.networking.promises.moves import Act, State
from app.notifications.notices.kinds import (
    PROMISE_ACCEPTED,
    PROMISE_DONE,
    PROMISE_ENDED,
    PROMISE_KEPT,
    PROMISE_LAPSED,
    PROMISE_LATE,
    PROMISE_MOVED,
    PROMISE_NOT_YET,
    PROMISE_OFFERED,
    PROMISE_REQUESTED,
    PROMISE_SOON,
    PROMISE_TODAY,
    Kind,
)
from app.notifications.notices.telling import News, tell

_OF_ACT: dict[str, Kind] = {
    Act.ACCEPT: PROMISE_ACCEPTED,
    Act.SAY_DONE: PROMISE_DONE,
    Act.MOVE: PROMISE_MOVED,
    Act.NOT_YET: PROMISE_NOT_YET,
}
_OF_STATE: dict[str, Kind] = {State.KEPT: PROMISE_KEPT, State.LAPSED: PROMISE_LAPSED}
_REMINDERS = {
    Reminder.SOON: PROMISE_SOON,
    Reminder.TODAY: PROMISE_TODAY,
    Reminder.LATE: PROMISE_LATE,
}


async def tell_made(session: AsyncSession, event: PromiseMade) -> None:
    """The other side is offered a promise, or asked for one."""
    promise = await session.get_one(Promise, event.promise_id)
    by = promise.promiser_id if promise.by_promiser else promise.promisee_id
    kind = PROMISE_OFFERED if promise.by_promiser else PROMISE_REQUESTED
    if by is not None:
        await tell(session, event.user_id, _news(promise, kind, "made", by=by))


async def tell_changed(session: AsyncSession, event: PromiseChanged) -> None:
    """Somebody, or the clock, did something about it."""
    promise = await session.get_one(Promise, event.promise_id)
    kind = _OF_ACT.get(event.act) if event.by_id is not None else None
    kind = kind or _OF_STATE.get(event.state, PROMISE_ENDED)
    once = f"v{event.version}"
    await tell(session, event.user_id, _news(promise, kind, once, by=event.by_id))


async def remind_promiser(session: AsyncSession, event: PromiseReminderDue) -> None:
    """One of three reminders; they go into the one letter a day."""
    promise = await session.get_one(Promise, event.promise_id)
    kind = _REMINDERS[Reminder(event.reminder)]
    await tell(session, event.user_id, _news(promise, kind, f"{kind.name} {event.due_on}"))


def _news(promise: Promise, kind: Kind, once: str, *, by: int | None = None) -> News:
    about = f"promise:{promise.id}"
    return News(
        kind=kind,
        once=f"{about} {once}",
        about=about,
        path=f"/promises/{promise.id}/",
        by=by,
        thread=about,
        facts={"text": promise.text},
    )
