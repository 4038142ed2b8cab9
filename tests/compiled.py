"""Statements are compiled once a run, not once a database: each test has databases, and so engines, of its own."""

from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.util import LRUCache

from app.tables import TABLES

# More than the program has; those that properties make up may push each other out.
_KEPT = 4000


class _OfTheRun:
    """What is compiled for one engine, kept for all engines of its kind.

    SQLAlchemy keeps it with the engine's own dialect. Those of one kind do not differ, as a run
    knows a single server.
    """

    def __init__(self) -> None:
        self._kept: LRUCache[Any, Any] = LRUCache(_KEPT)

    def get(self, key: Any) -> Any:
        """What was compiled, or nothing."""
        return self._kept.get(_of_the_kind(key))

    def __setitem__(self, key: Any, compiled: Any) -> None:
        self._kept[_of_the_kind(key)] = compiled


def _of_the_kind(key: Any) -> Any:
    dialect, *of_the_statement = key
    return (type(dialect), dialect.paramstyle, *of_the_statement)


def compile_once() -> None:
    """From now on engines of this process share what they compile."""
    of_the_run: Any = _OfTheRun()
    for table in TABLES:
        # What a flush says it keeps with each mapper, by dialect as well.
        inspect(table)._compiled_cache = of_the_run

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        if "compiled_cache" in connection.get_execution_options():
            return
        connection.engine.update_execution_options(compiled_cache=of_the_run)
        connection.execution_options(compiled_cache=of_the_run)
