"""The two doors to the database, and the one place that commits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Database
from app.core.errors import NotReady
from app.core.events import Event, take_recorded
from app.core.freshness.news import News
from app.core.freshness.telling import Receipt
from app.core.i18n import marked
from app.core.jobs import JobFunction, enqueue_all, take_enqueued
from app.core.rows import flush_changes
from app.feeds.websub import note_changes
from app.hooks.noting import Listening, note_events
from app.reactions import AT_ONCE, LAST, LATER


class Doors:
    """`reading()` for any number at once; `unit_of_work()`, on SQLite, one after the other."""

    def __init__(
        self,
        database: Database,
        news: News,
        *,
        has_hub: bool = False,
        listening: Listening | None = None,
    ) -> None:
        self.database = database
        # Whether somebody is told of changed feeds; where not, no change pays for it.
        self._has_hub = has_hub
        self._listening = listening or Listening()
        self._news = news
        # SQLite's own waiting polls and is unfair; a queue of ours is neither.
        self._writers_turn = asyncio.Lock()
        # Set when this process has enqueued what hurries: a worker in it need not wait for its next look.
        self.jobs_wait = asyncio.Event()

    @asynccontextmanager
    async def reading(self, *, slow: bool = False) -> AsyncIterator[AsyncSession]:
        """A session that only reads, on one snapshot; `slow` for queries that may take long."""
        engine = self.database.slow_reading_engine if slow else self.database.reading_engine
        async with self.database.session(engine) as session:
            try:
                yield session
            except (OperationalError, NoConnectionFree) as error:
                raise away(error) from error

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """One request, one command, one step of an import: all of it is kept, or none of it."""
        async with self._pen(), self.database.session(self.database.writing_engine) as session:
            try:
                async with session.begin():
                    yield session
                    receipt = await self._consequences(session)
            except (OperationalError, NoConnectionFree) as error:
                raise away(error) from error
        if take_enqueued(session):
            self.jobs_wait.set()
        # Only now may anybody be told that it is done: every process has heard of it.
        await self._news.heard(receipt)

    @asynccontextmanager
    async def _pen(self) -> AsyncIterator[None]:
        if not self.database.is_sqlite:
            yield
            return
        async with self._writers_turn:
            yield

    async def _consequences(self, session: AsyncSession) -> Receipt | None:
        touched: set[str] = set()
        later: list[tuple[JobFunction, dict[str, Any]]] = []
        events: list[Event] = []
        # What follows from one thing may be another that something follows from.
        while more := take_recorded(session):
            events += more
            for event in more:
                touched |= event.touches
                for react in AT_ONCE.get(type(event), ()):
                    await react(session, event)
                later += [(job, event.facts) for job in LATER.get(type(event), ())]
        await enqueue_all(session, later)
        if self._has_hub:
            await note_changes(session, events)
        await note_events(session, events, self._listening, self._news)
        for settle in LAST:
            await settle(session)
        await flush_changes(session)
        return await self._news.tell(session, touched)


# SQLite's own waiting looks again after a tenth of a second: in a shorter pause nobody gets in.
_PAUSE = 0.12


class YieldingDoors(Doors):
    """Doors for whoever writes for long: on SQLite, others are let in between two units of work.

    A pause is made after `every` seconds; and after each unit, while somebody else is seen to write.
    """

    def __init__(
        self, database: Database, news: News, *, has_hub: bool = False, every: float = 0.0
    ) -> None:
        super().__init__(database, news, has_hub=has_hub)
        self._every = every
        self._rested_at = monotonic()
        self._last_seen: int | None = None

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """A unit as any other, and maybe a pause in which whoever waits for the pen has it."""
        if not self.database.is_sqlite:
            async with super().unit_of_work() as session:
                yield session
            return
        async with super().unit_of_work() as session:
            others_write = await self._others_wrote(session)
            yield session
        if others_write or monotonic() - self._rested_at >= self._every:
            await asyncio.sleep(_PAUSE)
            self._rested_at = monotonic()

    async def _others_wrote(self, session: AsyncSession) -> bool:
        """Whether anything was committed since the last unit that is not ours: one connection writes all that is."""
        seen = await session.scalar(text("PRAGMA data_version"))
        before, self._last_seen = self._last_seen, seen
        return before not in (None, seen)


def away(error: DBAPIError | NoConnectionFree) -> NotReady:
    """A sentence, and the command to run, instead of a driver's words."""
    if isinstance(error, NoConnectionFree):
        return NotReady(marked("Too many are asking at once. Try again in a moment."))
    words = str(error.orig).lower()
    if "locked" in words or "busy" in words:
        return NotReady(
            marked("Somebody else is writing to the database for too long. Try again in a moment.")
        )
    if "no such table" in words or "no such column" in words or "does not exist" in words:
        return NotReady(
            marked("The database has another schema than this version. Run: rapport upgrade")
        )
    return NotReady(marked("The database can't be reached. Run: rapport doctor"))
