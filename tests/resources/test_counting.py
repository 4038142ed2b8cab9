"""Counting: one for each person and day, on any number of processes, with nobody written down."""

from datetime import timedelta
from typing import TypeAlias

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.secrets import secrets_of
from app.main import create_app
from app.resources.counting import Tally, forget_past_days, person_of
from app.resources.models import DownloadCount, DownloadMark, Resource
from app.settings import Settings
from app.work import Doors
from tests.resources.lending import a_resource
from tests.visiting import running, visiting

pytestmark = pytest.mark.anyio

Somebody: TypeAlias = tuple[int | None, str, str]

DOWNLOAD = "/resources/a-calendar-of-letters/download"


async def counted(doors: Doors) -> tuple[int, list[int]]:
    """The number that is shown, and those of each day."""
    async with doors.reading() as db:
        shown = await db.scalar(select(Resource.download_count))
        days = await db.scalars(select(DownloadCount.count).order_by(DownloadCount.day))
        return shown or 0, list(days)


async def test_a_person_counts_once_a_day_however_it_is_fetched(
    doors: Doors, settings: Settings
) -> None:
    await a_resource(doors, settings)
    for _ in range(2):
        app = create_app(settings)
        async with running(app), visiting(app, client=("203.0.113.7", 1)) as visitor:
            for headers in ({}, {}, {"Range": "bytes=0-2"}, {"Range": "bytes=3-"}):
                await visitor.get(DOWNLOAD, headers=headers)
    assert await counted(doors) == (1, [1])

    app = create_app(settings)
    async with running(app):
        async with visiting(app, client=("203.0.113.8", 1)) as other:
            await other.head(DOWNLOAD)
            await other.get(DOWNLOAD, headers={"Range": "bytes=5-"})
            await other.get(DOWNLOAD, headers={"If-None-Match": "*"})
        async with visiting(app, client=("203.0.113.9", 1)) as third:
            await third.get(DOWNLOAD)
            page = await third.get(DOWNLOAD.removesuffix("download"))
            assert "1 time<" in page.text
    assert await counted(doors) == (2, [2])

    app = create_app(settings)
    with clock.moved(timedelta(days=1)):
        async with running(app), visiting(app, client=("203.0.113.7", 1)) as visitor:
            await visitor.get(DOWNLOAD)
            assert "2 times" in (await visitor.get(DOWNLOAD.removesuffix("download"))).text
    assert await counted(doors) == (3, [2, 1])


async def test_no_address_is_kept_and_marks_go_with_their_day(
    doors: Doors, settings: Settings
) -> None:
    await a_resource(doors, settings)
    tally = Tally(secrets_of(settings))
    person = person_of(None, "203.0.113.7", "A browser")
    tally.count(1, person)
    await tally.write(doors)
    with clock.moved(timedelta(days=1)):
        tally.count(1, person)
        await tally.write(doors)

    async with doors.reading() as db:
        marks = list(await db.scalars(select(DownloadMark.mark)))
    assert len(set(marks)) == 2
    assert not any("203" in mark or "browser" in mark.lower() for mark in marks)
    with clock.moved(timedelta(days=3)):
        async with doors.unit_of_work() as db:
            await forget_past_days(db)
    async with doors.reading() as db:
        assert list(await db.scalars(select(DownloadMark.mark))) == []
    assert await counted(doors) == (2, [1, 1])


async def test_what_can_not_be_written_is_kept_for_the_next_time(
    doors: Doors, settings: Settings
) -> None:
    await a_resource(doors, settings)
    tally = Tally(secrets_of(settings))
    tally.count(1, "somebody")
    # A version that is gone meanwhile counts for nothing, and hinders nobody.
    tally.count(99, "somebody")

    await tally.write(doors)
    await tally.write(doors)

    assert await counted(doors) == (1, [1])


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ((None, "203.0.113.7", "A"), (None, "203.0.113.7", "A"), True),
        ((None, "203.0.113.7", "A"), (None, "203.0.113.7", "B"), False),
        ((None, "2001:db8:1:2::3", "A"), (None, "2001:db8:1:2:9::4", "A"), True),
        ((None, "2001:db8:1:2::3", "A"), (None, "2001:db8:1:3::3", "A"), False),
        ((7, "203.0.113.7", "A"), (7, "203.0.113.9", "B"), True),
        ((7, "203.0.113.7", "A"), (8, "203.0.113.7", "A"), False),
        ((None, "", ""), (None, "", ""), True),
    ],
)
def test_who_is_one_person(one: Somebody, other: Somebody, are_same: bool) -> None:
    assert (person_of(*one) == person_of(*other)) == are_same
