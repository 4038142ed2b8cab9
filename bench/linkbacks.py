"""Links from elsewhere under load: `python -m bench.linkbacks` drives a server as shipped, and says what others notice.

Pages that come a byte a second are looked at while readers read; a thousand trackbacks go to one post; and
forty pings name one server, which counts how often it is asked. All of them are small sites on loopback.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import httpx
from anyio.abc import SocketStream

from app.core.xml_rpc import call, read_answer
from bench.contestants import Ours, our_server
from bench.loading import a_copy, loaded
from bench.readers import p50, p95, pages_read, read
from bench.site import Size, plan
from bench.table import Figure, heading
from tests.core.strangers import Stranger, a_stranger, answers

SLOW = 24
NAMED = 40
TRACKBACKS = 1000
# How many of these are the first ones, and the last ones.
_FEW = 50
_MINUTE = 60.0
# Two full minutes, whichever second they begin in.
_WATCHED = 125.0
_FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Elsewhere:
    """The other sites: slow ones to be pinged from, slow ones to be mentioned from, and one that all name."""

    pinging: list[Stranger] = field(default_factory=list)
    mentioning: list[Stranger] = field(default_factory=list)
    named: list[Stranger] = field(default_factory=list)
    # What that one answers, and when it was asked.
    page: bytes = b""
    asked: list[float] = field(default_factory=list)

    def allowed(self) -> str:
        """The setting that lets the server ask them."""
        sites = (*self.pinging, *self.mentioning, *self.named)
        return ",".join(f"{site.host}:{site.port}" for site in sites)

    def most_in_a_minute(self) -> int:
        """How often the one that all name was asked in its busiest minute."""
        return max(sum(0 <= t - begin < _MINUTE for t in self.asked) for begin in self.asked)


@dataclass(frozen=True)
class Site:
    """Our server, and somebody who sends it links."""

    url: str
    posts: Sequence[str]
    sender: httpx.AsyncClient

    async def pingback(self, source: str, post: int = 0) -> float:
        """Seconds until it was answered that it is kept. Raises Fault."""
        body = call("pingback.ping", (source, self.url + self.posts[post]))
        answer, taken = await self._timed("/xmlrpc.php", body, {"content-type": "text/xml"})
        read_answer(answer.content)
        return taken

    async def mention(self, source: str, post: int = 0) -> float:
        """Seconds until a webmention was answered."""
        fields = {"source": source, "target": self.url + self.posts[post]}
        answer, taken = await self._timed("/webmention", urlencode(fields).encode(), _FORM)
        _require(answer, answer.status_code == 201)
        return taken

    async def trackback(self, source: str, post: int = 0) -> float:
        """Seconds until a trackback was answered."""
        fields = urlencode(
            {"url": source, "title": "A letter", "excerpt": "Worth more than ten mails."}
        )
        path = f"{self.posts[post]}trackback/"
        answer, taken = await self._timed(path, fields.encode(), _FORM)
        _require(answer, b"<error>0</error>" in answer.content)
        return taken

    async def _timed(
        self, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[httpx.Response, float]:
        began = time.perf_counter()
        answer = await self.sender.post(self.url + path, content=body, headers=headers)
        return answer, time.perf_counter() - began


def _require(answer: httpx.Response, is_so: bool) -> None:
    if not is_so:
        raise SystemExit(f"{answer.url} answers {answer.status_code}: {answer.text[:500]}")


@asynccontextmanager
async def _elsewhere() -> AsyncIterator[Elsewhere]:
    them = Elsewhere()

    async def answer(stream: SocketStream) -> None:
        them.asked.append(time.perf_counter())
        await answers(them.page)(stream)

    async with AsyncExitStack() as sites:
        for slow in (them.pinging, them.mentioning):
            slow += [await sites.enter_async_context(a_stranger(_drip)) for _ in range(SLOW)]
        them.named.append(await sites.enter_async_context(a_stranger(answer)))
        yield them


async def _drip(stream: SocketStream) -> None:
    """A byte a second, and never the last."""
    await stream.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        await stream.send(b"<")
        await asyncio.sleep(1)


async def main() -> None:
    """Measure and print."""
    options = _parsed()
    size = Size(options.posts, options.comments)
    with a_copy(loaded(size, options.data)) as copy:
        async with _elsewhere() as them, httpx.AsyncClient(trust_env=False, timeout=60) as sender:
            ours = copy.set_otherwise(RAPPORT_OUTBOUND_ALLOW=them.allowed())
            with our_server(ours, (), options.data) as server:
                url = server.running.url
                site = Site(url, [post.path for post in plan(size)[-5:]], sender)
                await _print_slow(site, them, server, options.seconds)
                await _print_named_and_trackbacks(site, them)


async def _print_slow(site: Site, them: Elsewhere, server: Ours, seconds: float) -> None:
    """How readers fare while pages are looked at that never end, and what their senders are answered."""
    pages = pages_read(site.url, server.site)
    await read(pages, 1)
    began = server.cpu_seconds()
    quiet = await read(pages, seconds / 2)
    quiet_cpu, began = server.cpu_seconds() - began, server.cpu_seconds()
    reading = asyncio.create_task(read(pages, seconds))
    pings = await asyncio.gather(*(site.pingback(f"{one.url}slow") for one in them.pinging))
    mentions = [await site.mention(f"{one.url}slow") for one in them.mentioning]
    loud = await reading
    loud_cpu, began = server.cpu_seconds() - began, server.cpu_seconds()
    quiet += await read(pages, seconds / 2)
    quiet_cpu += server.cpu_seconds() - began
    print(heading(f"{SLOW} slow sources at once", "with them", "without", "ratio"))
    print(Figure("readers' p50", p50(loud), "ms", p50(quiet)).line())
    print(Figure("readers' p95", p95(loud), "ms", p95(quiet)).line())
    print(Figure("processor time", loud_cpu, "s", quiet_cpu).line())
    print(Figure("slowest pingback", max(pings), "s").line())
    print(Figure("slowest webmention", max(mentions), "s").line())
    visits = [one.connections for one in (*them.pinging, *them.mentioning)]
    print(Figure("fetches of a source, at least", min(visits), "").line())
    print(Figure("fetches of a source, at most", max(visits), "").line(), flush=True)


async def _print_named_and_trackbacks(site: Site, them: Elsewhere) -> None:
    began, (named,) = time.perf_counter(), them.named
    them.page = f"<p>I have read <a href='{site.url}{site.posts[1]}'>a letter</a>.</p>".encode()
    sources = [f"{named.url}{number}" for number in range(NAMED)]
    pings = asyncio.gather(*(site.pingback(source, 1) for source in sources[::2]))
    mentions = await asyncio.gather(*(site.mention(source, 1) for source in sources[1::2]))
    await pings
    await _print_trackbacks(site)
    await asyncio.sleep(max(0.0, began + _WATCHED - time.perf_counter()))
    print(heading(f"{NAMED} pings naming one server"))
    print(Figure("slowest of 20 mentions at once", max(mentions), "s").line())
    print(Figure("its fetches, busiest minute", them.most_in_a_minute(), "").line())
    print(Figure(f"its fetches in {_WATCHED:.0f} s", named.connections, "").line())


async def _print_trackbacks(site: Site) -> None:
    # Addresses that nobody may ask: the worker is done with them without asking anybody.
    sources = (f"http://10.0.{number // 250}.{number % 250 + 1}/" for number in range(TRACKBACKS))
    taken = [await site.trackback(source, 2) * 1000 for source in sources]
    first, last = median(taken[:_FEW]), median(taken[-_FEW:])
    print(
        heading(f"{TRACKBACKS:,} trackbacks to one post", f"last {_FEW}", f"first {_FEW}", "ratio")
    )
    print(Figure("median answer", last, "ms", first).line(), flush=True)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.linkbacks", description=__doc__)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--comments", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20, help="of reading, each way")
    parser.add_argument(
        "--data", type=Path, default=Path("bench-data"), help="where sites are kept"
    )
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
