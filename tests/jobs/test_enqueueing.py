"""A job is lost or kept with the transaction that asked for it, and done as often as promised."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.errors import NotNow, Unreachable
from app.core.job_queue import numbers
from app.core.jobs import Job, JobState, enqueue
from app.discussions.events import CommentPublished
from app.reactions import LATER
from app.work import Doors
from tests.conftest import CountQueries, RunJobs
from tests.jobs.doing import Seen, ask_again, count_down, fail_or_remember, published, remember
from tests.world import a_comment, a_post

pytestmark = pytest.mark.anyio


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
    async def change_and_fail() -> None:
        async with doors.unit_of_work() as db:
            await enqueue(db, remember, number=1)
            raise Unreachable("no")

    with pytest.raises(Unreachable):
        await change_and_fail()

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


async def test_a_job_puts_itself_off_as_often_as_it_likes(
    doors: Doors, run_jobs: RunJobs, seen: Seen
) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, fail_or_remember, number=1)
    noon = clock.now()

    # More often than it may fail.
    for hours in range(5):
        seen.trouble = NotNow("Not yet.", noon + timedelta(hours=hours + 1))
        assert len(await run_jobs(later=timedelta(hours=hours, seconds=1))) == 1
        assert await run_jobs(later=timedelta(hours=hours + 0.9)) == []
    async with doors.reading() as db:
        assert await numbers(db) == {JobState.WAITING: 1}
    seen.trouble = None
    await run_jobs(later=timedelta(hours=5, seconds=1))

    assert seen.numbers == [1]


async def test_what_waits_under_one_key_is_done_by_one_run(
    doors: Doors, run_jobs: RunJobs, seen: Seen
) -> None:
    for number in (1, 2, 3):
        async with doors.unit_of_work() as db:
            await enqueue(db, remember, once="all", number=number)
            await enqueue(db, remember, once="others", number=0)

    await run_jobs()

    assert sorted(seen.numbers) == [0, 1]


async def test_what_is_asked_for_while_its_key_runs_is_done_by_one_more_run(
    doors: Doors, run_jobs: RunJobs, seen: Seen
) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, ask_again, once="all", number=2)

    await run_jobs()

    assert seen.numbers == [2, 1, 0]
    assert seen.most_at_once == 1


async def test_the_first_of_those_under_one_key_says_when(
    doors: Doors, run_jobs: RunJobs, seen: Seen
) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, remember, once="all", delay=timedelta(hours=5), number=5)
        await enqueue(db, remember, once="all", delay=timedelta(hours=1), number=1)

    await run_jobs(later=timedelta(hours=2))
    await run_jobs(later=timedelta(hours=6))

    assert seen.numbers == [1]


async def test_what_follows_from_an_event_later_is_told_its_ids(
    doors: Doors, run_jobs: RunJobs, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LATER, CommentPublished, (published,))
    async with doors.unit_of_work() as db:
        comment = await a_comment(db, under=await a_post(db))
    assert seen.numbers == []

    await run_jobs()

    assert seen.numbers == [comment.id]


async def test_a_job_this_program_does_not_know_waits_for_one_that_does(
    doors: Doors, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        await enqueue(db, remember, number=1)
        await db.execute(update(Job).values(name="of-tomorrow"))

    (ended,) = await run_jobs(may_fail=True)

    assert ended.trouble == "This program has no job named of-tomorrow."
    async with doors.reading() as db:
        assert await numbers(db) == {JobState.WAITING: 1}


async def test_only_what_stays_the_same_is_an_argument(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        with pytest.raises(TypeError, match="takes ids, not objects"):
            await enqueue(db, remember, number=object())  # type: ignore[arg-type]


async def test_a_job_is_written_by_one_statement(doors: Doors, count_queries: CountQueries) -> None:
    async with doors.unit_of_work() as db:
        await db.connection()
        with count_queries() as queries:
            await enqueue(db, remember, number=1)

    assert len(queries) == 1
