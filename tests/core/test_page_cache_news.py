"""How a commit reaches another process: the same promises on both databases."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import select

from app.core.db import Database, open_database
from app.core.freshness import postgres, sqlite, wal_index
from app.core.freshness.news import News, open_news
from app.core.freshness.sqlite import SqliteNews
from app.core.freshness.tags import MOST_TAGS, StaleTag, told_as
from app.core.freshness.telling import Telling, tellings
from app.core.page_cache import EVERYTHING

pytestmark = pytest.mark.anyio


class Reader:
    """A process that keeps pages: what it was told to forget, in order."""

    def __init__(self, url: str) -> None:
        self.forgot: list[str] = []
        self.news = open_news(url, self._forget)

    async def hears(self) -> list[str]:
        """What it hears of when it looks before an answer."""
        assert self.news.is_current() or await self.news.catch_up()
        heard, self.forgot[:] = list(self.forgot), []
        return heard

    def _forget(self, tags: Iterable[str]) -> None:
        self.forgot += tags


Commit = Callable[..., Awaitable[None]]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = open_database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def reader(database_url: str) -> AsyncIterator[Reader]:
    reader = Reader(database_url)
    await reader.news.open()
    await reader.hears()
    yield reader
    await reader.news.close()


@pytest.fixture
async def writer(database_url: str) -> AsyncIterator[News]:
    """The news as a command has it, which keeps no pages."""
    news = open_news(database_url)
    yield news
    await news.close()


@pytest.fixture
def commit(database: Database, writer: News) -> Commit:
    """`await commit("post:1", …)`: a whole unit of work that touches these tags."""

    async def commit(*tags: str) -> None:
        async with database.session(database.writing_engine) as session, session.begin():
            receipt = await writer.tell(session, tags)
        await writer.heard(receipt)

    return commit


async def test_what_is_committed_is_heard_before_the_next_answer(
    reader: Reader, commit: Commit
) -> None:
    await commit("post:1", "site")
    assert await reader.hears() == ["post:1", "site"]

    await commit("post:2")
    await commit("post:3")
    assert await reader.hears() == ["post:2", "post:3"]
    assert await reader.hears() == []


async def test_nothing_is_heard_of_what_is_not_committed(
    reader: Reader, database: Database, writer: News
) -> None:
    async with database.session(database.writing_engine) as session:
        await writer.tell(session, ["post:1"])
        await asyncio.sleep(0.05)
        assert await reader.hears() == []
        await session.rollback()

    assert await reader.hears() == []


async def test_a_change_that_touches_no_page_tells_nothing(
    reader: Reader, database: Database, commit: Commit
) -> None:
    await commit()

    assert await reader.hears() == []
    async with database.session(database.reading_engine) as session:
        assert await session.scalar(select(StaleTag.id)) is None


async def test_who_begins_to_read_later_begins_with_nothing(
    database_url: str, commit: Commit
) -> None:
    await commit("post:1")
    late = Reader(database_url)
    await late.news.open()

    assert await late.hears() == [EVERYTHING]
    await commit("post:2")
    assert await late.hears() == ["post:2"]
    await late.news.close()


async def test_a_change_of_very_many_things_is_told_as_one_of_everything(
    reader: Reader, commit: Commit
) -> None:
    await commit(*(f"post:{number}" for number in range(MOST_TAGS + 1)))

    assert await reader.hears() == [EVERYTHING]


async def test_many_tags_arrive_whole(reader: Reader, commit: Commit) -> None:
    tags = [f"category:ärger-über-äußerst-lange-namen-{number}" for number in range(MOST_TAGS)]

    await commit(*tags)

    assert sorted(await reader.hears()) == sorted(tags)


@pytest.mark.only_on("postgres")  # SQLite has one pen, and the queue for it is not here.
async def test_writers_at_the_same_time_are_all_heard(reader: Reader, commit: Commit) -> None:
    await asyncio.gather(*(commit(f"post:{number}") for number in range(10)))

    assert sorted(await reader.hears()) == sorted(f"post:{number}" for number in range(10))


async def test_a_reader_whose_database_is_away_knows_that_it_knows_nothing(
    tmp_path: Path, database_kind: str
) -> None:
    away = {
        "sqlite": f"sqlite:///{tmp_path / 'nowhere.sqlite3'}",
        "postgres": "postgresql://nobody@127.0.0.1:1/nowhere",
    }
    reader = Reader(away[database_kind])
    await reader.news.open()

    assert not reader.news.is_current()
    assert not await reader.news.catch_up()
    await reader.news.close()


def test_the_tags_of_a_change_are_told_once_each() -> None:
    assert told_as(["b", "a", "b"]) == ["a", "b"]
    assert told_as(["a", EVERYTHING]) == [EVERYTHING]


def test_a_telling_is_read_as_it_was_written() -> None:
    told = list(tellings([f"tag:ü{number}" for number in range(2000)], "r1"))

    assert len(told) > 1
    assert all(len(telling.payload().encode()) < 8000 for telling in told)
    assert [telling.receipt for telling in told] == [None] * (len(told) - 1) + ["r1"]
    assert [Telling.read(telling.payload()) for telling in told] == told


@pytest.mark.parametrize("payload", ["", "hello", "[]", '{"stale": 7}', "null", '{"stale": null}'])
def test_what_nobody_of_ours_wrote_may_mean_anything(payload: str) -> None:
    assert Telling.read(payload) == Telling((EVERYTHING,))


@pytest.mark.only_on("sqlite")
class TestOnSqlite:
    """What only a file can do to a reader."""

    async def test_old_rows_are_cleared_away(
        self, commit: Commit, reader: Reader, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sqlite, "_ROWS_LEFT", 5)
        monkeypatch.setattr(sqlite, "_PRUNED_EACH", 4)
        for number in range(12):
            await commit(f"post:{number}")

        assert await reader.hears() == [EVERYTHING], "it was further behind than the rows go"
        async with database.session(database.reading_engine) as session:
            assert len((await session.scalars(select(StaleTag.id))).all()) == 5
        await commit("post:99")
        assert await reader.hears() == ["post:99"]

    async def test_a_restored_file_makes_everything_stale(
        self, commit: Commit, reader: Reader, database_url: str
    ) -> None:
        await commit("post:1", "post:2")
        await reader.hears()
        path = database_url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM stale_tags WHERE id > 1")

        assert await reader.hears() == [EVERYTHING]

    async def test_it_is_heard_where_the_system_does_not_name_the_index(
        self, database_url: str, commit: Commit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(wal_index, "_DESCRIPTORS", "/nowhere")
        reader = Reader(database_url)
        await reader.hears()

        await commit("post:1")

        assert await reader.hears() == ["post:1"]
        await reader.news.close()

    @pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system names no files")
    async def test_nothing_is_asked_of_the_database_while_nothing_is_committed(
        self, reader: Reader, commit: Commit
    ) -> None:
        await commit("post:1")
        await reader.hears()
        asked: list[str] = []
        assert isinstance(reader.news, SqliteNews)
        assert reader.news._connection
        reader.news._connection.set_trace_callback(asked.append)

        for _ in range(5):
            await reader.hears()
        assert asked == []
        await commit("post:2")
        assert await reader.hears() == ["post:2"]

    async def test_commits_of_others_things_forget_nothing(
        self, reader: Reader, database_url: str
    ) -> None:
        path = database_url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE others (id INTEGER)")

        assert await reader.hears() == []


@pytest.mark.only_on("postgres")
class TestOnPostgres:
    """What only a network can do to a reader."""

    async def test_the_writer_waits_until_idle_readers_dropped_their_pages(
        self, reader: Reader, commit: Commit
    ) -> None:
        began = time.monotonic()
        await commit("post:1")

        assert reader.forgot == ["post:1"], "without having been asked for anything"
        assert time.monotonic() - began < postgres.PATIENCE

    async def test_a_lease_ends_by_itself(self, reader: Reader) -> None:
        assert reader.news.is_current()
        _stopped_for(postgres.LEASE)

        assert not reader.news.is_current()
        assert await reader.news.catch_up()
        assert reader.news.is_current()

    async def test_a_reader_in_use_renews_its_lease_without_waiting(self, reader: Reader) -> None:
        until = time.monotonic() + 3 * postgres.LEASE
        while time.monotonic() < until:
            assert reader.news.is_current()
            await asyncio.sleep(0.01)

    async def test_a_silent_listener_costs_a_writer_its_patience_and_no_more(
        self, database_url: str, commit: Commit
    ) -> None:
        await commit("post:0")
        with psycopg.connect(database_url, autocommit=True) as sleeper:
            sleeper.execute("LISTEN rapport_stale")
            sleeper.execute("SET application_name TO 'rapport pages'")
            began = time.monotonic()
            await commit("post:1")
            waited = time.monotonic() - began

        assert postgres.PATIENCE <= waited < postgres.PATIENCE + 0.5

    async def test_who_sleeps_for_long_is_hung_up_on(
        self, database_url: str, commit: Commit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shorter = postgres._END_SLEEPERS.replace("5 seconds", "0.1 seconds")
        monkeypatch.setattr(postgres, "_END_SLEEPERS", shorter)
        with psycopg.connect(database_url, autocommit=True) as sleeper:
            sleeper.execute("SET application_name TO 'rapport pages'")
            await commit("post:1")
            await asyncio.sleep(0.1)

            with pytest.raises(psycopg.OperationalError):
                sleeper.execute("SELECT 1")

    async def test_behind_a_cut_network_nothing_is_current_when_a_writer_is_done(
        self, database_url: str, commit: Commit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres, "_ANSWER_WITHIN", 0.1)
        async with a_cable_to(database_url) as cable:
            reader = Reader(cable.url)
            await reader.news.open()
            await reader.hears()
            cable.is_cut = True
            await commit("post:1")

            assert not reader.news.is_current()
            assert not await reader.news.catch_up()
            assert reader.forgot == [EVERYTHING]
            await reader.news.close()

    async def test_a_reader_that_was_cut_off_drops_everything_and_comes_back(
        self, reader: Reader, database_url: str, commit: Commit
    ) -> None:
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'rapport pages' AND datname = current_database()"
            )
        async with asyncio.timeout(5):
            while (  # noqa: ASYNC110 - there is nothing to wait for but time
                EVERYTHING not in reader.forgot or not await reader.news.catch_up()
            ):
                await asyncio.sleep(0.01)
        await reader.hears()

        await commit("post:1")
        assert await reader.hears() == ["post:1"]


class Cable:
    """A network between a reader and its database. Cut, it stays silent: nobody hangs up."""

    def __init__(self, url: str) -> None:
        self._target = conninfo_to_dict(url)
        self.url = ""
        self.is_cut = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = str(self._target.get("host")), self._target.get("port", 5432)
        if host.startswith("/"):
            far = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            far = await asyncio.open_connection(host, int(port or 5432))
        await asyncio.gather(self._carry(reader, far[1]), self._carry(far[0], writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while sent := await reader.read(65536):
            if not self.is_cut:
                writer.write(sent)
        writer.close()


@contextlib.asynccontextmanager
async def a_cable_to(url: str) -> AsyncIterator[Cable]:
    cable = Cable(url)
    async with await asyncio.start_server(cable.carry, "127.0.0.1", 0) as ends:
        host, port = ends.sockets[0].getsockname()
        cable.url = make_conninfo(url, host=host, port=port)
        yield cable


def _stopped_for(seconds: float) -> None:
    time.sleep(seconds)
