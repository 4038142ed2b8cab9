"""The index keeps itself in order by a job, between other people's changes and not within them."""

import pytest
from sqlalchemy import text

from app.accounts.actor import VISITOR
from app.core.jobs import enqueue
from app.groups.profiles.models import Audience
from app.search.asking import Query
from app.search.entries import comment_entry
from app.search.finding import search
from app.search.index import index_of
from app.search.jobs import fill_search_index, tidy_search_index
from app.settings import Settings
from app.work import Doors
from tests import world
from tests.conftest import RunJobs
from tests.groups.profiles.membership import a_profile
from tests.resources.lending import a_resource

pytestmark = pytest.mark.anyio

_SEGMENTS = text("SELECT count(DISTINCT segid) FROM search_index_idx")


async def found(doors: Doors, words: str) -> int:
    async with doors.reading() as session:
        return (await search(session, VISITOR, Query(words))).total


async def segments(doors: Doors) -> int:
    async with doors.reading() as session:
        return int((await session.execute(_SEGMENTS)).scalar_one())


async def tidied(doors: Doors, run_jobs: RunJobs) -> None:
    async with doors.unit_of_work() as session:
        await enqueue(session, tidy_search_index)
    await run_jobs()


async def write_posts(doors: Doors, numbers: range) -> None:
    for number in numbers:
        async with doors.unit_of_work() as session:
            await world.a_post(session, f"Garden {number}", body="The walls are green.")


async def test_all_is_found_before_and_after(doors: Doors, run_jobs: RunJobs) -> None:
    await write_posts(doors, range(12))
    assert await found(doors, "garden") == await found(doors, "green walls") == 12

    await tidied(doors, run_jobs)
    await tidied(doors, run_jobs)

    assert await found(doors, "garden") == await found(doors, "green walls") == 12
    await write_posts(doors, range(12, 13))
    assert await found(doors, "green") == 13


@pytest.mark.only_on("sqlite")
async def test_many_small_changes_are_merged_by_the_job_alone(
    doors: Doors, run_jobs: RunJobs
) -> None:
    await write_posts(doors, range(20))
    assert await segments(doors) >= 20, "a writer merged, for which another had to wait"

    await tidied(doors, run_jobs)

    assert await segments(doors) <= 4


@pytest.mark.only_on("sqlite")
async def test_many_that_come_in_at_once_are_merged_as_they_come(doors: Doors) -> None:
    for begins_with in range(1, 2000, 100):
        entries = [
            comment_entry(key, "Gwen", "The walls are green.")
            for key in range(begins_with, begins_with + 100)
        ]
        async with doors.unit_of_work() as session:
            await index_of(session).write(session, entries)

    # 64 on one level would be merged within the next reply.
    assert await segments(doors) < 10


async def test_what_was_there_before_the_index_knew_of_it_is_taken_in(
    doors: Doors, settings: Settings, run_jobs: RunJobs
) -> None:
    await a_resource(doors, settings, "A quagga")
    async with doors.unit_of_work() as session:
        await a_profile(session, is_listed=True, headline="Quagga", seen_by=Audience.PUBLIC)
        await a_profile(session, "Bo", headline="Quagga", seen_by=Audience.PUBLIC)
    async with doors.unit_of_work() as session:
        await session.execute(text("DELETE FROM search_index"))
    assert await found(doors, "quagga") == 0

    async with doors.unit_of_work() as session:
        await enqueue(session, fill_search_index)
    await run_jobs()

    assert await found(doors, "quagga") == 2
