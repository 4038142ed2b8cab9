"""Real workers, as processes of their own: two at once, killed, gone for good, told to stop."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import psutil
import pytest
from sqlalchemy import func, select, update

from app.accounts.models import AuditEntry
from app.core import clock
from app.core.job_workers import workers
from app.core.jobs import Job, JobState, JobWorker, enqueue, name_of
from app.main import create_app
from app.settings import Settings
from app.web.health import Jobs
from app.work import Doors
from app.worker import Worker, at_work
from tests.conftest import RunJobs, Serve
from tests.jobs import doing
from tests.jobs.doing import leave_a_mark
from tests.visiting import running, visiting
from tests.warm_servers import WarmServer, start_warm

pytestmark = pytest.mark.anyio

StartWorker: TypeAlias = Callable[..., WarmServer]
WITHIN = 180.0


@pytest.fixture
def start_worker(settings: Settings, tmp_path: Path) -> Iterator[StartWorker]:
    """`start_worker(HOLD_AT=file)`: a worker that knows the tests' own jobs, too."""
    told = {"RAPPORT_DATA": str(tmp_path), "RAPPORT_DATABASE_URL": settings.database}
    with ExitStack() as ended:

        def start(**environment: str) -> WarmServer:
            process = start_warm(
                (), os.environ | told | environment, tmp_path / "worker.log", doing.__name__
            )
            ended.callback(process.wait)
            ended.callback(process.kill)
            return process

        yield start


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something another process does, and tells nobody of."""
    async with asyncio.timeout(WITHIN):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def until_there(path: Path) -> None:
    async def is_there() -> bool:
        return os.path.exists(path)  # noqa: ASYNC240 - takes no time

    await until(is_there)


async def until_at_most_wait(doors: Doors, number: int) -> None:
    """Wait until the workers have left no more than so many of the marks to make."""

    async def are_few_left() -> bool:
        return await left(doors) <= number

    await until(are_few_left)


async def left(doors: Doors, *states: JobState) -> int:
    marks = select(func.count()).select_from(Job).where(Job.name == name_of(leave_a_mark))
    async with doors.reading() as db:
        return await db.scalar(marks.where(Job.state.in_(states or JobState))) or 0


async def marks(doors: Doors) -> list[str]:
    async with doors.reading() as db:
        found = select(AuditEntry.thing).where(AuditEntry.what == "test").order_by(AuditEntry.id)
        return list(await db.scalars(found))


async def ask_for_marks(doors: Doors, count: int) -> None:
    for number in range(count):
        async with doors.unit_of_work() as db:
            await enqueue(db, leave_a_mark, number=number)


async def test_a_job_killed_in_its_middle_is_done_again_and_leaves_one_mark(
    doors: Doors, start_worker: StartWorker, run_jobs: RunJobs, tmp_path: Path
) -> None:
    hold = tmp_path / "reached"
    await ask_for_marks(doors, 1)
    first = start_worker(HOLD_AT=str(hold))
    await until_there(hold)
    assert await left(doors, JobState.RUNNING) == 1
    assert await marks(doors) == []

    first.kill()
    first.wait()
    await run_jobs()

    assert await marks(doors) == ["mark:0"]
    assert await left(doors) == 0


async def test_two_workers_do_each_job_once(doors: Doors, start_worker: StartWorker) -> None:
    await ask_for_marks(doors, 40)

    start_worker()
    start_worker()
    await until_at_most_wait(doors, 0)

    assert sorted(await marks(doors)) == sorted(f"mark:{number}" for number in range(40))


async def test_what_a_killed_worker_left_is_done_by_the_next(
    doors: Doors, start_worker: StartWorker
) -> None:
    await ask_for_marks(doors, 60)
    first = start_worker()
    await until_at_most_wait(doors, 50)

    first.kill()
    first.wait()
    start_worker()
    await until_at_most_wait(doors, 0)

    assert set(await marks(doors)) == {f"mark:{number}" for number in range(60)}


async def test_a_worker_elsewhere_that_falls_silent_loses_its_jobs(
    doors: Doors, run_jobs: RunJobs
) -> None:
    await ask_for_marks(doors, 1)
    async with doors.unit_of_work() as db:
        db.add(JobWorker(name="elsewhere:7:abcd", seen_at=clock.now()))
        await db.execute(update(Job).values(state=JobState.RUNNING, worker="elsewhere:7:abcd"))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await run_jobs()
    assert await marks(doors) == []

    await run_jobs(later=timedelta(seconds=61))
    assert await marks(doors) == ["mark:0"]


async def test_a_worker_told_to_stop_leaves_nothing_behind(
    doors: Doors, start_worker: StartWorker
) -> None:
    await ask_for_marks(doors, 1)
    worker = start_worker()
    await until_at_most_wait(doors, 0)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(15) == 0
    async with doors.reading() as db:
        assert await workers(db, clock.now()) == []


async def test_what_a_stopping_worker_could_not_end_waits_for_the_next(
    doors: Doors, settings: Settings, run_jobs: RunJobs, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    hold = tmp_path / "reached"
    monkeypatch.setenv("HOLD_AT", str(hold))
    monkeypatch.setattr("app.worker.GRACE", 0.1)
    await ask_for_marks(doors, 1)
    async with at_work(Worker(doors, settings)):
        await until_there(hold)

    assert await left(doors, JobState.WAITING) == 1
    monkeypatch.delenv("HOLD_AT")
    await run_jobs()

    assert await marks(doors) == ["mark:0"]


async def test_several_server_processes_and_the_worker_beside_them_end_with_who_started_them(
    doors: Doors, serve: Serve
) -> None:
    server = serve("--workers", "2")
    async with doors.reading() as db:
        (name,) = await workers(db, clock.now())
    beside = psutil.Process(int(name.split(":")[1]))
    assert "app.worker" in beside.cmdline()
    family = psutil.Process(server.process.pid).children(recursive=True)
    assert len(family) >= 3

    server.process.kill()
    server.process.wait()

    gone, alive = psutil.wait_procs([beside, *family], timeout=60)
    assert gone
    assert not alive


async def test_the_only_server_process_does_the_jobs_itself(
    doors: Doors, settings: Settings
) -> None:
    await ask_for_marks(doors, 1)
    app = create_app(settings, Jobs.HERE)

    async with running(app), visiting(app) as client:
        await until_at_most_wait(doors, 0)
        assert (await client.get("/readyz")).status_code == 200

    assert await marks(doors) == ["mark:0"]
    async with doors.reading() as db:
        assert await workers(db, clock.now()) == []


async def test_a_server_beside_which_nothing_runs_the_jobs_is_not_ready(
    settings: Settings, doors: Doors
) -> None:
    app = create_app(settings, Jobs.BESIDE)

    async with running(app), visiting(app) as client:
        alone = await client.get("/readyz")
        async with at_work(Worker(doors, settings)):
            await asyncio.sleep(0.3)
            together = await client.get("/readyz")

    assert (alone.status_code, together.status_code) == (503, 200)
    assert "rapport worker" in alone.json()["reasons"][0]
