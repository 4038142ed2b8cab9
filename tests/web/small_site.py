"""An application of the tests' own behind the door, and news that are made by hand."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.freshness.telling import Receipt
from app.core.page_cache import PageCache
from app.web.door.page_cache import PageCacheDoor, mark_cacheable
from app.web.door.stored_page import StoredPage

HTML = "text/html; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"


class Newsstand:
    """News that a test makes by hand: what is committed is heard when the door looks."""

    def __init__(self, forget: Callable[[Iterable[str]], None]) -> None:
        self.is_away = False
        self._forget = forget
        self._unheard: list[str] = []

    def commit(self, *tags: str) -> None:
        self._unheard += tags

    def is_current(self) -> bool:
        if self._unheard:
            self._forget(self._unheard)
            self._unheard.clear()
        return not self.is_away

    async def catch_up(self) -> bool:
        return False

    async def open(self) -> None:
        """Open already."""

    async def close(self) -> None:
        """Nothing is held."""

    async def tell(self, session: AsyncSession, tags: Iterable[str]) -> None:
        """Tests say `commit`."""

    async def heard(self, receipt: Receipt | None) -> None:
        """Who looks has heard."""


class Site:
    """An application that counts what it renders. A test says how it answers."""

    def __init__(self) -> None:
        self.pages: PageCache[StoredPage] = PageCache()
        self.news = Newsstand(self.pages.forget)
        self.door = PageCacheDoor(self, self.pages, self.news)
        self.rendered: list[str] = []
        self.content_type = HTML
        self.marks: dict[str, Any] = {}
        self.tags = {"post:1", "site"}
        self.headers: dict[str, str] = {}
        self.status = 200
        self.edition = 1
        self.gate: asyncio.Event | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.rendered.append(f"{request.method} {request.url.path}")
        text = f"<p>Edition {self.edition} of {request.url.path}</p>" * 40
        if self.gate is not None:
            await self.gate.wait()
        if self.tags:
            mark_cacheable(scope, self.tags, **self.marks)
        answer = Response(text, self.status, self.headers, self.content_type)
        await answer(scope, receive, send)


def door_around(application: ASGIApp) -> PageCacheDoor:
    pages: PageCache[StoredPage] = PageCache()
    return PageCacheDoor(application, pages, Newsstand(pages.forget))


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(2):
        while not holds():  # noqa: ASYNC110 - there is nothing to wait for but time
            await asyncio.sleep(0.001)
