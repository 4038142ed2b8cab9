"""One async code base over two databases: the URL decides. Here is all that differs between them."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import aiosqlite
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

# SQLite counts up only what is declared INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. SQLite forgets the zone, so it goes in as UTC and comes out as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: nobody knows when they were."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The mother of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: UtcDateTime}


class Work(Protocol):
    """What jobs and imports are handed instead of a session: the two doors of `app/work.py`."""

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session that only reads, any number at once."""

    def unit_of_work(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session that is committed whole at the end of the block, or not at all."""


@dataclass(frozen=True)
class Database:
    """Two ways in: `read` never waits for a writer, `write` queues for the only pen."""

    url: str
    reading_engine: AsyncEngine
    slow_reading_engine: AsyncEngine
    writing_engine: AsyncEngine

    @property
    def is_sqlite(self) -> bool:
        """Whether this is one SQLite file."""
        return self.url.startswith("sqlite")

    def session(self, engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncSession]:
        """A new session on one of the engines, closed at the end of the block."""
        session = AsyncSession(engine, expire_on_commit=False)
        # A session closes itself in a task of its own, so that nobody breaks it off while it waits.
        # That costs more than a query, and SQLite, asked without a thread, has nothing to wait for.
        waits = not self.is_sqlite or engine is self.slow_reading_engine
        return session if waits else aclosing(session)

    async def close(self) -> None:
        """Give every connection back."""
        for engine in {self.reading_engine, self.slow_reading_engine, self.writing_engine}:
            await engine.dispose()


def open_database(url: str) -> Database:
    """Engines for `sqlite:///path` or `postgresql://…`; connects on first use."""
    if url.startswith("sqlite"):
        return _open_sqlite(url)
    target = url.replace("postgresql://", "postgresql+psycopg://", 1)
    options: dict[str, Any] = {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 15}
    only_reads = {"options": "-c default_transaction_read_only=on"}
    # One snapshot for all queries of a page.
    read = create_async_engine(
        target, isolation_level="REPEATABLE READ", connect_args=only_reads, **options
    )
    return Database(url, read, read, create_async_engine(target, **options))


def _open_sqlite(url: str) -> Database:
    path = url.removeprefix("sqlite:///")
    target = "sqlite+aiosqlite:///" + path
    # The driver must not begin by itself: a deferred BEGIN that writes later loses updates.
    by_hand = {"isolation_level": None}
    read = _sqlite_engine(target, "BEGIN", async_creator=_inline(path))
    # Two at once, as there are hardly more processors: who comes later waits, and takes no memory.
    slow = _sqlite_engine(
        target, "BEGIN", connect_args=by_hand, pool_size=2, max_overflow=0, pool_timeout=10
    )
    write = _sqlite_engine(target, "BEGIN IMMEDIATE", async_creator=_writing(path), pool_size=2)
    return Database(url, read, slow, write)


def _sqlite_engine(target: str, begin: str, **options: Any) -> AsyncEngine:
    # Last in, first out: the connection used last has the pages at hand that are wanted next.
    engine = create_async_engine(target, pool_use_lifo=True, **options)
    reads_only = begin == "BEGIN"

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(_PATIENT)
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # The system keeps the file in memory anyway; each connection need not do so, too.
        cursor.execute("PRAGMA cache_size=-500")
        if reads_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_as_told(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if not (isinstance(driver, AnswersAtOnce) and driver.begins_at_once(begin)):
            connection.exec_driver_sql(begin)

    return engine


_PATIENT, _IMPATIENT = "PRAGMA busy_timeout=5000", "PRAGMA busy_timeout=0"


class AnswersAtOnce(aiosqlite.Connection):
    """Can be asked without its thread, and without a cursor to close."""

    def begins_at_once(self, begin: str) -> bool:
        """Begin a transaction here and now; False if one would have to wait for somebody else's end."""
        try:
            self._conn.execute(begin)
        except sqlite3.OperationalError:
            # Whatever is wrong, whoever tries again through the engine is told of it.
            return False
        return True

    async def answer(self, sql: str, arguments: Any) -> Sequence[Any]:
        """All rows of a statement; raises what the driver raises."""
        return self._conn.execute(sql, arguments).fetchall()


class InlineConnection(AnswersAtOnce):
    """Runs each statement where it is asked for, on the event loop's thread, instead of in a thread.

    A reader of a WAL database waits for nobody and the queries of a page take microseconds: two
    hops between threads cost four times the query itself. Only `reading()` uses it; searches and
    writes, which may take long or wait for a lock, keep their threads.
    """

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._connection is None:
            raise ValueError("Connection closed")
        return fn(*args, **kwargs)

    async def _connect(self) -> Self:
        if self._connection is None:
            self._connection = self._connector()
        return self

    def __await__(self) -> Any:
        return self._connect().__await__()

    def stop(self) -> None:
        """Close at once: there is no thread to stop."""
        self._running = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def close(self) -> None:
        """Close at once."""
        self.stop()


class WritingConnection(AnswersAtOnce):
    """Waits in its thread, for the pen and for the disk; all else runs where it is asked for.

    Whoever has the pen waits for nobody until the commit, and a comment is fifteen short
    statements: two hops between threads for each would cost three times the statements themselves.
    """

    _statements = 0

    def begins_at_once(self, begin: str) -> bool:
        """Take the pen if it lies there; whoever has to wait for it does so in the thread."""
        self._conn.execute(_IMPATIENT)
        try:
            return super().begins_at_once(begin)
        finally:
            self._conn.execute(_PATIENT)

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        asked, has_the_pen = getattr(fn, "__name__", ""), self._conn.in_transaction
        if asked == "commit" or not (has_the_pen or asked in _WAIT_FOR_NOBODY):
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        if has_the_pen:
            await self._make_way()
        return fn(*args, **kwargs)

    async def answer(self, sql: str, arguments: Any) -> Sequence[Any]:
        """All rows of a statement, for whoever has the pen."""
        await self._make_way()
        return await super().answer(sql, arguments)

    async def _make_way(self) -> None:
        self._statements += 1
        if self._statements % _IN_A_ROW == 0:
            # A long piece of work lets others have their turn.
            await asyncio.sleep(0)


_IN_A_ROW = 25
# Without the pen there is nothing to roll back, and a cursor asks for nothing yet.
_WAIT_FOR_NOBODY = ("rollback", "cursor")


def _writing(path: str) -> Callable[[], Awaitable[WritingConnection]]:
    def open_file() -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    async def connect() -> WritingConnection:
        connection = WritingConnection(open_file, 64)
        await connection
        return connection

    return connect


def _inline(path: str) -> Callable[[], Awaitable[InlineConnection]]:
    def open_file() -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    async def connect() -> InlineConnection:
        connection = InlineConnection(open_file, 64)
        await connection
        return connection

    return connect


def make_room(path: Path) -> None:
    """Make the folder that a SQLite file will lie in."""
    path.parent.mkdir(parents=True, exist_ok=True)
