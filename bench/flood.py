"""A flood of comments from one address, answered with refusals (429), while others go on reading."""

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from bench.contestants import our_server
from bench.load import read_answer
from bench.loading import LoadedSite
from bench.people import TAKEN_IN, Commenters, on_the_wire
from bench.readers import p95, pages_read, read
from bench.table import Figure, heading

A_SECOND = 200
_CONNECTIONS = 20
_REFUSED = 429


def print_flood(site: LoadedSite, data: Path, seconds: float) -> None:
    """How long readers wait, with a flood and without: before it and after it, in the same run."""
    # With limits, as shipped: they are what is measured.
    with our_server(site.set_otherwise(RAPPORT_RATE_LIMITS="on"), (), data) as server:
        url = server.running.url
        requests = list(
            _first(on_the_wire(Commenters(url, site).comments()), int(A_SECOND * seconds))
        )
        reading = pages_read(url, site)
        quiet = asyncio.run(read(reading, seconds / 2))
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
            flood = apart.submit(flooded, url, requests)
            loud = asyncio.run(read(reading, seconds))
            statuses, taken = flood.result()
        quiet += asyncio.run(read(reading, seconds / 2))
    if set(statuses) - {TAKEN_IN, _REFUSED}:
        raise SystemExit(f"a flood was answered with {dict(statuses)}")
    print(heading(f"a flood of {A_SECOND} a second", "with it", "without it", "ratio"))
    print(Figure("readers' p95", p95(loud), "ms", p95(quiet)).line())
    print(Figure("answered", statuses.total() / taken, "a second").line())
    print(Figure("refused", statuses[_REFUSED], f"of {statuses.total():,} comments").line())


def flooded(server: str, requests: list[bytes]) -> tuple[Counter[int], float]:
    """Send `requests`, so many a second if they are answered as fast; how they were answered, and seconds it took."""
    began = time.perf_counter()
    return asyncio.run(_flood(server, requests)), time.perf_counter() - began


async def _flood(server: str, requests: list[bytes]) -> Counter[int]:
    began, left = time.perf_counter(), iter(enumerate(requests))
    senders = (_send(server, began, left) for _ in range(_CONNECTIONS))
    return sum(await asyncio.gather(*senders), Counter())


async def _send(server: str, began: float, left: Iterator[tuple[int, bytes]]) -> Counter[int]:
    parts, statuses = urlsplit(server), Counter[int]()
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for number, request in left:
        await asyncio.sleep(began + number / A_SECOND - time.perf_counter())
        writer.write(request)
        statuses[await read_answer(reader)] += 1
    writer.close()
    return statuses


def _first(requests: Iterator[bytes], number: int) -> Iterator[bytes]:
    return (request for request, _ in zip(requests, range(number), strict=False))
