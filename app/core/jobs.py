"""What is done later: written down in the transaction that made it necessary, lost or kept with it.

A job is an async function under a name. Whoever changes something says `await enqueue(...)` in the
same transaction; `app/worker.py` runs it afterwards, at least once: a job that was half done when
its process died is done again, so each must bear that. Arguments are small and plain, ids above all.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import JSON, Index, String, Table, insert, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, BigId, Work
from app.core.prepared import Prepared
from app.settings import Settings

# Seconds until each next try: a server that is away for a moment, an hour, a night.
RETRIES = (60, 600, 3600, 21600)

_ENQUEUED = "jobs were enqueued"

JobFunction: TypeAlias = Callable[..., Awaitable[None]]
Function = TypeVar("Function", bound=JobFunction)


class JobState(StrEnum):
    """What is done is not kept: its row goes with the next turn of the worker."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"


class Job(Base):
    """Something to do, not before `due_at`."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "ix_jobs_due", "due_at", "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_jobs_once", "name", "once",
            sqlite_where=text("once <> ''"),
            postgresql_where=text("once <> ''"),
        ),
        Index(
            "ix_jobs_taken", "state", "due_at",
            sqlite_where=text("state <> 'waiting'"),
            postgresql_where=text("state <> 'waiting'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    # All that wait under one key are done by one run.
    once: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[JobState] = mapped_column(String(10), default=JobState.WAITING)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    # How often it failed so far, and why it did the last time.
    tries: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    # Who runs it now.
    worker: Mapped[str] = mapped_column(String(120), default="")


class JobWorker(Base):
    """A process that runs jobs. What it was running is taken over when it was silent for long."""

    __tablename__ = "job_workers"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    seen_at: Mapped[datetime]


async def nobody_asked(_tools: "Tools", _comment_id: int) -> str:
    """No second opinion."""
    return ""


async def done_here(tools: "Tools", task: "Task") -> None:
    """Beside whatever else is done."""
    await task(tools)


@dataclass(frozen=True)
class Tools:
    """What a job is handed: the doors to the database, and the deployment's settings.

    A job that talks to the network opens one unit to read, none while it talks, and one to write.
    """

    work: Work
    settings: Settings
    # Of whatever stands above those who ask: what it says of the comment with this id; empty for nothing.
    second_opinion: "SecondOpinion" = nobody_asked
    # Does what reads and writes for minutes without a pause, so that nobody waits for it meanwhile.
    apart: "Apart" = done_here


Task: TypeAlias = Callable[[Tools], Awaitable[None]]
Apart: TypeAlias = Callable[[Tools, Task], Awaitable[None]]
SecondOpinion: TypeAlias = Callable[[Tools, int], Awaitable[str]]


@dataclass(frozen=True)
class Declared:
    """A job function with what was said about it."""

    name: str
    function: JobFunction
    retries: tuple[int, ...]
    asks_strangers: bool


_by_name: dict[str, Declared] = {}
_by_function: dict[JobFunction, Declared] = {}


def job(
    name: str, *, retries: tuple[int, ...] = RETRIES, asks_strangers: bool = False
) -> Callable[[Function], Function]:
    """Declare `async def f(tools: Tools, *, comment_id: int)` a job.

    What it raises is stored as the reason, and it is tried again `retries[0]` seconds later, then
    `retries[1]` …, until it has failed for good; NotNow is no failure, and puts it off until the
    moment it names. `name` stands in the database: it never changes. What asks servers that anybody
    may name says so: it has places of its own, and nothing else waits for it, however slow those are.
    """

    def declare(function: Function) -> Function:
        if name in _by_name:
            raise ValueError(f"two jobs are named {name}")
        _by_name[name] = _by_function[function] = Declared(name, function, retries, asks_strangers)
        return function

    return declare


def declared(name: str) -> Declared | None:
    """The job of that name; None when this program has none."""
    return _by_name.get(name)


def names_of_askers() -> list[str]:
    """The names of all jobs that ask strangers' servers."""
    return [name for name, known in _by_name.items() if known.asks_strangers]


def name_of(function: JobFunction) -> str:
    """The name a job function was declared under."""
    return _by_function[function].name


async def enqueue(
    session: AsyncSession,
    function: JobFunction,
    *,
    delay: timedelta | None = None,
    once: str | None = None,
    hurries: bool = True,
    **arguments: int | str | bool,
) -> None:
    """Have a job done after this transaction, `delay` later; if it is rolled back, never.

    All that wait under the same key `once` are done by one run, which begins when the first of them
    is due, after every transaction that asked for it: what was asked for while it ran is done by
    one more. So a key fits a job that finds its work by itself, such as all letters not sent yet.
    What does not hurry is begun when the worker next looks by itself: where much is asked for under
    one key, that is much cheaper than to be woken for each.
    """
    await enqueue_all(session, [(function, arguments)], delay=delay, once=once, hurries=hurries)


async def enqueue_all(
    session: AsyncSession,
    wanted: Sequence[tuple[JobFunction, dict[str, Any]]],
    *,
    delay: timedelta | None = None,
    once: str | None = None,
    hurries: bool = True,
) -> None:
    """Several jobs with their arguments."""
    if not wanted:
        return
    now = clock.now()
    rows = [
        {
            "name": name_of(function),
            "arguments": _plain(arguments),
            "once": once or "",
            "state": JobState.WAITING,
            "created_at": now,
            "due_at": now + delay if delay else now,
            "tries": 0,
            "reason": "",
            "worker": "",
        }
        for function, arguments in wanted
    ]
    if len(rows) == 1:
        await _INSERT_ONE.rows(session, rows[0])
    else:
        connection = await session.connection()
        await connection.execute(_INSERT, rows)
    if hurries and delay is None:
        session.info[_ENQUEUED] = True


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments, if they will be the same when they are read again; raises TypeError."""
    for name, value in arguments.items():
        if not isinstance(value, int | str | bool | None):
            raise TypeError(f"{name} is no number, text or truth: a job takes ids, not objects")
    return arguments


def take_enqueued(session: AsyncSession) -> bool:
    """Whether jobs were enqueued in this session since the last call that are to be begun at once."""
    return bool(session.info.pop(_ENQUEUED, False))


assert isinstance(Job.__table__, Table)
_INSERT = insert(Job.__table__)
_INSERT_ONE = Prepared(
    _INSERT, [column.name for column in Job.__table__.columns if column.name != "id"]
)
