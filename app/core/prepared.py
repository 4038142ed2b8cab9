"""Statements about columns that are compiled once: what hot pages ask with, and a comment is kept by.

SQLAlchemy finds a statement's compiled form anew at each execution, and its session wraps each row
for the objects there might be in it. On a page of five queries that takes longer than the database
does. Here the SQL text and the converters of both directions are kept instead. SQLite, which answers
where it is asked, is then asked on the session's own connection, past five layers that would each
add to it; everything else goes through the engine, and so does all as soon as anybody listens to
its statements. Errors and transactions are the same either way.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Dialect,
    Select,
    TextClause,
    TextualSelect,
    bindparam,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.types import TypeEngine

from app.core.db import AnswersAtOnce, BigId, UtcDateTime

Query: TypeAlias = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
Statement: TypeAlias = Query | TextualSelect | TextClause | Insert | Update | Delete
Converter: TypeAlias = Callable[[Any], Any]
Row: TypeAlias = tuple[Any, ...]


_LANE = "prepared lane"
# What psycopg names the type of a column of fractions; nothing else asks for the driver's name.
_DRIVERS_FLOAT = 701


class Prepared:
    """A statement about columns, not objects, and without expanding parameters.

    `columns` names what an INSERT or UPDATE gives values to, each under its column's name.
    """

    def __init__(self, query: Statement, columns: Iterable[str] | None = None) -> None:
        self.query = query
        self._columns = None if columns is None else tuple(columns)
        # By dialect: a test, or a move, may ask two kinds of database in one process.
        self._compiled: dict[str, _Compiled] = {}

    async def rows(self, session: AsyncSession, values: Mapping[str, Any]) -> Sequence[Row]:
        """All rows, as plain tuples; `values` by the names of its parameters.

        What the session has not flushed yet it does not see.
        """
        lane = await _lane_of(session)
        compiled = self._compiled.get(lane.dialect.name)
        if compiled is None:
            compiled = _compile(self.query, lane.dialect, self._columns)
            self._compiled[lane.dialect.name] = compiled
        return compiled.converted(await lane.ask(compiled.sql, compiled.arguments(values)))


@dataclass(frozen=True, slots=True)
class _Lane:
    """How the database is reached in one transaction of a session."""

    transaction: SessionTransaction | None
    connection: AsyncConnection
    dialect: Dialect
    # The driver's connection, if that answers where it is asked and nobody listens to the engine:
    # who counts, logs or changes what is sent hears of it from there.
    driver: AnswersAtOnce | None

    async def ask(self, sql: str, arguments: Any) -> Sequence[Any]:
        if self.driver is None:
            # The engine takes a list for several sets of arguments.
            one = tuple(arguments) if isinstance(arguments, list) else arguments
            result = await self.connection.exec_driver_sql(sql, one)
            return result.all() if result.returns_rows else ()
        try:
            return await self.driver.answer(sql, arguments)
        except sqlite3.Error as error:
            raise DBAPIError.instance(
                sql, arguments, error, sqlite3.Error, dialect=self.dialect
            ) from error


async def _lane_of(session: AsyncSession) -> _Lane:
    behind = session.sync_session
    transaction = behind.get_transaction()
    kept: _Lane | None = behind.info.get(_LANE)
    if kept is not None and transaction is not None and kept.transaction is transaction:
        return kept
    connection = await session.connection()
    told = connection.sync_engine.dispatch
    driver = None
    if connection.sync_connection and not (told.before_cursor_execute or told.after_cursor_execute):
        driver = connection.sync_connection.connection.driver_connection
    behind.info[_LANE] = lane = _Lane(
        behind.get_transaction(),
        connection,
        connection.dialect,
        driver if isinstance(driver, AnswersAtOnce) else None,
    )
    return lane


def id_parameters(count: int) -> list[BindParameter[int]]:
    """Parameters for an `IN` over so many ids (not none): a list that expands is compiled each time."""
    return [bindparam(f"id_{place}", type_=BigId) for place in range(count)]


def id_values(ids: Sequence[int]) -> dict[str, int]:
    """The values of `id_parameters(len(ids))`."""
    return {f"id_{place}": value for place, value in enumerate(ids)}


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    # The places in the SQL text, in order; and what stands there where the asker gives nothing.
    names: tuple[str, ...]
    defaults: tuple[tuple[str, Callable[[], Any]], ...]
    is_positional: bool
    # Places whose values the driver does not take as they are.
    binders: tuple[tuple[int, Converter], ...]
    # Places in a row whose values the driver does not give as they are wanted.
    converters: tuple[tuple[int, Converter], ...]

    def arguments(self, values: Mapping[str, Any]) -> Any:
        try:
            given = list(map(values.__getitem__, self.names))
        except KeyError:
            given = [
                values[name] if name in values else default() for name, default in self.defaults
            ]
        for place, convert in self.binders:
            given[place] = convert(given[place])
        return given if self.is_positional else dict(zip(self.names, given, strict=True))

    def converted(self, rows: Sequence[Any]) -> Sequence[Row]:
        if not self.converters:
            # SQLite's driver gives tuples, the engine something that is like them.
            return rows if rows and type(rows[0]) is tuple else [tuple(row) for row in rows]
        converted = []
        for row in rows:
            columns = list(row)
            for place, convert in self.converters:
                columns[place] = convert(columns[place])
            converted.append(tuple(columns))
        return converted


def _compile(query: Statement, dialect: Dialect, columns: Sequence[str] | None) -> _Compiled:
    given: dict[str, Any] = {"column_keys": columns} if columns else {}
    compiled = query.compile(dialect=dialect, **given)
    binds = {compiled.bind_names[bind]: bind for bind in compiled.bind_names}
    order: Sequence[str] = compiled.positiontup or tuple(binds)
    returned = () if isinstance(query, TextClause) else query.exported_columns
    results = [column.type for column in returned]
    converters = (
        (place, type_.dialect_impl(dialect).result_processor(dialect, _DRIVERS_FLOAT))
        for place, type_ in enumerate(results)
    )
    binders = ((place, _binder(binds[name].type, dialect)) for place, name in enumerate(order))
    return _Compiled(
        sql=str(compiled),
        names=tuple(order),
        defaults=tuple((name, _default_of(binds[name])) for name in order),
        is_positional=bool(compiled.positional),
        binders=tuple((place, convert) for place, convert in binders if convert),
        converters=tuple((place, convert) for place, convert in converters if convert),
    )


def _binder(type_: TypeEngine[Any], dialect: Dialect) -> Converter | None:
    binder = type_.dialect_impl(dialect).bind_processor(dialect)
    # One moment is written in many places of a transaction.
    return lru_cache(maxsize=64)(binder) if binder and isinstance(type_, UtcDateTime) else binder


def _default_of(bind: Any) -> Callable[[], Any]:
    return bind.callable or (lambda: bind.value)
