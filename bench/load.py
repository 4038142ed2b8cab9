"""Load over loopback: by wrk where it is installed, else by sockets of our own."""

import asyncio
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Load:
    """What a server bore: requests a second, and milliseconds that half and 99 of 100 waited at most.

    `cpu` is what a request cost the server, in microseconds of processor time, where that is known:
    the figure that suffers least from what else the machine does.
    """

    rate: float
    p50: float
    p99: float
    cpu: float = 0.0


def has_wrk() -> bool:
    """Whether wrk drives; our own sockets cost as much as the server, which flatters every ratio."""
    return shutil.which("wrk") is not None


def drive(url: str, headers: Mapping[str, str], concurrency: int, seconds: float) -> Load:
    """Ask for `url` over so many connections at once, each again as soon as it is answered."""
    if has_wrk():
        return _by_wrk(url, headers, concurrency, seconds)
    return asyncio.run(_by_ourselves(url, headers, concurrency, seconds))


def typical(loads: list[Load]) -> Load:
    """The median of several rounds."""
    figures = zip(*((load.rate, load.p50, load.p99, load.cpu) for load in loads), strict=True)
    return Load(*map(median, figures))


def _by_wrk(url: str, headers: Mapping[str, str], concurrency: int, seconds: float) -> Load:
    named = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    told = subprocess.run(
        ["wrk", "-t1", f"-c{concurrency}", f"-d{seconds:.0f}s", "--latency", *named, url],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if "Socket errors" in told:
        raise SystemExit(f"{url} did not bear {concurrency} connections:\n{told}")
    return Load(
        rate=float(_found(r"Requests/sec:\s+([\d.]+)", told)[1]),
        p50=_milliseconds(_found(r"50%\s+([\d.]+)(us|ms|s|m)", told)),
        p99=_milliseconds(_found(r"99%\s+([\d.]+)(us|ms|s|m)", told)),
    )


def _found(pattern: str, text: str) -> re.Match[str]:
    found = re.search(pattern, text)
    if found is None:
        raise SystemExit(f"wrk said something else than expected:\n{text}")
    return found


def _milliseconds(found: re.Match[str]) -> float:
    return float(found[1]) * _UNITS[found[2]]


async def _by_ourselves(
    url: str, headers: Mapping[str, str], concurrency: int, seconds: float
) -> Load:
    return (await _drive_each(url, repeat(request_for(url, headers)), concurrency, seconds, None))[
        0
    ]


def drive_each(
    server: str, requests: Iterator[bytes], concurrency: int, seconds: float, wanted: int
) -> tuple[Load, int]:
    """Send each of `requests` once, over so many connections: what was borne, and how many were answered.

    Raises SystemExit for an answer whose status is not `wanted`.
    """
    return asyncio.run(_drive_each(server, requests, concurrency, seconds, wanted))


async def _drive_each(
    server: str, requests: Iterator[bytes], concurrency: int, seconds: float, wanted: int | None
) -> tuple[Load, int]:
    until = time.perf_counter() + seconds
    waits = [_ask_until(until, server, requests, wanted) for _ in range(concurrency)]
    waited = sorted(wait for waits in await asyncio.gather(*waits) for wait in waits)
    # Whoever came last was answered after the time was over.
    taken = seconds + time.perf_counter() - until
    hundredths = quantiles(waited, n=100)
    load = Load(len(waited) / taken, hundredths[49] * 1000, hundredths[98] * 1000)
    return load, len(waited)


async def _ask_until(
    until: float, server: str, requests: Iterator[bytes], wanted: int | None
) -> list[float]:
    parts, waits = urlsplit(server), []
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    while (began := time.perf_counter()) < until:
        writer.write(next(requests))
        status = await read_answer(reader)
        if wanted is not None and status != wanted:
            raise SystemExit(f"{server} answers {status}")
        waits.append(time.perf_counter() - began)
    writer.close()
    return waits


async def read_answer(reader: asyncio.StreamReader) -> int:
    """Read one whole answer; its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(length_of(head))
    return int(head.split(maxsplit=2)[1])


def request_for(
    url: str, headers: Mapping[str, str], fields: Mapping[str, str] | None = None
) -> bytes:
    """A request as it goes over the wire: a POST of these fields of a form, else a GET."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"{'GET' if fields is None else 'POST'} {target} HTTP/1.1", f"host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    body = b"" if fields is None else urlencode(fields).encode()
    if fields is not None:
        lines += ["content-type: application/x-www-form-urlencoded", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def length_of(head: bytes) -> int:
    """How long the body is that follows."""
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return int(found[1]) if found else 0
