"""The index in PostgreSQL: one tsvector an entry, written out here, without its parser and dictionaries."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from app.search.asking import Term, Terms, TooSlow
from app.search.entries import OF_POSTS, Entry, Keys

# For body, -, name, title: the shares that SQLite's weights have.
_WEIGHTS: ColumnElement[Any] = literal_column("'{0.1, 0.1, 0.4, 1.0}'::float4[]")
# Divide by 1 + the logarithm of the length: short texts that say it are about it.
_BY_LENGTH = 1

_index = table("search_index", column("key"), column("words"))
_replace = text(
    "INSERT INTO search_index (key, words)"
    " SELECT key, words::tsvector"
    " FROM unnest(cast(:keys AS bigint[]), cast(:words AS text[])) AS entry (key, words)"
    " ON CONFLICT (key) DO UPDATE SET words = excluded.words"
)
# https://www.postgresql.org/docs/current/errcodes-appendix.html, class 57.
_QUERY_CANCELED = "57014"

# What is asked for often is in memory: its rows are looked up one by one, where the server's default
# would read all comments to join a few thousand.
_bound = text(
    "SELECT set_config('statement_timeout', :time, true), set_config('random_page_cost', '1.1', true)"
)
_erase = text("DELETE FROM search_index WHERE key = ANY(cast(:keys AS bigint[]))")


async def write(session: AsyncSession, entries: Sequence[Entry], *, are_new: bool = False) -> None:
    """Put entries into the index, in place of those with the same keys: one statement, new or not."""
    if entries:
        keys = [entry.key for entry in entries]
        await session.execute(_replace, {"keys": keys, "words": [_vector(e) for e in entries]})


async def erase(session: AsyncSession, keys: Sequence[int]) -> None:
    """Take entries out of the index; those that are not there do no harm."""
    if keys:
        await session.execute(_erase, {"keys": list(keys)})


def _vector(entry: Entry) -> str:
    """An entry as PostgreSQL writes a tsvector: each word, its place, and the weight of its column."""
    written: list[str] = []
    first = 1
    for words, weight in ((entry.title, "A"), (entry.names, "B"), (entry.body, "")):
        column_words = words.split(" ") if words else []
        places = enumerate(column_words, first)
        written.extend(f"'{word}':{place}{weight}" for place, word in places)
        # One place is left free, so that no phrase reaches from one column into the next.
        first += len(column_words) + 1
    return " ".join(written)


async def tidy(session: AsyncSession) -> bool:
    """Nothing: PostgreSQL's own autovacuum does it."""
    return False


def matching(terms: Terms, keys: Keys, most: int | None) -> Select[int, float]:
    """The `most` highest keys whose entries match as `key` and `score`, the lowest score the best."""
    asked = cast(_expression(terms), TSQUERY)
    highest = _entries_with(asked, keys).order_by(_index.c.key.desc()).limit(most).subquery()
    # By what is wanted alone: what is not would be weighed as if it were.
    score = _score(highest.c.words, cast(_wanted(terms), TSQUERY))
    if any(term.is_begun for term in terms.wanted):
        # What is written as asked counts twice, and so stands before what only begins so.
        score += _score(highest.c.words, cast(_wanted(terms, whole=True), TSQUERY))
    # Outside the limit, so that no more than these are weighed.
    return select(highest.c.key, score.label("score"))


def has(key: ColumnElement[int]) -> ColumnElement[bool]:
    """That something approved lies in the index under a key."""
    return select(_index.c.key).where(_index.c.key == key).exists()


def like_title(beginnings: Sequence[str], most: int) -> Select[int, float]:
    """The posts in whose titles any word begins like one of these, the best first."""
    asked = cast(" | ".join(f"'{word}':*A" for word in beginnings), TSQUERY)
    posts = _entries_with(asked, OF_POSTS).subquery()
    score = _score(posts.c.words, asked).label("score")
    return select(posts.c.key, score).order_by(score).limit(most)


def _entries_with(asked: ColumnElement[str], keys: Keys) -> Select[int, str]:
    return select(_index.c.key, _index.c.words).where(
        _index.c.words.op("@@")(asked), _index.c.key.between(keys.start, keys.stop - 1)
    )


def _score(words: ColumnElement[str], asked: ColumnElement[str]) -> ColumnElement[float]:
    rank: ColumnElement[float] = func.ts_rank(_WEIGHTS, words, asked, _BY_LENGTH)
    return -rank


def _expression(terms: Terms) -> str:
    return " & ".join((_wanted(terms), *(f"!{_of(term)}" for term in terms.unwanted)))


def _wanted(terms: Terms, *, whole: bool = False) -> str:
    # Words have letters, digits and marks alone: between quotes nothing in them is tsquery's syntax.
    all_of = [_of(term, whole=whole) for term in terms.wanted]
    if terms.by.words:
        all_of.append(" <-> ".join(f"'{word}':B" for word in terms.by.words))
    return " & ".join(all_of)


def _of(term: Term, *, whole: bool = False) -> str:
    phrase = " <-> ".join(f"'{word}'" for word in term.words)
    return f"({phrase}:*)" if term.is_begun and not whole else f"({phrase})"


@asynccontextmanager
async def at_most(session: AsyncSession, seconds: float) -> AsyncIterator[None]:
    """Break off a query inside the block that takes longer; raises TooSlow."""
    try:
        async with session.begin_nested():
            await session.execute(_bound, {"time": f"{max(1, int(seconds * 1000))}ms"})
            yield
            await session.execute(_bound, {"time": "0"})
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _QUERY_CANCELED:
            raise TooSlow from error
        raise
