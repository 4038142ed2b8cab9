"""Titles near to the words of an address where nothing stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR, Actor
from app.posts.models import Post
from app.posts.queries import posts_visible_to
from app.search.entries import POSTS_FROM
from app.search.index import index_of
from app.search.words import words as words_of

NEAR = 3

_WORDS = 8
# So much of a word was probably typed right.
_BEGINNING = 4
_COMPARED = 20
_TITLE_LENGTH = 100


@dataclass(frozen=True)
class NearTitle:
    """A post, as a link to it needs it."""

    id: int
    title: str
    path: str


async def near_titles(session: AsyncSession, words: str) -> list[NearTitle]:
    """The public posts and pages whose titles are nearest to some words, at most three; one query."""
    return await posts_like(session, VISITOR, words, NEAR)


async def posts_like(session: AsyncSession, actor: Actor, words: str, most: int) -> list[NearTitle]:
    """Of the posts and pages somebody may read, those whose titles are nearest to some words; one query."""
    asked = words_of(words)[:_WORDS]
    if not asked:
        return []
    near = index_of(session).like_title(_beginnings(asked), most=_COMPARED).subquery()
    query = (
        select(Post.id, Post.title, Post.path)
        .join(near, Post.id == near.c.key - POSTS_FROM)
        .where(posts_visible_to(actor), Post.path.is_not(None))
        .order_by(near.c.score)
    )
    rows = await session.execute(query)
    found = [NearTitle(id_, title, path) for id_, title, path in rows if path]
    return _nearest(asked, found)[:most]


def _beginnings(asked: Sequence[str]) -> list[str]:
    # Short Latin words stand in every other title; one Chinese letter is a word.
    telling = [word for word in asked if len(word) >= _BEGINNING or not word.isascii()]
    return list(dict.fromkeys(word[:_BEGINNING] for word in telling or asked))


def _nearest(asked: Sequence[str], found: Iterable[NearTitle]) -> list[NearTitle]:
    compared = SequenceMatcher(b=" ".join(asked))

    def likeness(near: NearTitle) -> float:
        compared.set_seq1(" ".join(words_of(near.title))[:_TITLE_LENGTH])
        return compared.ratio()

    return sorted(found, key=likeness, reverse=True)
