"""`/admin/health` as an owner meets it, and `rapport doctor` beside it."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import anyio
import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.models import AuditEntry
from app.core import clock
from app.core.jobs import Job, JobState, enqueue
from app.search.jobs import forget_author_in_index
from app.settings import Settings
from app.work import Doors
from tests.backup.keeping import environment_of
from tests.conftest import CountQueries, RunJobs, SignedIn
from tests.visiting import rapport

pytestmark = pytest.mark.anyio

HEALTH = "/admin/health"
REASON = "OSError: <b>No route</b> to host"


async def fail(doors: Doors, number: int = 1) -> list[int]:
    """Jobs that were given up, as the worker leaves them."""
    async with doors.unit_of_work() as db:
        for one in range(number):
            await enqueue(db, forget_author_in_index, user_id=one, email="", texts_go=False)
        jobs = (await db.scalars(select(Job))).all()
        for job in jobs:
            job.state, job.tries, job.reason = JobState.FAILED, 5, REASON
        return [job.id for job in jobs]


async def test_an_owner_reads_first_that_nothing_is_wrong(signed_in: SignedIn) -> None:
    owner = await signed_in(Role.OWNER)

    page = await owner.get(HEALTH)

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    # Nobody has taken a backup of this site, and nothing does its jobs.
    assert "Nothing is wrong. Worth a look: Jobs, Backup." in page.text
    assert page.text.index("Nothing is wrong") < page.text.index("Public address")
    slashed = await owner.get(f"{HEALTH}/")
    assert (slashed.status_code, slashed.headers["location"]) == (301, HEALTH)


async def test_a_failed_job_is_shown_with_its_reason_and_tried_once_more(
    signed_in: SignedIn, doors: Doors, run_jobs: RunJobs
) -> None:
    (job_id,) = await fail(doors)
    owner = await signed_in(Role.OWNER)

    page = (await owner.get(HEALTH)).text
    assert "Something is wrong: Failed jobs." in page
    assert "OSError: &lt;b&gt;No route&lt;/b&gt; to host" in page
    assert "forget_author_in_index" in page

    again = await owner.post(f"{HEALTH}/jobs/{job_id}/retry")
    twice = await owner.post(f"{HEALTH}/jobs/{job_id}/retry", headers={"accept": "text/html"})

    assert (again.status_code, again.headers["location"]) == (303, f"{HEALTH}?done=again")
    assert twice.status_code == 409
    assert "none of the failed any more" in twice.text
    assert [end.taken.id for end in await run_jobs()] == [job_id]
    assert "Something is wrong" not in (await owner.get(HEALTH)).text
    async with doors.reading() as db:
        entry = await db.scalar(select(AuditEntry).where(AuditEntry.thing == f"job:{job_id}"))
        assert entry is not None
        assert (entry.what, entry.user_id is not None) == ("failed job tried again", True)


async def test_all_that_failed_are_tried_once_more_at_once(
    signed_in: SignedIn, doors: Doors, run_jobs: RunJobs
) -> None:
    await fail(doors, 60)
    owner = await signed_in(Role.OWNER)
    assert "These are the newest of 60." in (await owner.get(HEALTH)).text

    assert (await owner.post(f"{HEALTH}/jobs/retry")).status_code == 303

    assert len(await run_jobs()) == 60


async def test_the_page_asks_as_much_of_a_hundred_failures_as_of_one(
    signed_in: SignedIn, doors: Doors, count_queries: CountQueries
) -> None:
    owner = await signed_in(Role.OWNER)
    await fail(doors)
    await owner.get(HEALTH)
    with count_queries() as few:
        await owner.get(HEALTH)
    await fail(doors, 100)
    with count_queries() as many:
        await owner.get(HEALTH)

    assert len(many) == len(few)


async def test_a_backup_is_remembered_where_it_is_looked_for(
    signed_in: SignedIn, settings: Settings, tmp_path: Path
) -> None:
    tell = partial(rapport, environment=environment_of(settings))
    before = await anyio.to_thread.run_sync(partial(tell, "doctor"))
    done = await anyio.to_thread.run_sync(partial(tell, "backup", str(tmp_path / "site.tar")))
    after = await anyio.to_thread.run_sync(partial(tell, "doctor"))

    assert done.returncode == 0, done.stderr
    assert "! No backup was ever taken. Run: rapport backup FILE" in before.stdout
    told = f"The last backup was taken less than a minute ago: {tmp_path / 'site.tar'}"
    assert f"✓ {told}" in after.stdout
    owner = await signed_in(Role.OWNER)
    assert told in (await owner.get(HEALTH)).text
    with clock.moved(timedelta(days=7, minutes=1)):
        assert "taken 7 days ago" in (await owner.get(HEALTH)).text


async def test_only_owners_are_told(visitor: httpx.AsyncClient, signed_in: SignedIn) -> None:
    moderator = await signed_in(Role.MODERATOR)

    assert (await visitor.get(HEALTH)).status_code == 401
    assert (await moderator.get(HEALTH)).status_code == 403


async def test_the_front_page_tells_what_is_wrong_here_and_asks_as_much_for_many_as_for_few(
    signed_in: SignedIn, doors: Doors, count_queries: CountQueries
) -> None:
    owner = await signed_in(Role.OWNER)
    await owner.get("/admin/")
    numbers = []

    for _round in range(2):
        await fail(doors, 40)
        with count_queries() as queries:
            page = (await owner.get("/admin/")).text
        numbers.append(len(queries))

    assert "Something wants your eye." in page
    assert "80 jobs have failed for good." in page
    assert "No backup was ever taken." in page
    assert numbers[0] == numbers[1] <= 20, queries
