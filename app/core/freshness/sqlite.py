"""News on SQLite: a table of stale tags, and one number of the file that moves with every commit."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import BigId
from app.core.freshness.tags import MOST_TAGS, StaleTag, told_as
from app.core.freshness.telling import Receipt
from app.core.freshness.wal_index import WalIndex
from app.core.page_cache import EVERYTHING
from app.core.prepared import Prepared

# Who is further behind drops everything, which is right and rare.
_ROWS_LEFT = 10_000
# They are cleared once in so many rows: hardly anybody who tells of something need look for old ones.
_PRUNED_EACH = 100
_PRUNE = Prepared(
    delete(StaleTag).where(
        StaleTag.id
        <= select(func.max(StaleTag.id)).scalar_subquery() - bindparam("left", type_=BigId)
    )
)

_UNSEEN = "SELECT id, tag FROM stale_tags WHERE id >= ? ORDER BY id"
_NEWEST = "SELECT coalesce(max(id), 0) FROM stale_tags"


@lru_cache(maxsize=MOST_TAGS)
def _tell(number: int) -> Prepared:
    rows = [{"tag": bindparam(f"tag_{place}", type_=StaleTag.tag.type)} for place in range(number)]
    return Prepared(insert(StaleTag).values(rows).returning(StaleTag.id))


class SqliteNews:
    """Asks the file itself before each answer, on a connection of its own. No writer need wait.

    While the head of the WAL index is the same, nothing was committed. When it is not, or can't be
    seen, `PRAGMA data_version` says whether it was another connection, in this process or another;
    only then are the tags read.
    """

    def __init__(self, path: Path, forget: Callable[[Iterable[str]], None] | None) -> None:
        self._path = path
        self._forget = forget or _keep_nothing
        self._connection: sqlite3.Connection | None = None
        self._index: WalIndex | None = None
        self._head = b""
        self._version: int | None = None
        self._seen = 0

    async def open(self) -> None:
        """Nothing to prepare: the file is opened when it is first asked."""

    async def close(self) -> None:
        """Give the file back."""
        self._lose()

    async def tell(self, session: AsyncSession, tags: Iterable[str]) -> Receipt | None:
        """Write what goes stale into the writer's own transaction; nothing to wait for later."""
        told = told_as(tags)
        if told:
            numbered = {f"tag_{place}": tag for place, tag in enumerate(told)}
            numbers = [number for (number,) in await _tell(len(told)).rows(session, numbered)]
            if max(numbers) // _PRUNED_EACH != (min(numbers) - 1) // _PRUNED_EACH:
                await _PRUNE.rows(session, {"left": _ROWS_LEFT})
        return None

    async def heard(self, receipt: Receipt | None) -> None:
        """Readers ask before they answer, so all have heard it."""

    def is_current(self) -> bool:
        """Whether everything committed before now was heard of; it is, once this has looked."""
        try:
            # No system call at all, where the statement takes three.
            head = b"" if self._index is None else self._index.head()
            if not head or head != self._head:
                self._ask()
                self._head = head
        except (sqlite3.Error, OSError):
            # Locked, gone, or not yet made: nobody knows what was committed.
            self._lose()
            return False
        return True

    async def catch_up(self) -> bool:
        """Try once more; there is nobody else to ask."""
        return self.is_current()

    def _open(self) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, timeout=0.25, check_same_thread=False
        )
        self._connection = connection
        connection.execute("PRAGMA query_only=ON")
        # The number first: what is committed after it moves it again, and is read again.
        self._version = connection.execute("PRAGMA data_version").fetchone()[0]
        self._seen = connection.execute(_NEWEST).fetchone()[0]
        self._forget((EVERYTHING,))
        self._head = b""
        with contextlib.suppress(OSError):
            self._index = WalIndex(self._path)
        return connection

    def _ask(self) -> None:
        connection = self._connection or self._open()
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._read(connection)
            self._version = version

    def _read(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute(_UNSEEN, (self._seen,)).fetchall()
        # The last one seen must still be there: else rows were pruned, or another file restored.
        expected = self._seen or 1
        if rows and rows[0][0] == expected:
            unseen = [tag for row_id, tag in rows if row_id > self._seen]
        else:
            unseen = [EVERYTHING] if rows or self._seen else []
        self._seen = rows[-1][0] if rows else 0
        if unseen:
            self._forget(unseen)

    def _lose(self) -> None:
        if self._index is not None:
            self._index.close()
        if self._connection is not None:
            self._connection.close()
        self._connection = self._index = None


def _keep_nothing(_tags: Iterable[str]) -> None:
    """For who keeps no pages."""
