"""The one door to the index: what both databases can do, and which of them a session has."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from sqlalchemy import ColumnElement, Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.search import postgres, sqlite
from app.search.asking import Terms
from app.search.entries import Entry, Keys


class Index(Protocol):
    """A full-text index in the database itself: what is written goes with the writer's transaction."""

    async def write(
        self, session: AsyncSession, entries: Sequence[Entry], *, are_new: bool = False
    ) -> None:
        """Put entries into the index, in place of those with the same keys; new ones can have none."""

    async def erase(self, session: AsyncSession, keys: Sequence[int]) -> None:
        """Take entries out of the index; those that are not there do no harm."""

    async def tidy(self, session: AsyncSession) -> bool:
        """Do one small step of what keeps the index quick; whether there was something to do."""

    def matching(self, terms: Terms, keys: Keys, most: int | None) -> Select[int, float]:
        """The `most` highest keys whose entries match as `key` and `score`, the lowest score the best."""

    def has(self, key: ColumnElement[int]) -> ColumnElement[bool]:
        """That something approved lies in the index under a key."""

    def like_title(self, beginnings: Sequence[str], most: int) -> Select[int, float]:
        """The posts in whose titles any word begins like one of these, the best first."""

    def at_most(self, session: AsyncSession, seconds: float) -> AbstractAsyncContextManager[None]:
        """Break off a query inside the block that takes longer; raises TooSlow."""


_INDEXES: dict[str, Index] = {"sqlite": sqlite, "postgresql": postgres}


def index_of(session: AsyncSession) -> Index:
    """The index of the database behind a session."""
    return _INDEXES[session.get_bind().dialect.name]
