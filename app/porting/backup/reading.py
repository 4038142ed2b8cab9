"""One moment of a database, whatever is written meanwhile; its tables as they are, of any version of the schema."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import JSON, Column, Connection, MetaData, Table, Text, cast, func, select, text
from sqlalchemy.engine import Engine, create_engine
from sqlalchemy.event import listens_for
from sqlalchemy.pool import NullPool

from app.core.errors import NotReady
from app.core.schema import current_version

# The indexes are made from the rows, and the version stands in the head.
_NOT_ROWS = ("search_index", "alembic_version")
_ROWS_AT_ONCE = 500

_VERSION = "SELECT version_num FROM alembic_version"
_LAST_NUMBER = text(
    "SELECT pg_sequence_last_value(pg_get_serial_sequence(:table_name, 'id')::regclass)"
)


@contextmanager
def snapshot_of(url: str) -> Iterator[Connection]:
    """A connection that sees one moment of the database, and writes nothing. Raises NotReady."""
    if current_version(url) is None:
        raise NotReady("There is no site in the database yet.")
    engine = engine_to(url, begin="BEGIN")
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    try:
        with engine.connect() as connection:
            # A snapshot is of the moment of the first question.
            connection.execute(text(_VERSION))
            yield connection
    finally:
        engine.dispose()


def engine_to(url: str, begin: str) -> Engine:
    """An engine of plain connections; on SQLite each begins as told, and foreign keys sleep."""
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool
    )
    if engine.dialect.name == "sqlite":

        @listens_for(engine, "connect")
        def prepare(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA busy_timeout=5000")
            connection.execute("PRAGMA foreign_keys=OFF")

        @listens_for(engine, "begin")
        def begin_as_told(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

    return engine


def version_of(connection: Connection) -> str:
    """The revision of the schema that a snapshot was taken of."""
    version: str = connection.scalar(text(_VERSION))
    return version


def tables_in(connection: Connection) -> list[Table]:
    """All tables whose rows belong into a backup, by name."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _metadata: not name.startswith(_NOT_ROWS))
    return sorted(metadata.tables.values(), key=lambda table: table.name)


def rows_of(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    """All rows in the order of their keys, a few at a time."""
    columns = [_readable(column) for column in table.columns]
    query = select(*columns).order_by(*table.primary_key.columns)
    options = {"yield_per": _ROWS_AT_ONCE}
    yield from connection.execute(query, execution_options=options)


def last_number(connection: Connection, table: Table) -> int:
    """The highest number that the table gave a row, also where that row is gone; 0 where it gives none."""
    if "id" not in table.columns:
        return 0
    highest: int = connection.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
    if connection.dialect.name == "sqlite":
        # It counts from its highest row, and knows no other way.
        return highest
    return max(highest, connection.scalar(_LAST_NUMBER, {"table_name": table.name}) or 0)


def _readable(column: Column[Any]) -> Any:
    # The text as it was stored: read and written again it might come out in other words.
    return cast(column, Text) if isinstance(column.type, JSON) else column
