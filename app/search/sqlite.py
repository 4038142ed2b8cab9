"""The index in SQLite: two FTS5 tables, their rowids the keys.

What is not approved has its own: FTS5 reads all that a word stands in before it looks which of it
bears a mark, and what waits is one in fifty.
"""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.prepared import Prepared
from app.search.asking import Term, Terms, TooSlow
from app.search.entries import OF_POSTS, STATUS_MARKS, Entry, Keys

# A title says most of what a text is about, a name says whose it is; bm25 is smaller for better.
_WEIGHTS = (20, 5, 1)
# About a millisecond of SQLite's steps.
_STEPS = 20_000

# So many entries fill about half the pages of a step, and each is merged again a few times.
_ENTRIES_A_STEP = 50

_changes = text("SELECT total_changes()")
_COLUMNS = ("rowid", "title", "names", "body")
_MARKS = frozenset(STATUS_MARKS.values())


class _Fts:
    """One of the two tables, and the statements that change it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows = table(name, *map(column, _COLUMNS))
        self.replace = insert(self.rows).prefix_with("OR REPLACE")
        self.replace_one = Prepared(self.replace, _COLUMNS)
        self.erase = delete(self.rows).where(self.rows.c.rowid == bindparam("key"))
        self.erase_one = Prepared(self.erase)
        # Pages written in one step: some milliseconds, for which others wait who write.
        self.merge = insert(table(name, column(name), column("rank"))).values(
            {name: "merge", "rank": 32}
        )


_PUBLIC, _HELD = _Fts("search_index"), _Fts("search_index_held")


async def write(session: AsyncSession, entries: Sequence[Entry], *, are_new: bool = False) -> None:
    """Put entries into the index, in place of those with the same keys; new ones can have none."""
    for here, there, is_held in ((_PUBLIC, _HELD, False), (_HELD, _PUBLIC, True)):
        some = [entry for entry in entries if entry.is_held == is_held]
        await _write(session, here, some)
        if not are_new:
            await _erase(session, there, [entry.key for entry in some])


async def _write(session: AsyncSession, fts: _Fts, entries: Sequence[Entry]) -> None:
    rows = [
        {"rowid": entry.key, "title": entry.title, "names": entry.names, "body": entry.body}
        for entry in entries
    ]
    if len(rows) == 1:
        await fts.replace_one.rows(session, rows[0])
    elif rows:
        await session.execute(fts.replace, rows)
        await _merge_along(session, fts, len(rows))


async def _merge_along(session: AsyncSession, fts: _Fts, written: int) -> None:
    """Merge as much as many entries at once bring along, or somebody's reply would have to.

    Each transaction leaves a segment. At the 64th of a level FTS5 merges them all, within the change
    that comes by; of small ones that is nothing, of an import's it is a second.
    """
    for _step in range(written // _ENTRIES_A_STEP):
        if not await _tidy(session, fts):
            return


async def erase(session: AsyncSession, keys: Sequence[int]) -> None:
    """Take entries out of the index; those that are not there do no harm."""
    await _erase(session, _PUBLIC, keys)
    await _erase(session, _HELD, keys)


async def _erase(session: AsyncSession, fts: _Fts, keys: Sequence[int]) -> None:
    if len(keys) == 1:
        await fts.erase_one.rows(session, {"key": keys[0]})
    elif keys:
        await session.execute(fts.erase, [{"key": key} for key in keys])


async def tidy(session: AsyncSession) -> bool:
    """Merge some pages of the index's segments; whether there was something to merge.

    FTS5 says it by how many rows it changed in its own tables (sqlite.org/fts5.html, the 'merge' command).
    """
    return await _tidy(session, _PUBLIC) or await _tidy(session, _HELD)


async def _tidy(session: AsyncSession, fts: _Fts) -> bool:
    before: int = (await session.execute(_changes)).scalar_one()
    await session.execute(fts.merge)
    after: int = (await session.execute(_changes)).scalar_one()
    return after - before >= 2


def matching(terms: Terms, keys: Keys, most: int | None) -> Select[int, float]:
    """The `most` highest keys whose entries match as `key` and `score`, the lowest score the best."""
    return _candidates(_table_with(terms), _expression(terms), keys).limit(most)


def _table_with(terms: Terms) -> _Fts:
    """The table in which what has these words stands: whoever looks for a mark looks among the marked."""
    is_marked = any(_MARKS.intersection(term.words) for term in terms.wanted)
    return _HELD if is_marked else _PUBLIC


def has(key: ColumnElement[int]) -> ColumnElement[bool]:
    """That something approved lies in the index under a key."""
    return select(_PUBLIC.rows.c.rowid).where(_PUBLIC.rows.c.rowid == key).exists()


def like_title(beginnings: Sequence[str], most: int) -> Select[int, float]:
    """The posts in whose titles any word begins like one of these, the best first."""
    any_of = " OR ".join(f'"{word}" *' for word in beginnings)
    found = _candidates(_PUBLIC, f"title : ({any_of})", OF_POSTS)
    return found.order_by(None).order_by("score").limit(most)


def _candidates(fts: _Fts, expression: str, keys: Keys) -> Select[int, float]:
    itself: ColumnElement[str] = literal_column(fts.name)
    rank: ColumnElement[float] = func.bm25(itself, *_WEIGHTS)
    return (
        select(fts.rows.c.rowid.label("key"), rank.label("score"))
        .where(itself.op("MATCH")(expression))
        .where(fts.rows.c.rowid.between(keys.start, keys.stop - 1))
        .order_by(fts.rows.c.rowid.desc())
    )


def _expression(terms: Terms) -> str:
    # Words have letters, digits and marks alone: between quotes nothing in them is FTS5's syntax.
    all_of = [_of(term) for term in terms.wanted]
    if terms.by.words:
        all_of.append(f"(names : {_of(terms.by)})")
    none_of = "".join(f" NOT {_of(term)}" for term in terms.unwanted)
    return f"({' AND '.join(all_of)}){none_of}"


def _of(term: Term) -> str:
    phrase = f'"{" ".join(term.words)}"'
    # What is written as asked counts twice, and so stands before what only begins so.
    return f"({phrase} OR {phrase} *)" if term.is_begun else phrase


@asynccontextmanager
async def at_most(session: AsyncSession, seconds: float) -> AsyncIterator[None]:
    """Break off a query inside the block that takes longer; raises TooSlow."""
    until = time.monotonic() + seconds
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert driver is not None
    await driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        yield
    except OperationalError as error:
        if str(error.orig) == "interrupted":
            raise TooSlow from error
        raise
    finally:
        await driver.set_progress_handler(None, 0)
