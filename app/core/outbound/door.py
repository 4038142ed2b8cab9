"""Asking other people's servers: public addresses only; bounded time, size, turns, redirects."""

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import quote

import anyio
import httpx
from httpx_secure import httpx_ssrf_protection

from app.core import clock
from app.core.errors import NotNow, Unreachable
from app.core.i18n import _
from app.core.logs import get_logger
from app.core.outbound.addresses import (
    PORTS,
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
from app.core.outbound.asking import Asking, Sending
from app.core.outbound.bodies import PIECE, TooLong, check_headers, check_length, pieces
from app.core.outbound.redirects import Step, next_step
from app.core.outbound.tls import known_authorities
from app.core.outbound.turns import STRANGERS, Budget, HostPort, Turns, TurnsInMemory

MOST_REDIRECTS = 5
# A name may have an address where nobody answers (IPv6 behind old routers): the next is tried.
MOST_ADDRESSES = 3
CONNECT_SECONDS = 5.0
# Of the answer to what was sent so much is read, so that nobody breaks off in the middle of a
# sentence, and so much is kept: enough for a fault, or a line in a log.
MOST_OF_A_REPLY = PIECE
KEPT_OF_A_REPLY = 1024

log = get_logger(__name__)


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
    turns: Turns = field(default_factory=TurnsInMemory)

    async def fetch(self, url: str, asking: Asking) -> Fetched:
        """GET a whole answer of any status, redirects followed. Raises Unreachable for the rest,
        and NotNow where it may not wait for its turn."""
        async with self.open(url, asking) as answer:
            content = b"".join([chunk async for chunk in answer.chunks()])
        return Fetched(answer.status, answer.url, answer.headers, answer.content_type, content)

    async def send(self, url: str, sending: Sending, asking: Asking) -> Fetched:
        """POST to an endpoint; the answer, of any status and type, with the first KB of its body.

        A redirect is followed with the body only where `next_step` says. Raises as `fetch` does.
        """
        async with self._asked(Step(url, sending), asking, MOST_OF_A_REPLY) as answer:
            content = await _beginning(answer)
        return Fetched(answer.status, answer.url, answer.headers, answer.content_type, content)

    async def seconds_until_turn(self, url: str, budget: Budget = STRANGERS) -> float:
        """How long a fetch would have to wait for its turn at this address; takes none.

        Raises Unreachable for an address that may not be asked.
        """
        return await self.turns.until(read_target(url, self.allow, self.ports).server, budget)

    @asynccontextmanager
    async def open(self, url: str, asking: Asking) -> AsyncIterator[Answer]:
        """GET an answer whose body is streamed inside the block, under the same time limit.

        Waiting for our turn at a busy server does not count. Raises Unreachable, whose sentence
        never tells what a connection did, and NotNow where it may not wait.
        """
        async with self._asked(Step(url), asking, asking.limits.max_bytes) as answer:
            check_length(answer.headers, asking.limits.max_bytes)
            if 200 <= answer.status < 300 and not asking.kind.accepts.fullmatch(
                answer.content_type
            ):
                raise Unreachable(_("That server answered with another kind of content."))
            yield answer

    @asynccontextmanager
    async def _asked(self, step: Step, asking: Asking, max_bytes: int) -> AsyncIterator[Answer]:
        async with AsyncExitStack() as stack:
            with anyio.move_on_after(asking.limits.seconds) as limit:
                yield await self._follow(step, asking, stack, limit, max_bytes)
        if limit.cancelled_caught:
            raise NoAnswer(_("That server took too long."))

    async def _follow(
        self,
        step: Step,
        asking: Asking,
        stack: AsyncExitStack,
        limit: anyio.CancelScope,
        max_bytes: int,
    ) -> Answer:
        asked: set[HostPort] = set()
        for _hop in range(MOST_REDIRECTS + 1):
            target = read_target(step.url, self.allow, self.ports)
            if asking.hosts is not None and target.host not in asking.hosts:
                raise Unreachable(_("That address leads to another site."))
            with _stopped(limit):
                await self._take_turn(target.server, asking, asked)
            response = await self._ask(target, step.sends, asking, stack)
            check_headers(response.headers)
            if not (response.has_redirect_location and asking.follows):
                return _answer(response, target, max_bytes)
            await response.aclose()
            location = response.headers["location"]
            step = next_step(target, response.status_code, location, step.sends)
            if asking.arrived is not None and asking.arrived(step.url):
                return replace(_answer(response, target, max_bytes), url=step.url)
        raise Unreachable(_("That address leads from one redirect to the next."))

    async def _take_turn(self, server: HostPort, asking: Asking, asked: set[HostPort]) -> None:
        """Wait for our turn, or raise NotNow. One fetch has one turn at each server it is led to:
        who came back for a redirect's own would have to wait for the first one's again."""
        if server in asked:
            await self.turns.count(server)
        elif asking.may_wait:
            await anyio.sleep(await self.turns.reserve(server, asking.budget))
        elif wait := await self.turns.claim(server, asking.budget, asking.kept_for):
            moment = clock.now() + timedelta(seconds=wait)
            raise NotNow(_("That server is asked again a little later."), moment)
        asked.add(server)

    async def _ask(
        self, target: Target, sends: Sending | None, asking: Asking, stack: AsyncExitStack
    ) -> httpx.Response:
        is_allowed = (target.host, target.port) in self.allow
        find = addresses_of if is_allowed else public_addresses
        client = await stack.enter_async_context(_client(guarded=not is_allowed, asking=asking))
        for address in (await find(target, self.resolve))[:MOST_ADDRESSES]:
            try:
                request = self._request(target, address, sends, asking)
                return await client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                log.info("outbound.no_connection", host=target.host, because=repr(error))
            # ValueError, InvalidURL: httpx reads a redirect's address although it is not to follow it.
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                log.info("outbound.no_answer", host=target.host, because=repr(error))
                raise no_answer() from error
        raise no_answer()

    def _request(
        self, target: Target, address: str, sends: Sending | None, asking: Asking
    ) -> httpx.Request:
        """The request to the very address that was judged; names remain in `Host` and in TLS."""
        headers = {
            "Host": target.url.netloc.decode("ascii"),
            "User-Agent": self._agent(asking),
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        if sends is not None:
            headers |= {"Content-Type": sends.content_type, **sends.headers}
        timeout = httpx.Timeout(asking.limits.seconds, connect=CONNECT_SECONDS)
        return httpx.Request(
            "GET" if sends is None else "POST",
            target.url.copy_with(host=address),
            headers=headers,
            content=None if sends is None else sends.content,
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


def _answer(response: httpx.Response, target: Target, max_bytes: int) -> Answer:
    content_type = response.headers.get("content-type", "application/octet-stream")
    return Answer(
        response.status_code,
        str(target.url),
        response.headers,
        content_type.partition(";")[0].strip().lower(),
        response,
        max_bytes,
    )


async def _beginning(answer: Answer) -> bytes:
    """The first KB; the rest is read as far as is polite, and forgotten."""
    kept = b""
    with suppress(TooLong):
        async for chunk in answer.chunks():
            kept += chunk[: KEPT_OF_A_REPLY - len(kept)]
    return kept
