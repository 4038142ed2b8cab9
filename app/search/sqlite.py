"""The index in SQLite: one FTS5 table, its rowids the keys."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import ColumnElement, Select, column, func, literal_column, select, table, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.prepared import Prepared
from app.search.asking import Term, Terms, TooSlow
from app.search.entries import OF_POSTS, Entry, Keys

# A title says most of what a text is about, a name says whose it is; bm25 is smaller for better.
_WEIGHTS = (20, 5, 1)
# About a millisecond of SQLite's steps.
_STEPS = 20_000

_index = table("search_index", column("rowid"))
_replace = text(
    "INSERT OR REPLACE INTO search_index (rowid, title, names, body)"
    " VALUES (:key, :title, :names, :body)"
)
_replace_one = Prepared(_replace)
# Pages written in one step: some milliseconds, for which others wait who write.
_merge = text("INSERT INTO search_index (search_index, rank) VALUES ('merge', 32)")
_changes = text("SELECT total_changes()")
_erase = text("DELETE FROM search_index WHERE rowid = :key")


async def write(session: AsyncSession, entries: Sequence[Entry]) -> None:
    """Put entries into the index, in place of those with the same keys."""
    rows = [
        {"key": entry.key, "title": entry.title, "names": entry.names, "body": entry.body}
        for entry in entries
    ]
    if len(rows) == 1:
        await _replace_one.rows(session, rows[0])
    elif rows:
        await session.execute(_replace, rows)


async def erase(session: AsyncSession, keys: Sequence[int]) -> None:
    """Take entries out of the index; those that are not there do no harm."""
    if keys:
        await session.execute(_erase, [{"key": key} for key in keys])


async def tidy(session: AsyncSession) -> bool:
    """Merge some pages of the index's segments; whether there was something to merge.

    FTS5 says it by how many rows it changed in its own tables (sqlite.org/fts5.html, the 'merge' command).
    """
    before: int = (await session.execute(_changes)).scalar_one()
    await session.execute(_merge)
    after: int = (await session.execute(_changes)).scalar_one()
    return after - before >= 2


def matching(terms: Terms, keys: Keys, most: int | None) -> Select[int, float]:
    """The `most` highest keys whose entries match as `key` and `score`, the lowest score the best."""
    return _candidates(_expression(terms), keys).limit(most)


def like_title(beginnings: Sequence[str], most: int) -> Select[int, float]:
    """The posts in whose titles any word begins like one of these, the best first."""
    any_of = " OR ".join(f'"{word}" *' for word in beginnings)
    found = _candidates(f"title : ({any_of})", OF_POSTS)
    return found.order_by(None).order_by("score").limit(most)


def _candidates(expression: str, keys: Keys) -> Select[int, float]:
    rank: ColumnElement[float] = func.bm25(literal_column("search_index"), *_WEIGHTS)
    return (
        select(_index.c.rowid.label("key"), rank.label("score"))
        .where(literal_column("search_index").op("MATCH")(expression))
        .where(_index.c.rowid.between(keys.start, keys.stop - 1))
        .order_by(_index.c.rowid.desc())
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
