"""What happened to promises. `user_id` is who is to be told; nobody else learns of it."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PromiseMade(Event):
    """Somebody offers a promise, or asks for one."""

    promise_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class PromiseChanged(Event):
    """Somebody, or the clock, did something about a promise; `act` is one of `moves.Act`."""

    promise_id: int
    user_id: int
    by_id: int | None
    act: str
    state: str
    version: int


@dataclass(frozen=True, kw_only=True)
class PromiseReminderDue(Event):
    """Three days before, on the day, or a week after; `reminder` is one of `dates.Reminder`."""

    promise_id: int
    user_id: int
    reminder: str
    due_on: str
