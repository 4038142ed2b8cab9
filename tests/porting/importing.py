"""Imports as tests want them: a file or a text in, a report out, and the whole database to compare."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Base, Work, open_database
from app.core.freshness.news import open_news
from app.core.outbound.door import Door
from app.core.storage import Folder
from app.porting.wordpress.importing.importer import Surroundings, Wishes, import_wordpress
from app.porting.wordpress.importing.report import Report
from app.work import Doors
from tests.databases import Copies
from tests.visiting import BASE_URL
from tests.world import SECRETS

Row = dict[str, Any]


async def bring(work: Work, folder: Path, source: Path | bytes, **wishes: Any) -> Report:
    """Import a file, or a text put into one."""
    if isinstance(source, bytes):
        file = folder / "export.xml"
        file.write_bytes(source)
        source = file
    around = Surroundings(Folder(folder / "uploads"), Door(BASE_URL), "blog.example", SECRETS)
    return await import_wordpress(work, source, around, Wishes(**wishes))


async def everything(work: Work) -> dict[str, list[Row]]:
    """Every row of every table but the news of what went stale, and what is still to be done about it."""
    found: dict[str, list[Row]] = {}
    async with work.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in ("stale_tags", "jobs"):
                keys = inspect(table).primary_key.columns
                rows = await session.execute(select(table).order_by(*keys))
                found[table.name] = [dict(row._mapping) for row in rows]
    return with_ranks(found)


def with_ranks(found: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Author keys by their order instead of their numbers: PostgreSQL gives those of a lost run to nobody."""
    ranks = {row["id"]: rank for rank, row in enumerate(found["author_keys"], 1)}
    for rows in found.values():
        for row in rows:
            if row.get("author_key_id") is not None:
                row["author_key_id"] = ranks[row["author_key_id"]]
    for row in found["author_keys"]:
        row["id"] = ranks[row["id"]]
    return found


@asynccontextmanager
async def a_fresh_site(copies: Copies, folder: Path) -> AsyncIterator[Doors]:
    """The doors of one more empty database."""
    place = folder / "fresh"
    place.mkdir()
    with copies.fresh(place) as url:
        database, news = open_database(url), open_news(url)
        yield Doors(database, news)
        await news.close()
        await database.close()


class Killed(Exception):
    """The process was killed."""


class Mortal:
    """Doors through which only so many units of work are finished; the next one is lost whole."""

    def __init__(self, work: Work, units: int) -> None:
        self._work = work
        self._left = units

    def reading(self) -> Any:
        """As ever."""
        return self._work.reading()

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """A unit that is kept, unless none is left."""
        async with self._work.unit_of_work() as session:
            yield session
            if self._left == 0:
                raise Killed
            self._left -= 1
