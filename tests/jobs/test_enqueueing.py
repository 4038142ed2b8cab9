"""A job is lost or kept with the transaction that asked for it, and done as often as promised."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.core.errors import Unreachable
from app.core.jobs import enqueue
from app.work import Doors
from tests.conftest import RunJobs
from tests.jobs.doing import Seen, count_down, fail_or_remember, remember
from tests.jobs.doing import seen as _seen

pytestmark = pytest.mark.anyio


@pytest.fixture
def seen() -> Iterator[Seen]:
    """What jobs did during this test."""
    yield _seen
    _seen.numbers.clear()
    _seen.trouble = None


async def test_a_job_is_done_after_its_transaction(
    doors: Doors, run_jobs: RunJobs, seen: Seen
) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, remember, number=1)
        assert seen.numbers == []

    await run_jobs()
    await run_jobs()

    assert seen.numbers == [1]


async def test_what_is_rolled_back_is_never_done(
    doors: Doors, run_jobs: RunJobs, seen: Seen
) -> None:
    with pytest.raises(Unreachable):
        async with doors.unit_of_work() as db:
            await enqueue(db, remember, number=1)
            raise Unreachable("no")

    await run_jobs()

    assert seen.numbers == []


async def test_what_follows_from_a_job_is_done_too(
    doors: Doors, run_jobs: RunJobs, seen: Seen
) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, count_down, number=3)

    await run_jobs()

    assert seen.numbers == [3, 2, 1, 0]


async def test_a_delayed_job_waits(doors: Doors, run_jobs: RunJobs, seen: Seen) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, remember, delay=timedelta(hours=1), number=1)

    await run_jobs(later=timedelta(minutes=59))
    assert seen.numbers == []

    await run_jobs(later=timedelta(minutes=61))
    assert seen.numbers == [1]


async def test_a_failing_job_is_tried_again_later_and_later_and_then_kept_with_its_reason(
    doors: Doors, run_jobs: RunJobs, seen: Seen
) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, fail_or_remember, number=1)
    seen.trouble = Unreachable("The server at the other end did not answer.")

    (first,) = await run_jobs(may_fail=True)
    assert first.trouble == "The server at the other end did not answer."
    assert await run_jobs(later=timedelta(seconds=50)) == []
    assert len(await run_jobs(later=timedelta(seconds=70), may_fail=True)) == 1
    assert await run_jobs(later=timedelta(seconds=600)) == []
    assert len(await run_jobs(later=timedelta(seconds=700), may_fail=True)) == 1

    assert await run_jobs(later=timedelta(days=300)) == []


async def test_a_job_that_failed_once_is_done_when_the_trouble_is_over(
    doors: Doors, run_jobs: RunJobs, seen: Seen
) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, fail_or_remember, number=1)
    seen.trouble = Unreachable("Not now.")
    await run_jobs(may_fail=True)
    seen.trouble = None

    await run_jobs(later=timedelta(minutes=2))

    assert seen.numbers == [1]
