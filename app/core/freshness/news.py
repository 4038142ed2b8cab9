"""One interface over two databases: tell what goes stale, hear what went."""

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.freshness.sqlite import SqliteNews
from app.core.freshness.telling import Receipt


class News(Protocol):
    """What is committed, by any process, that makes pages stale."""

    async def open(self) -> None:
        """Begin to hear; never fails, as there is news again when the database is back."""

    async def close(self) -> None:
        """Hear no more."""

    async def tell(self, session: AsyncSession, tags: Iterable[str]) -> Receipt | None:
        """Inside the writer's transaction: let all know of these tags if it is committed."""

    async def heard(self, receipt: Receipt | None) -> None:
        """After the commit, before the writer's answer: until no older page can be sent."""

    def is_current(self) -> bool:
        """Before each cached answer: whether all that was answered before now was heard of."""

    async def catch_up(self) -> bool:
        """Where `is_current` said no: ask. When this says no too, no kept page may be used."""


def open_news(url: str, forget: Callable[[Iterable[str]], None] | None = None) -> News:
    """The news of the database at `url`; `forget(tags)` drops pages, None where none are kept."""
    if url.startswith("sqlite"):
        return SqliteNews(Path(url.removeprefix("sqlite:///")), forget)
    # With it comes all of psycopg: 5 MB that a website on SQLite has no use for.
    news: News = import_module("app.core.freshness.postgres").PostgresNews(url, forget)
    return news
