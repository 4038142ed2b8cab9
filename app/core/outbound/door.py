"""Asking other people's servers: public addresses only; bounded time, size, turns, redirects."""

import math
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import quote

import anyio
import httpx
from httpx_secure import httpx_ssrf_protection

from app.core.errors import Unreachable
from app.core.i18n import _
from app.core.logs import get_logger
from app.core.outbound.addresses import (
    PORTS,
    HostPort,
    NoAnswer,
    Resolver,
    Target,
    addresses_of,
    is_public,
    no_answer,
    public_addresses,
    read_target,
    system_resolver,
)
from app.core.outbound.bodies import check_headers, pieces
from app.core.outbound.tls import known_authorities
from app.core.outbound.turns import STRANGERS, Budget, Turns

MOST_REDIRECTS = 5
# A name may have an address where nobody answers (IPv6 behind old routers): the next is tried.
MOST_ADDRESSES = 3
CONNECT_SECONDS = 5.0

log = get_logger(__name__)


@dataclass(frozen=True)
class Kind:
    """What a fetch is for: the name in our agent text, and a pattern of content types."""

    name: str
    accepts: re.Pattern[str]


PAGE = Kind(
    "Page",
    re.compile(r"text/html|(?:application|text)/(?:[\w.-]+\+)?xml|application/feed\+json"),
)
# Anything but a page: old servers say 200 and "not found" in HTML.
MEDIA = Kind("Media", re.compile(r"(?!text/html|application/xhtml\+xml)\S*"))


@dataclass(frozen=True)
class Limits:
    """Bounds of one fetch: decoded bytes, and seconds from first connection to last byte."""

    max_bytes: int = 1_000_000
    seconds: float = 10.0


@dataclass(frozen=True)
class Asking:
    """One fetch: what for, within which bounds, and whose address (IP) asked for it."""

    kind: Kind
    limits: Limits = field(default_factory=Limits)
    budget: Budget = STRANGERS
    asked_by: str = ""
    # These hosts alone, redirects too. None: any public one.
    hosts: frozenset[str] | None = None


@dataclass(frozen=True)
class Answer:
    """What came back: its body is read through `chunks()`, once, while the door is open."""

    status: int
    url: str
    headers: httpx.Headers
    content_type: str
    _response: httpx.Response
    _max_bytes: int

    async def chunks(self) -> AsyncIterator[bytes]:
        """The decoded body in pieces of 64 KB at most; Unreachable if broken off or too long."""
        try:
            async for piece in pieces(self._response, self._max_bytes):
                yield piece
        except httpx.HTTPError as error:
            raise Unreachable(_("The answer breaks off in the middle.")) from error


@dataclass(frozen=True)
class Fetched:
    """A whole answer: `url` is where the redirects led, `content_type` has no parameters."""

    status: int
    url: str
    headers: httpx.Headers
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Door:
    """The door of one process. `site` is our public address, `allow` what is let through."""

    site: str
    allow: frozenset[HostPort] = frozenset()
    resolve: Resolver = system_resolver
    ports: frozenset[int] = PORTS
    turns: Turns = field(default_factory=Turns)

    async def fetch(self, url: str, asking: Asking) -> Fetched:
        """GET a whole answer of any status, redirects followed. Raises Unreachable for the rest."""
        async with self.open(url, asking) as answer:
            content = b"".join([chunk async for chunk in answer.chunks()])
        return Fetched(answer.status, answer.url, answer.headers, answer.content_type, content)

    @asynccontextmanager
    async def open(self, url: str, asking: Asking) -> AsyncIterator[Answer]:
        """GET an answer whose body is streamed inside the block, under the same time limit.

        Waiting for our turn at a busy server does not count. Raises Unreachable, whose sentence
        never tells what a connection did.
        """
        async with AsyncExitStack() as stack:
            with anyio.move_on_after(asking.limits.seconds) as limit:
                yield await self._follow(url, asking, stack, limit)
        if limit.cancelled_caught:
            raise NoAnswer(_("That server took too long."))

    async def _follow(
        self, url: str, asking: Asking, stack: AsyncExitStack, limit: anyio.CancelScope
    ) -> Answer:
        for _hop in range(MOST_REDIRECTS + 1):
            target = read_target(url, self.allow, self.ports)
            if asking.hosts is not None and target.host not in asking.hosts:
                raise Unreachable(_("That address leads to another site."))
            with _stopped(limit):
                await self.turns.take((target.host, target.port), asking.budget)
            response = await self._ask(target, asking, stack)
            check_headers(response.headers, asking.limits.max_bytes)
            if not response.has_redirect_location:
                return _checked(response, target, asking)
            await response.aclose()
            url = _led_to(target, response.headers["location"])
        raise Unreachable(_("That address leads from one redirect to the next."))

    async def _ask(self, target: Target, asking: Asking, stack: AsyncExitStack) -> httpx.Response:
        is_allowed = (target.host, target.port) in self.allow
        find = addresses_of if is_allowed else public_addresses
        client = await stack.enter_async_context(_client(guarded=not is_allowed, asking=asking))
        for address in (await find(target, self.resolve))[:MOST_ADDRESSES]:
            try:
                return await client.send(self._request(target, address, asking), stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                log.info("outbound.no_connection", host=target.host, because=repr(error))
            # ValueError, InvalidURL: httpx reads a redirect's address although it is not to follow it.
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                log.info("outbound.no_answer", host=target.host, because=repr(error))
                raise no_answer() from error
        raise no_answer()

    def _request(self, target: Target, address: str, asking: Asking) -> httpx.Request:
        """The request to the very address that was judged; names remain in `Host` and in TLS."""
        headers = {
            "Host": target.url.netloc.decode("ascii"),
            "User-Agent": self._agent(asking),
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        timeout = httpx.Timeout(asking.limits.seconds, connect=CONNECT_SECONDS)
        return httpx.Request(
            "GET",
            target.url.copy_with(host=address),
            headers=headers,
            extensions={"sni_hostname": target.host, "timeout": timeout.as_dict()},
        )

    def _agent(self, asking: Asking) -> str:
        asked_by = f"; asked by {ip_address(asking.asked_by)}" if asking.asked_by else ""
        return f"Rapport (+{quote(self.site, safe=':/[]')}; {asking.kind.name}{asked_by})"


def _client(*, guarded: bool, asking: Asking) -> httpx.AsyncClient:
    """A client for one hop: no cookie and no connection is kept for the next."""
    client = httpx.AsyncClient(
        verify=known_authorities(), trust_env=False, timeout=asking.limits.seconds
    )
    if guarded:
        httpx_ssrf_protection(client, custom_validator=lambda _host, ip, _port: is_public(ip))
    return client


@contextmanager
def _stopped(limit: anyio.CancelScope) -> Iterator[None]:
    """Inside the block the limit's clock stands still."""
    left = limit.deadline - anyio.current_time()
    limit.deadline = math.inf
    try:
        yield
    finally:
        limit.deadline = anyio.current_time() + left


def _checked(response: httpx.Response, target: Target, asking: Asking) -> Answer:
    content_type = response.headers.get("content-type", "application/octet-stream")
    content_type = content_type.partition(";")[0].strip().lower()
    if response.is_success and not asking.kind.accepts.fullmatch(content_type):
        raise Unreachable(_("That server answered with another kind of content."))
    return Answer(
        response.status_code,
        str(target.url),
        response.headers,
        content_type,
        response,
        asking.limits.max_bytes,
    )


def _led_to(target: Target, location: str) -> str:
    try:
        return str(target.url.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise Unreachable(_("That server redirects to something that is no address.")) from error
