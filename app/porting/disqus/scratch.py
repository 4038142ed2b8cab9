"""The comments of an export, sorted by the pages they belong to, in a file of their own while they are brought in.

An export may name what is answered after the answer, and spread a page over the whole file. So it is
read once into here, and every page is then taken by itself: memory holds one.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from app.porting.disqus.reading import DisqusPost

_TABLE = """
CREATE TABLE posts (
    id INTEGER PRIMARY KEY, thread INTEGER, parent INTEGER, line INTEGER, at REAL, name TEXT, email TEXT,
    message TEXT, is_deleted INTEGER, is_spam INTEGER, is_approved INTEGER
)
"""
_OUTLINE = (
    "SELECT id, parent, line, at, is_deleted, is_spam, is_approved FROM posts"
    " WHERE thread IN ({}) ORDER BY id"
)
_WORDS = "SELECT id, name, email, message FROM posts WHERE id IN ({})"
_AT_ONCE = 500


class Outline(NamedTuple):
    """A comment without its words."""

    id: int
    parent: int | None
    line: int
    at: datetime | None
    is_deleted: bool
    is_spam: bool
    is_approved: bool


class Words(NamedTuple):
    """Who says what."""

    name: str
    email: str
    message: str


class Scratch:
    """Comments by their numbers, and by their threads' numbers."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def add(self, post: DisqusPost) -> int:
        """Keep a comment; gives the line of one with the same number that was there before, or 0."""
        at = None if post.at is None else post.at.timestamp()
        row = (
            post.id, post.thread, post.parent, post.line, at, _sound(post.name), _sound(post.email),
            _sound(post.message), post.is_deleted, post.is_spam, post.is_approved,
        )  # fmt: skip
        marks = ", ".join("?" * len(row))
        added = self._database.execute(f"INSERT OR IGNORE INTO posts VALUES ({marks})", row)  # noqa: S608 - marks alone
        if added.rowcount:
            return 0
        known = self._database.execute("SELECT line FROM posts WHERE id = ?", (post.id,)).fetchone()
        return int(known[0])

    def finish(self) -> None:
        """All are in."""
        self._database.execute("CREATE INDEX by_thread ON posts (thread, id)")
        self._database.commit()

    def counts(self) -> dict[int, int]:
        """How many comments each thread has."""
        counted = "SELECT thread, count(*) FROM posts GROUP BY thread"
        return dict(self._database.execute(counted))

    def outlines(self, threads: Sequence[int]) -> Iterator[Outline]:
        """The comments of some threads, without their words."""
        for row in self._database.execute(_OUTLINE.format(_marks(threads)), threads):
            at = None if row[3] is None else datetime.fromtimestamp(row[3], UTC)
            yield Outline(row[0], row[1], row[2], at, bool(row[4]), bool(row[5]), bool(row[6]))

    def words(self, ids: Sequence[int]) -> dict[int, Words]:
        """What some comments say."""
        found: dict[int, Words] = {}
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            rows = self._database.execute(_WORDS.format(_marks(some)), some)
            found |= {row[0]: Words(*row[1:]) for row in rows}
        return found


@contextmanager
def scratch() -> Iterator[Scratch]:
    """Room on the disk for the length of the block."""
    with (
        TemporaryDirectory(prefix="rapport-disqus-") as folder,
        closing(sqlite3.connect(Path(folder) / "posts")) as database,
    ):
        # Nobody needs it after a crash.
        database.execute("PRAGMA journal_mode=OFF")
        database.execute("PRAGMA synchronous=OFF")
        database.execute(_TABLE)
        yield Scratch(database)


def _marks(values: Sequence[int]) -> str:
    return ", ".join("?" * len(values))


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
