"""`rapport jobs` and what `rapport doctor` says of the queue, in processes of their own."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.jobs import Job, enqueue
from app.posts.events import PostWritten
from app.posts.jobs import publish_what_is_due
from app.posts.models import PostStatus
from app.posts.queries import next_scheduled
from app.reactions import LATER
from app.work import Doors
from app.worker import SCHEDULES
from tests.conftest import RunJobs
from tests.jobs.doing import fail, remember
from tests.visiting import rapport
from tests.world import a_post

pytestmark = pytest.mark.anyio


async def test_what_waits_and_what_failed_is_listed_with_its_reason(
    doors: Doors, run_jobs: RunJobs, here: dict[str, str]
) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, fail)
        await enqueue(db, remember, delay=timedelta(hours=1), number=7)
    await run_jobs(may_fail=True)

    listed = rapport("jobs", "list", "--json", environment=here)
    for_people = rapport("jobs", "list", environment=here)

    failed, waiting = json.loads(listed.stdout)
    assert (failed["name"], failed["tries"]) == ("test-fail-always", 1)
    assert failed["reason"] == "OSError: The disk is full."
    assert (waiting["state"], waiting["arguments"]) == ("waiting", {"number": 7})
    assert "failed 1×: OSError: The disk is full." in for_people.stdout


async def test_the_queue_is_drained_by_hand(doors: Doors, here: dict[str, str]) -> None:
    with clock.moved(-timedelta(hours=2)):
        async with doors.unit_of_work() as db:
            post = await a_post(db, at=clock.now() + timedelta(hours=1))
            assert post.status == PostStatus.SCHEDULED

    drained = rapport("jobs", "run", "--until-idle", "--timeout", "60", environment=here)

    # Where its links lead is looked for when it was written, and when it was published.
    done = len(SCHEDULES) + 2 * len(LATER[PostWritten])
    assert (drained.returncode, drained.stdout) == (0, f"Done: {done}. Failed: 0.\n")
    async with doors.reading() as db:
        assert await next_scheduled(db) is None


async def test_draining_gives_up_when_time_runs_out(doors: Doors, here: dict[str, str]) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, publish_what_is_due)

    given_up = rapport("jobs", "run", "--until-idle", "--timeout", "0.001", environment=here)

    assert given_up.returncode == 1
    assert "still something to do" in given_up.stderr


async def test_the_doctor_knows_that_nothing_does_the_jobs(
    doors: Doors, here: dict[str, str]
) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, remember, number=1)
        await db.execute(update(Job).values(due_at=clock.now() - timedelta(minutes=6)))

    told = rapport("doctor", environment=here)

    assert told.returncode == 1
    assert "✗ Jobs have been waiting for minutes" in told.stdout
