"""Queries of columns that are compiled once: what hot pages ask with.

SQLAlchemy finds a statement's compiled form anew at each execution, and its session wraps each row
for the objects there might be in it. On a page of five queries that takes longer than the database
does. Here the SQL text and the converters of both directions are kept instead; what is sent still
goes through the engine, so that errors, events and transactions are the same as everywhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, CompoundSelect, Dialect, Select, bindparam
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import BigId

Query: TypeAlias = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
Converter: TypeAlias = Callable[[Any], Any]
Row: TypeAlias = tuple[Any, ...]


class Prepared:
    """A query of columns, not of objects, and without expanding parameters."""

    def __init__(self, query: Query) -> None:
        self.query = query
        # By dialect: a test, or a move, may ask two kinds of database in one process.
        self._compiled: dict[str, _Compiled] = {}

    async def rows(self, session: AsyncSession, values: Mapping[str, Any]) -> Sequence[Row]:
        """All rows, as plain tuples; `values` by the names of its parameters."""
        connection = await session.connection()
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = _compile(self.query, connection.dialect)
            self._compiled[connection.dialect.name] = compiled
        result = await connection.exec_driver_sql(compiled.sql, compiled.arguments(values))
        return compiled.converted(result.all())


def id_parameters(count: int) -> list[BindParameter[int]]:
    """Parameters for an `IN` over so many ids (not none): a list that expands is compiled each time."""
    return [bindparam(f"id_{place}", type_=BigId) for place in range(count)]


def id_values(ids: Sequence[int]) -> dict[str, int]:
    """The values of `id_parameters(len(ids))`."""
    return {f"id_{place}": value for place, value in enumerate(ids)}


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One place in the SQL text; `default` gives its value where the asker gives none."""

    name: str
    default: Callable[[], Any]
    convert: Converter | None


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    parameters: tuple[_Parameter, ...]
    is_positional: bool
    # Places in a row whose values the driver does not give as they are wanted.
    converters: tuple[tuple[int, Converter], ...]

    def arguments(self, values: Mapping[str, Any]) -> Any:
        given = [(parameter.name, _argument(parameter, values)) for parameter in self.parameters]
        return tuple(value for _, value in given) if self.is_positional else dict(given)

    def converted(self, rows: Sequence[Any]) -> Sequence[Row]:
        if not self.converters:
            return [tuple(row) for row in rows]
        converted = []
        for row in rows:
            columns = list(row)
            for place, convert in self.converters:
                columns[place] = convert(columns[place])
            converted.append(tuple(columns))
        return converted


def _argument(parameter: _Parameter, values: Mapping[str, Any]) -> Any:
    value = values[parameter.name] if parameter.name in values else parameter.default()
    return parameter.convert(value) if parameter.convert else value


def _compile(query: Query, dialect: Dialect) -> _Compiled:
    compiled = query.compile(dialect=dialect)
    binds = {compiled.bind_names[bind]: bind for bind in compiled.bind_names}
    order: Sequence[str] = compiled.positiontup or tuple(binds)
    results = [column.type for column in query.selected_columns]
    converters = (
        (place, type_.dialect_impl(dialect).result_processor(dialect, None))
        for place, type_ in enumerate(results)
    )
    return _Compiled(
        sql=str(compiled),
        parameters=tuple(
            _Parameter(
                name,
                _default_of(binds[name]),
                binds[name].type.dialect_impl(dialect).bind_processor(dialect),
            )
            for name in order
        ),
        is_positional=bool(compiled.positional),
        converters=tuple((place, convert) for place, convert in converters if convert),
    )


def _default_of(bind: Any) -> Callable[[], Any]:
    return bind.callable or (lambda: bind.value)
