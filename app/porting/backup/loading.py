"""Puts the rows of a backup into an empty database of the same version of the schema."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Connection, Table, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

from app.core.errors import Invalid
from app.porting.backup.manifest import Head
from app.porting.backup.reading import tables_in
from app.porting.backup.rows import reader_of, unpacked

_ROWS_AT_ONCE = 1000

_FOREIGN_KEYS = text(
    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE contype = 'f'"
    " AND connamespace = current_schema()::regnamespace ORDER BY conname"
)
_COUNT_ON = text(
    "SELECT setval(sequence, :number)"
    " FROM (SELECT pg_get_serial_sequence(:table_name, 'id')::regclass AS sequence) AS known"
    " WHERE sequence IS NOT NULL"
)


class Loader:
    """Takes the parts of tables in, in one transaction of its caller's, in any order of tables.

    Rows point to rows that come later, so keys are asleep meanwhile; `finish` looks whether all
    point somewhere. Raises Invalid where the backup does not fit.
    """

    def __init__(self, connection: Connection, head: Head) -> None:
        self._connection = connection
        self._head = head
        self._tables = {table.name: table for table in tables_in(connection)}
        there = {name: {c.name for c in table.columns} for name, table in self._tables.items()}
        if there != {name: set(columns) for name, columns in head.tables.items()}:
            raise Invalid("The backup is refused: its tables are not those of its schema.")
        self._keys: Sequence[Any] = ()
        if connection.dialect.name == "postgresql":
            self._keys = connection.execute(_FOREIGN_KEYS).all()
            for table, key, _says in self._keys:
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {key}"))
        for table in self._tables.values():
            for column in table.columns:
                if isinstance(column.type, JSON):
                    # Its text comes as it was stored, and is not to be made text once more.
                    column.type = NullType()
            # Migrations write rows, too: the site's own, for one.
            connection.execute(delete(table))

    def load(self, name: str, part: bytes) -> None:
        """Write the rows of one member, named `rows/TABLE/…`."""
        table = self._table(name.split("/")[1])
        columns = self._head.tables[table.name]
        read = reader_of([table.c[column].type for column in columns], name)
        lines = unpacked(part, name)
        for start in range(0, len(lines), _ROWS_AT_ONCE):
            some = [
                dict(zip(columns, read(line), strict=True))
                for line in lines[start : start + _ROWS_AT_ONCE]
            ]
            try:
                self._connection.execute(insert(table), some)
            except DBAPIError as error:
                raise Invalid(
                    f"The database does not take the rows of {name}: {error.orig}"
                ) from error

    def finish(self, rows: Mapping[str, int], counters: Mapping[str, int]) -> None:
        """Wake the keys, let numbers go on where they were, and count."""
        for name, table in self._tables.items():
            there = self._connection.scalar(select(func.count()).select_from(table))
            if there != rows[name]:
                raise Invalid(f"The backup is refused: {name} has another number of rows.")
        try:
            self._wake_keys()
        except DBAPIError as error:
            raise Invalid("The backup is refused: it has rows that point nowhere.") from error
        for name, number in counters.items():
            if self._keys and number and "id" in self._table(name).columns:
                self._connection.execute(_COUNT_ON, {"table_name": name, "number": number})

    def _wake_keys(self) -> None:
        for table, key, says in self._keys:
            self._connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {key} {says}"))
        lost = not self._keys and self._connection.execute(text("PRAGMA foreign_key_check")).first()
        if lost:
            raise Invalid("The backup is refused: it has rows that point nowhere.")

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            raise Invalid(f"The backup is refused: there is no table {name}.")
        return self._tables[name]
