"""The front door: anonymous readers get pages from memory, as bytes already compressed.

A plain ASGI function around everything else, security headers included. An endpoint that calls
`mark_cacheable` says what its page shows; the page is then kept until one of these things changes
anywhere, in whatever process. Before every answer the door hears what was committed until now.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from math import inf
from typing import Any

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import clock
from app.core.freshness.news import News
from app.core.page_cache import EVERYTHING, PageCache
from app.web.door.asking import OF_ONE_READER, Asking, address_of, has_session, headers_of
from app.web.door.holding import Holding, Wants, Whole
from app.web.door.negotiation import chosen_coding
from app.web.door.stored_page import Marks, Sent, StoredPage, dressed, is_for_everybody

OnFullAnswer = Callable[[Scope, str], ASGIApp | None]

# Files stream past the door, as do events, and know HEAD themselves.
FILES = re.compile(
    r"/live/|/wp-content/uploads/|/resources/[^/]+/(?:versions/[0-9]+/)?download(?:/[^/]*)?$"
)

_MARKS = "rapport.marks"
# What has to be thought about before a page is sent.
_RARE = OF_ONE_READER | {b"if-modified-since"}
_NOTHING: Message = {"type": "http.response.body", "body": b""}
_WHOLE_UP_TO = 4 << 20
_TRIES = 3
_LONGEST_WAIT = 5.0


def mark_cacheable(
    scope: Scope,
    tags: Iterable[str],
    *,
    etag: str | None = None,
    last_modified: datetime | None = None,
    max_age: timedelta | None = None,
) -> None:
    """Let this answer be kept, when its status is 200, until one of `tags` goes stale.

    It must look the same to everybody, and depend on nothing but its path, `KNOWN_PARAMETERS` and
    what the tags name. `etag` without quotes (made of the bytes otherwise); `last_modified` with
    its microseconds, if known; after `max_age` the page is made anew. Several calls add up.
    """
    marks: Marks | None = scope.get(_MARKS)
    if marks is None:
        return
    marks.tags = (marks.tags or frozenset()) | frozenset(tags)
    marks.etag = etag or marks.etag
    if last_modified is not None:
        marks.last_modified = max(marks.last_modified or -inf, last_modified.timestamp())
    if max_age is not None:
        marks.good_until = min(marks.good_until, (clock.now() + max_age).timestamp())


def changes_before(scope: Scope) -> int:
    """How many changes were heard of as this request came in: `since`, for keeping parts of pages."""
    marks: Marks | None = scope.get(_MARKS)
    return -1 if marks is None else marks.since


class PageCacheDoor:
    """ASGI in, ASGI out. `on_full_answer(scope, path)` may refuse a feed that would be sent whole."""

    def __init__(
        self,
        app: ASGIApp,
        pages: PageCache[Any],
        news: News,
        on_full_answer: OnFullAnswer | None = None,
    ) -> None:
        self._app = app
        self._pages = pages
        self._news = news
        self._on_full_answer = on_full_answer
        self._flights: dict[str, _Flight] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the application's lifespan, which passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_current = self._news.is_current()
        sent = self._at_hand(scope) if is_current else None
        if sent is not None:
            # Nearly all answers of a blog leave here: each call less is felt.
            await send(sent.start)
            await send(sent.whole)
        else:
            is_current = is_current or await self._catch_up()
            await self._look_for(Asking(scope, receive, send, headers_of(scope)), is_current)

    def _at_hand(self, scope: Scope) -> Sent | None:
        """What most readers get: a kept page at a plain address, as it was sent before."""
        if scope["method"] != "GET" or scope["query_string"]:
            return None
        headers = dict(scope["headers"])
        if len(headers) != len(scope["headers"]) or not headers.keys().isdisjoint(_RARE):
            return None
        page: StoredPage | None = self._pages.find(scope["path"])
        if page is None or page.good_until <= clock.unix_now():
            return None
        known = headers.get(b"if-none-match")
        if known is not None:
            return page.unchanged if known == page.etag and page.is_settled else None
        sent = page.ready.get(headers.get(b"accept-encoding"))
        if sent is not None and sent.is_whole_feed and self._on_full_answer is not None:
            return None
        return sent

    async def _look_for(self, asking: Asking, is_current: bool) -> None:
        address = address_of(asking.scope, asking.headers) if is_current else None
        page: StoredPage | None = None if address is None else self._pages.find(address)
        if page is None or address is None or page.is_too_old():
            await self._let_in(asking, address)
            return
        sent = page.reply_to(asking.headers)
        if page.has_grown:
            self._pages.reweigh(address, page.weight())
        await self._reply(asking, sent)

    async def _send(self, scope: Scope, receive: Receive, send: Send, sent: Sent) -> None:
        if sent.is_whole_feed and self._on_full_answer is not None and scope["method"] == "GET":
            refusal = self._on_full_answer(scope, scope["path"])
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await send(sent.start)
        await send(_NOTHING if scope["method"] == "HEAD" else sent.whole)

    async def _let_in(self, asking: Asking, address: str | None) -> None:
        if FILES.match(asking.scope["path"]):
            asking.scope[_MARKS] = Marks(since=self._pages.changes)
            await self._app(asking.scope, asking.receive, asking.send)
        elif address is None:
            await self._pass(asking)
        else:
            await self._make(asking, address)

    async def _catch_up(self) -> bool:
        if await self._news.catch_up():
            return True
        # Nobody knows what was committed: parts of pages that others keep here go as well.
        self._pages.forget((EVERYTHING,))
        return False

    async def _make(self, asking: Asking, address: str) -> None:
        """Render the page once, however many ask for it meanwhile."""
        self._pages.drop(address)  # If it is there, it is too old.
        for _ in range(_TRIES):
            flight = self._flights.get(address)
            if flight is None:
                await self._fly(asking, address)
                return
            with anyio.move_on_after(_LONGEST_WAIT):
                await flight.landed.wait()
            page: StoredPage | None = flight.page or self._pages.find(address)
            if page is not None:
                # It was kept, so nothing it shows had changed when we came, nor since.
                await self._reply(asking, page.reply_to(asking.headers))
                return
            if flight.is_private or not flight.landed.is_set():
                break
        await self._pass(asking)

    async def _fly(self, asking: Asking, address: str) -> None:
        flight = self._flights[address] = _Flight()
        marks = Marks(since=self._pages.changes)

        def wants(start: Message) -> bool:
            flight.is_private = not is_for_everybody(start, marks)
            if flight.is_private:
                self._land(address, flight)
            return not flight.is_private or _comes_whole(start)

        async def whole(start: Message, body: bytes) -> None:
            if flight.is_private:
                await self._reply(asking, _dressed(asking, start, body))
                return
            page = StoredPage.of(start["headers"], body, marks)
            sent = page.reply_to(asking.headers)
            flight.page = page if await self._keep(address, page, marks) else None
            self._land(address, flight)
            await self._reply(asking, sent)

        try:
            await self._run(asking, marks, wants, whole)
        finally:
            self._land(address, flight)

    async def _keep(self, address: str, page: StoredPage, marks: Marks) -> bool:
        if not (self._news.is_current() or await self._news.catch_up()):
            return False
        tags = marks.tags or frozenset()
        return self._pages.keep(address, page, tags, weight=page.weight(), since=marks.since)

    def _land(self, address: str, flight: "_Flight") -> None:
        if self._flights.get(address) is flight:
            del self._flights[address]
        flight.landed.set()

    async def _pass(self, asking: Asking) -> None:
        async def whole(start: Message, body: bytes) -> None:
            await self._reply(asking, _dressed(asking, start, body))

        await self._run(asking, Marks(since=self._pages.changes), _comes_whole, whole)

    async def _reply(self, asking: Asking, sent: Sent) -> None:
        await self._send(asking.scope, asking.receive, asking.send, sent)

    async def _run(self, asking: Asking, marks: Marks, wants: Wants, whole: Whole) -> None:
        is_head = asking.scope["method"] == "HEAD"
        # HEAD is answered wherever GET is, by asking for the whole and sending its headers.
        scope = {**asking.scope, "method": "GET"} if is_head else asking.scope
        scope[_MARKS] = marks
        holding = Holding(asking.send, wants, whole, head_only=is_head)
        await self._app(scope, asking.receive, holding)


class _Flight:
    """A page in the making, which others who ask for it wait for."""

    def __init__(self) -> None:
        self.page: StoredPage | None = None
        self.is_private = False
        self.landed = anyio.Event()


def _dressed(asking: Asking, start: Message, body: bytes) -> Sent:
    """What is not kept gets its coding and its caching headers on the way out."""
    coding = chosen_coding(asking.headers.get(b"accept-encoding"))
    cache_control = b"no-store" if has_session(asking.headers) else b"no-cache"
    return dressed(start, body, coding, cache_control)


def _comes_whole(start: Message) -> bool:
    for name, value in start["headers"]:
        if name.lower() == b"content-length":
            return int(value) <= _WHOLE_UP_TO
    return False
