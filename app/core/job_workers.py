"""The processes that run jobs: who of them lives, and what the dead were running."""

import os
import platform
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.job_queue import alone, release
from app.core.jobs import Job, JobWorker

# A worker that was silent for so long is dead, or cut off: what it ran is run by others.
SILENT = timedelta(seconds=60)

# The workers of this very process: none else with its number can be alive.
_here: set[str] = set()


def begin_life() -> str:
    """A name for a new worker of this process."""
    name = f"{platform.node()}:{os.getpid()}:{secrets.token_hex(4)}"
    _here.add(name)
    return name


def end_life(name: str) -> None:
    """That worker is none any more."""
    _here.discard(name)


async def show_life(session: AsyncSession, worker: str, at: datetime) -> None:
    """Say that `worker` lives, and let wait again what dead ones were running."""
    await alone(session)
    row = await session.get(JobWorker, worker)
    if row is None:
        session.add(JobWorker(name=worker, seen_at=at))
    else:
        row.seen_at = at
    await session.flush()
    alive = [name for name in await workers(session, at) if _may_live(name)]
    await session.execute(delete(JobWorker).where(JobWorker.name.not_in(alive)))
    await release(session, Job.worker.not_in(alive))


async def let_go(session: AsyncSession, worker: str) -> None:
    """A worker stops: what it had not finished waits again, and nobody counts on it any more."""
    await alone(session)
    await release(session, Job.worker == worker)
    await session.execute(delete(JobWorker).where(JobWorker.name == worker))


async def workers(session: AsyncSession, at: datetime) -> list[str]:
    """The names of those who showed life lately."""
    alive = select(JobWorker.name).where(JobWorker.seen_at > at - SILENT)
    return list(await session.scalars(alive))


def _may_live(name: str) -> bool:
    """Whether a worker may be alive: of this machine's own that can be known, without waiting."""
    host, number, _token = name.rsplit(":", 2)
    if host != platform.node():
        return True
    if int(number) == os.getpid():
        return name in _here
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
