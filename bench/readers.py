"""People who read one page after the other, and how long they wait while something else goes on."""

import asyncio
import time
from itertools import cycle
from statistics import median, quantiles
from urllib.parse import urlsplit

from bench.load import read_answer, request_for
from bench.loading import LoadedSite
from bench.site import HOT, plan

_READERS = 8
# Somebody who reads does not ask again as soon as a page is there.
_PAUSE = 0.01


def pages_read(url: str, site: LoadedSite) -> list[str]:
    """What they read: the home page, the feed, the post that is talked about."""
    hot = next(post.path for post in plan(site.size) if post.slug == HOT)
    return [url + path for path in ("/", "/feed/", hot)]


async def read(urls: list[str], seconds: float) -> list[float]:
    """Have some people read one page after the other for so long; how many seconds each page took."""
    until = time.perf_counter() + seconds
    waits = await asyncio.gather(*(_read_until(until, urls) for _ in range(_READERS)))
    return [wait for each in waits for wait in each]


async def _read_until(until: float, urls: list[str]) -> list[float]:
    parts, waits = urlsplit(urls[0]), []
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for url in cycle(urls):
        began = time.perf_counter()
        if began > until:
            break
        writer.write(request_for(url, {"accept": "text/html", "accept-encoding": "gzip"}))
        await read_answer(reader)
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(_PAUSE)
    writer.close()
    return waits


def p50(waits: list[float]) -> float:
    """Milliseconds that half of all waited at most."""
    return median(waits) * 1000


def p95(waits: list[float]) -> float:
    """Milliseconds that 95 of 100 waited at most."""
    return quantiles(waits, n=20)[18] * 1000
