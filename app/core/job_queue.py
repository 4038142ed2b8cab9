"""Taking jobs off the queue and settling how they went. Only the worker writes here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Integer,
    String,
    Update,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import BigId, UtcDateTime
from app.core.jobs import (
    RETRIES,
    Job,
    JobFunction,
    JobState,
    declared,
    enqueue_all,
    name_of,
    names_of_askers,
)
from app.core.prepared import Prepared
from app.core.rows import flush_changes

# A schedule is a job that waits under this key: it is not done for good, but until its next time.
SCHEDULED = "schedule"
REASON_LENGTH = 500

# Written out, not bound: SQLite uses a partial index only where the query names the same constant.
_WAITS = Job.state == literal_column("'waiting'")
_TAKEN = Job.state != literal_column("'waiting'")
_RUNS = and_(_TAKEN, Job.state == JobState.RUNNING)


_OTHER = Job.__table__.alias("other")
_KEY_IS_FREE = or_(
    Job.once == literal_column("''"),
    ~select(_OTHER.c.id)
    .where(
        _OTHER.c.name == Job.name,
        _OTHER.c.once == Job.once,
        _OTHER.c.once != literal_column("''"),
        _OTHER.c.state == JobState.RUNNING,
    )
    .exists(),
)
# The worker looks after each few jobs: these are asked more often than anything else it does.
_JOB = Job.id == bindparam("job", type_=BigId)
_RUN = Prepared(update(Job).where(_JOB), ("state", "worker"))
_FORGET = Prepared(delete(Job).where(_JOB, _RUNS, Job.worker == bindparam("of", type_=String)))


@dataclass(frozen=True)
class Taken:
    """A job one worker runs now."""

    id: int
    name: str
    arguments: dict[str, Any]
    once: str
    tries: int


@dataclass(frozen=True)
class Room:
    """How many more may run: of those that ask strangers' servers, and of all others."""

    askers: int
    others: int

    def __bool__(self) -> bool:
        return self.askers > 0 or self.others > 0

    def lanes(self) -> list[tuple[int, bool]]:
        """How many may be taken of what, of others or of those that ask: only where there is a place."""
        lanes = (self.others, False), (self.askers, True)
        return [lane for lane in lanes if lane[0] > 0]


@dataclass(frozen=True)
class Ended:
    """How it went: `trouble` is None when it is done; `again_at`, when it is put off until then."""

    taken: Taken
    trouble: str | None
    again_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether its row can go."""
        return self.trouble is None and self.again_at is None and self.taken.once != SCHEDULED


async def next_due(session: AsyncSession, room: Room | None = None) -> datetime | None:
    """When the next job is due that could be taken, now that there is so much room; None without one."""
    lanes = () if room is None else tuple(ask for _most, ask in room.lanes())
    rows = await _next_in(lanes, tuple(names_of_askers())).rows(session, {})
    due: datetime | None = rows[0][0] if rows else None
    return due


async def take(session: AsyncSession, worker: str, at: datetime, room: Room) -> list[Taken]:
    """Take due jobs for `worker` while there is room, each key once, and none whose key is running."""
    await alone(session)
    await flush_changes(session)
    taken: dict[object, Taken] = {}
    for most, ask in room.lanes():
        due = _due_in(ask, tuple(names_of_askers()))
        for row in await due.rows(session, {"at": at, "most": most}):
            job = Taken(*row)
            taken.setdefault((job.name, job.once) if job.once else job.id, job)
    for job in taken.values():
        running = {"job": job.id, "state": JobState.RUNNING, "worker": worker}
        await _RUN.rows(session, running)
        if job.once:
            await _merge(session, job)
    return list(taken.values())


async def settle(
    session: AsyncSession,
    worker: str,
    ended: Sequence[Ended],
    at: datetime,
    periods: Mapping[str, timedelta],
) -> None:
    """Forget what is done; let what was put off or failed wait, or keep it with its reason."""
    # What was taken from this worker meanwhile is no longer its own to settle.
    own = and_(_RUNS, Job.worker == worker)
    for end in ended:
        if end.is_over:
            await _FORGET.rows(session, {"job": end.taken.id, "of": worker})
        else:
            what_next = _what_next(end, at, periods)
            await _tell(session, update(Job).where(Job.id == end.taken.id, own).values(**what_next))


async def numbers(session: AsyncSession) -> dict[JobState, int]:
    """How many jobs wait, run and have failed."""
    counted = await session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {JobState(state): number for state, number in counted}


async def forget_failed(session: AsyncSession, before: datetime) -> None:
    """Delete jobs that failed for good and were due before that moment."""
    failed = and_(_TAKEN, Job.state == JobState.FAILED, Job.due_at < before)
    await _tell(session, delete(Job).where(failed))


async def keep_schedules(session: AsyncSession, functions: Iterable[JobFunction]) -> None:
    """Let a job wait for each of these schedules, and for no other."""
    there = set(await session.scalars(select(Job.name).where(Job.once == SCHEDULED)))
    wanted = {name_of(function): function for function in functions}
    missing: list[tuple[JobFunction, dict[str, Any]]] = [
        (function, {}) for name, function in wanted.items() if name not in there
    ]
    await enqueue_all(session, missing, once=SCHEDULED)
    if there - set(wanted):
        gone = and_(_WAITS, Job.once == SCHEDULED, Job.name.not_in(list(wanted)))
        await _tell(session, delete(Job).where(gone))


async def alone(session: AsyncSession) -> None:
    """Let no other worker take or release until this transaction ends."""
    # On SQLite whoever writes is alone. Here workers take turns: keys are merged by one at a time.
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('rapport jobs'))"))


async def release(session: AsyncSession, whose: Any) -> None:
    """Let what these were running wait again."""
    await _tell(session, update(Job).where(_RUNS, whose).values(state=JobState.WAITING, worker=""))


async def _merge(session: AsyncSession, job: Taken) -> None:
    # Whoever asked has committed, so this run sees all there is; who commits later asks anew.
    others = and_(_WAITS, Job.name == job.name, Job.once == job.once, Job.id != job.id)
    await _tell(session, delete(Job).where(others))


async def _tell(session: AsyncSession, statement: Delete | Update) -> None:
    await session.execute(statement, execution_options={"synchronize_session": False})


def _what_next(end: Ended, at: datetime, periods: Mapping[str, timedelta]) -> dict[str, Any]:
    job, reason = end.taken, (end.trouble or "")[:REASON_LENGTH]
    waits = {"state": JobState.WAITING, "worker": "", "reason": reason}
    if end.again_at is not None:
        return waits | {"due_at": end.again_at, "tries": job.tries}
    if job.once == SCHEDULED:
        tries = job.tries + 1 if end.trouble else 0
        return waits | {"due_at": at + periods.get(job.name, timedelta(days=1)), "tries": tries}
    known = declared(job.name)
    retries = known.retries if known else RETRIES
    if job.tries < len(retries):
        due_at = at + timedelta(seconds=retries[job.tries])
        return waits | {"due_at": due_at, "tries": job.tries + 1}
    return waits | {"state": JobState.FAILED, "tries": job.tries + 1}


@lru_cache
def _next_in(lanes: tuple[bool, ...], askers: tuple[str, ...]) -> Prepared:
    free = select(Job.due_at).where(_WAITS, _KEY_IS_FREE).order_by(Job.due_at, Job.id)
    if lanes:
        free = free.where(or_(*(_of_lane(ask, askers) for ask in lanes)))
    return Prepared(free.limit(literal_column("1")))


@lru_cache
def _due_in(ask: bool, askers: tuple[str, ...]) -> Prepared:
    due = select(Job.id, Job.name, Job.arguments, Job.once, Job.tries).where(
        _WAITS, Job.due_at <= bindparam("at", type_=UtcDateTime()), _KEY_IS_FREE
    )
    due = due.where(_of_lane(ask, askers)).order_by(Job.due_at, Job.id)
    return Prepared(due.limit(bindparam("most", type_=Integer)))


def _of_lane(ask: bool, askers: tuple[str, ...]) -> ColumnElement[bool]:
    # Written out: a list that is bound is compiled each time. They are names of this program's own.
    names: list[Any] = [literal_column(f"'{name}'") for name in askers]
    return Job.name.in_(names) if ask else Job.name.not_in(names)
