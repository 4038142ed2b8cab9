"""Where a site is restored to: an empty database, made ready for the rows of some version of the schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, inspect, select, text
from sqlalchemy.exc import OperationalError

from app.core import clock
from app.core.db import make_room
from app.core.errors import Conflict, NotReady
from app.core.job_workers import SILENT
from app.core.schema import upgrade
from app.core.stores import store_of
from app.porting.backup.reading import engine_to
from app.porting.backup.unfinished import is_unfinished
from app.settings import Settings

# What a server writes by itself as soon as it runs: no site lives in these.
_NO_SITE = frozenset(
    (
        "akismet_health", "alembic_version", "allowances", "case_counts", "job_workers", "jobs",
        "learned_blocks", "learned_state", "one_time_links", "outbound_turns", "site", "stale_tags",
    )
)  # fmt: skip
_BUILDING = ".restoring"


async def refuse_what_is_not_empty(settings: Settings) -> None:
    """Raise Conflict unless database and files are empty, or were left by a restore that was broken off."""
    _refuse_database(settings, may_hold_rows=is_unfinished(settings))
    if is_unfinished(settings):
        return
    async for kept in store_of(settings).below(""):
        raise Conflict(
            f"There are files already, such as {kept.name}. A site is restored into an empty place."
        )


def building(settings: Settings) -> Settings:
    """Settings of the database that is filled: on SQLite a file beside, which is renamed when it is whole."""
    if not settings.is_sqlite:
        return settings
    url = f"sqlite:///{_beside(settings)}"
    return Settings(**{**settings.model_dump(), "database_url": url})


def begin_building(settings: Settings, version: str) -> None:
    """Make the tables as that version had them, in place of empty ones, or of half a site."""
    if settings.is_sqlite:
        make_room(settings.sqlite_path)
        _forget(_beside(settings))
    else:
        _drop_tables(settings.database)
    upgrade(building(settings).database, version)


@contextmanager
def filling(settings: Settings) -> Iterator[Connection]:
    """One transaction on the database that is filled."""
    engine = engine_to(building(settings).database, begin="BEGIN IMMEDIATE")
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def finish_building(settings: Settings) -> None:
    """Put the database in its place. On PostgreSQL it is there already."""
    if not settings.is_sqlite:
        return
    beside = _beside(settings)
    engine = engine_to(f"sqlite:///{beside}", begin="BEGIN")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        # One file without a log beside it can be renamed.
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        driver.execute("PRAGMA journal_mode=DELETE")
    engine.dispose()
    _forget(settings.sqlite_path)
    beside.replace(settings.sqlite_path)


def _refuse_database(settings: Settings, *, may_hold_rows: bool) -> None:
    if settings.is_sqlite and not settings.sqlite_path.exists():
        return
    engine = engine_to(settings.database, begin="BEGIN")
    try:
        with engine.connect() as connection:
            tables = _tables(connection)
            if "alembic_version" not in tables and tables:
                raise Conflict("The database holds something else already. Name an empty one.")
            _refuse_served(connection, tables)
            for name in sorted(set(tables) - _NO_SITE):
                if (
                    not may_hold_rows
                    and connection.execute(
                        select(text("1")).select_from(tables[name]).limit(1)
                    ).first()
                ):
                    raise Conflict(
                        "There is a site in the database already. A site is restored into an empty place."
                    )
    except OperationalError as error:
        raise NotReady("The database can't be reached. Run: rapport doctor") from error
    finally:
        engine.dispose()


def _refuse_served(connection: Connection, tables: dict[str, Table]) -> None:
    workers = tables.get("job_workers")
    if workers is None:
        return
    seen = connection.scalars(select(workers.c.seen_at)).all()
    now = clock.now()
    if any(
        at.replace(tzinfo=now.tzinfo if at.tzinfo is None else at.tzinfo) > now - SILENT
        for at in seen
    ):
        raise Conflict(
            "The database is being served at this moment. Stop the server, wait a minute, try again."
        )


def _drop_tables(url: str) -> None:
    engine = engine_to(url, begin="BEGIN")
    quote = engine.dialect.identifier_preparer.quote
    try:
        with engine.begin() as connection:
            for name in inspect(connection).get_table_names():
                connection.execute(text(f"DROP TABLE IF EXISTS {quote(name)} CASCADE"))
    finally:
        engine.dispose()


def _tables(connection: Connection) -> dict[str, Table]:
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _metadata: not name.startswith("search_index"))
    return dict(metadata.tables)


def _beside(settings: Settings) -> Path:
    path = settings.sqlite_path
    return path.with_name(path.name + _BUILDING)


def _forget(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
