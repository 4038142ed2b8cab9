"""Many small sites on loopback that link to ours, and that ours links to: what each was sent, by which of our lives."""

import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias
from urllib.parse import parse_qs

import anyio
from anyio.abc import SocketStream

from app.core.xml_rpc import answer as rpc_value
from app.core.xml_rpc import fault as rpc_fault
from app.core.xml_rpc import read_call
from app.linkbacks.protocols.pingback import ALREADY_REGISTERED
from tests.core.strangers import Stranger, a_stranger, answers

# Which of our pages links to which of theirs.
Pair: TypeAlias = tuple[str, str]

# So slow are they that somebody who dies often dies while one of them is asked.
_SLOWEST = 0.5
_OFFERS = {
    "webmention": '<link rel="webmention" href="/webmention">',
    "pingback": '<link rel="pingback" href="{site}pingback">',
    "trackback": (
        '<!-- <rdf:RDF><rdf:Description dc:identifier="{site}{page}" trackback:ping="{site}trackback/{page}"/>'
        "</rdf:RDF> -->"
    ),
}


@dataclass(frozen=True)
class Heard:
    """One request as it came in; `sent` is the link they were told of, by whoever posted something."""

    life: int
    at: float
    site: str
    asked: str
    sent: Pair | None = None


@dataclass
class Neighbours:
    """All of them, and what they have heard; `life` is which of our workers they hear now."""

    sites: list[Stranger] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    life: int = 0

    @property
    def allowed(self) -> str:
        """The setting that lets us ask them, although they are on loopback."""
        return ",".join(f"{site.host}:{site.port}" for site in self.sites)

    @property
    def sources(self) -> list[str]:
        """Their pages that may link to ours, one at each."""
        return [f"{site.url}theirs" for site in self.sites]

    @property
    def targets(self) -> list[str]:
        """Their pages that ours may link to, one at each."""
        return [f"{site.url}page" for site in self.sites]

    def told(self) -> Counter[tuple[Pair, int]]:
        """Of which link they were told in which life, and how often."""
        return Counter((one.sent, one.life) for one in self.heard if one.sent is not None)

    async def until_heard(self, number: int) -> None:
        """Wait until so much was heard in all."""
        with anyio.fail_after(120):
            while len(self.heard) < number:  # noqa: ASYNC110 - whoever asks comes from elsewhere
                await anyio.sleep(0.01)

    def most_in(self, seconds: float) -> int:
        """The most that one of them was asked within so many seconds."""
        return max(
            sum(1 for other in times if 0 <= other - moment < seconds)
            for times in self._times().values()
            for moment in times
        )

    def _times(self) -> Mapping[str, list[float]]:
        times: dict[str, list[float]] = {}
        for one in self.heard:
            times.setdefault(one.site, []).append(one.at)
        return times


@asynccontextmanager
async def neighbours(number: int) -> AsyncIterator[Neighbours]:
    """So many, until the block ends: of twenty, fourteen take webmentions, three pingbacks and three trackbacks."""
    them = Neighbours()
    async with AsyncExitStack() as open_sites:
        for which in range(number):
            kind = ("pingback", "trackback")[which % 2] if which % 20 < 6 else "webmention"
            behave = partial(_behave, them, which, kind)
            them.sites.append(await open_sites.enter_async_context(a_stranger(behave)))
        yield them


async def _behave(them: Neighbours, which: int, kind: str, stream: SocketStream) -> None:
    site = them.sites[which]
    # Nothing else runs between the reading of the request and this line.
    head, _blank, body = site.requests[-1].partition(b"\r\n\r\n")
    method, path, _rest = head.decode().split(" ", 2)
    sent = _sent(site, path, body) if method == "POST" else None
    is_known = any(one.sent == sent for one in them.heard)
    them.heard.append(Heard(them.life, time.monotonic(), site.url, f"{method} {path}", sent))
    await anyio.sleep(random.uniform(0, _SLOWEST))
    if method == "GET":
        page = them.links.get(site.url + path[1:]) or _OFFERS[kind].format(
            site=site.url, page=path[1:]
        )
        await answers(page.encode())(stream)
    else:
        await answers(_thanks(kind, is_known=is_known), "Content-Type: text/xml")(stream)


def _sent(site: Stranger, path: str, body: bytes) -> Pair:
    if path == "/pingback":
        source, target = map(str, read_call(body).params)
        return source, target
    form = parse_qs(body.decode())
    if path.startswith("/trackback/"):
        return form["url"][0], site.url + path.removeprefix("/trackback/")
    return form["source"][0], form["target"][0]


def _thanks(kind: str, *, is_known: bool) -> bytes:
    if kind == "pingback":
        return rpc_fault(ALREADY_REGISTERED, "Known.") if is_known else rpc_value("Thank you.")
    return b"<response><error>0</error></response>"
