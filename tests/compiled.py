"""What engines find out is found out once a run: each test has databases, and so engines, of its own.

That is how a statement is compiled, and what kind of server answers.
"""

from functools import wraps
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
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


def ask_once() -> None:
    """From now on only the first engine of a kind asks PostgreSQL what it is; others are told.

    Each would ask half a dozen questions, one of them about a column type that nobody has.
    """
    told: dict[Any, dict[str, Any]] = {}
    ask = PGDialectAsync_psycopg.initialize

    @wraps(ask)
    def initialize(dialect: Any, connection: Connection) -> None:
        kind = dialect._on_connect_isolation_level
        if kind not in told:
            before = dict(dialect.__dict__)
            ask(dialect, connection)
            told[kind] = {
                name: fact
                for name, fact in dialect.__dict__.items()
                if name not in before or before[name] is not fact
            }
        dialect.__dict__.update(told[kind])

    PGDialectAsync_psycopg.initialize = initialize  # type: ignore[method-assign]
