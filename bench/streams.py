"""A discussion that thousands listen to: `python -m bench.streams` opens the streams, then one reply is written.

Prints what each stream costs the server in memory, when the last one was told, and how long pages
take meanwhile. Half of those who listen are members, each with a session of their own.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from app.accounts.sessions import Whereabouts, start_session
from app.core.schema import upgrade
from bench.processes import Running, free_port, started
from bench.readers import p50, p95, read
from tests.databases import doors_to
from tests.groups.building import a_group, a_membership
from tests.world import a_member

_TOGETHER = 50
_WATCHED = 10.0
_PATIENCE = 30.0


@dataclass(frozen=True)
class Discussion:
    """Where it is, and the sessions of who belongs there."""

    topic: str
    topic_id: int
    tokens: Sequence[str]


async def main() -> None:
    """Fill a database, serve it, listen, write, and say how it went."""
    options = _parsed()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, min(hard, 2 * options.streams + 1_000))
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    with tempfile.TemporaryDirectory() as folder:
        database = options.database or f"sqlite:///{folder}/rapport.sqlite3"
        upgrade(database)
        tokens = await _members(database, options.streams // 2)
        port = free_port()
        settings = {
            "RAPPORT_DATA": folder, "RAPPORT_DATABASE_URL": database, "RAPPORT_RATE_LIMITS": "off",
            "RAPPORT_BASE_URL": f"http://127.0.0.1:{port}", "RAPPORT_FORM_MIN_SECONDS": "0",
        }  # fmt: skip
        with started(
            "app", "serve", "--port", str(port), port=port,
            log=Path(folder) / "serve.log", environment=settings,
        ) as server:  # fmt: skip
            await _watch(server, await _begun(server, tokens), options.streams)


async def _members(database: str, number: int) -> list[str]:
    """An open group, and the sessions of its members, the owner's first."""
    async with doors_to(database) as doors, doors.unit_of_work() as db:
        people = [await a_member(db, f"Member {n}") for n in range(max(number, 1))]
        group = await a_group(db, by=people[0])
        for member in people[1:]:
            await a_membership(db, group, member)
        place = Whereabouts("203.0.113.9", "A browser")
        return [await start_session(db, member, place) for member in people]


async def _begun(server: Running, tokens: Sequence[str]) -> Discussion:
    form = {"title": "Who is hiring?", "comment": "I would like to know."}
    begun = await _sent(server, tokens[0], "/groups/job-search/d/", form)
    topic_id = int(begun.rpartition("/d/")[2].partition("-")[0])
    return Discussion(begun, topic_id, tokens)


async def _sent(server: Running, token: str, path: str, form: dict[str, str]) -> str:
    async with httpx.AsyncClient(trust_env=False, cookies={"session": token}) as client:
        answer = await client.post(server.url + path, data=form)
    if answer.status_code != 303:
        raise SystemExit(f"{path} answers {answer.status_code}: {answer.text[:500]}")
    return answer.headers["location"].partition("#")[0]


async def _watch(server: Running, talk: Discussion, number: int) -> None:
    pages = [server.url + path for path in ("/", talk.topic, "/groups/job-search/")]
    quiet = await read(pages, _WATCHED)
    # What the first few make, they make for all.
    for stream in await _listeners(server, talk, _TOGETHER):
        stream.close()
    await asyncio.sleep(1)
    before, worked = _memory(server), server.cpu_seconds()
    streams = await _listeners(server, talk, number)
    worked = server.cpu_seconds() - worked
    await asyncio.sleep(2)
    grown = _memory(server) - before
    reading = asyncio.create_task(read(pages, _WATCHED))
    await asyncio.sleep(1)
    form = {"comment": "I know somebody who is."}
    replied = time.perf_counter()
    await _sent(server, talk.tokens[0], f"/groups/job-search/d/{talk.topic_id}/replies", form)
    told = [at - replied for at in await asyncio.gather(*(s.told() for s in streams)) if at]
    busy = await reading
    for stream in streams:
        stream.close()
    print(
        f"{number:,} streams: {grown / number / 1024:.1f} KB each, {worked / number * 1000:.1f} ms to open"
    )
    print(
        f"{len(told):,} told of a reply, the first after {min(told):.2f} s, the last {max(told):.2f} s"
    )
    print(f"pages: p50 {p50(quiet):.1f} ms, p95 {p95(quiet):.1f} ms while nobody listens")
    print(
        f"pages: p50 {p50(busy):.1f} ms, p95 {p95(busy):.1f} ms, worst {max(busy) * 1000:.0f} ms meanwhile"
    )


class _Stream:
    """One who listens."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def told(self) -> float:
        """When it was told that there are two; 0 for never."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while b'"count":2' not in await self._reader.readline():
                    pass
                return time.perf_counter()
        return 0.0

    def close(self) -> None:
        """Go."""
        self._writer.close()


async def _listeners(server: Running, talk: Discussion, number: int) -> list[_Stream]:
    streams: list[_Stream] = []
    for first in range(0, number, _TOGETHER):
        some = range(first, min(first + _TOGETHER, number))
        streams += await asyncio.gather(*(_listener(server, talk, n) for n in some))
    return streams


async def _listener(server: Running, talk: Discussion, number: int) -> _Stream:
    """Every second one is signed in."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=4_096)
    session = talk.tokens[number // 2 % len(talk.tokens)] if number % 2 else ""
    writer.write(
        f"GET /live/topics/{talk.topic_id} HTTP/1.1\r\nhost: {host}\r\n"
        "accept: text/event-stream\r\naccept-language: en-GB,en;q=0.5\r\n"
        "user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
        f"{f'cookie: session={session}' if session else 'dnt: 1'}\r\n\r\n".encode()
    )
    status = await reader.readline()
    if b" 200 " not in status:
        raise SystemExit(f"a stream is answered {status.decode()}")
    return _Stream(reader, writer)


def _memory(server: Running) -> int:
    return int(psutil.Process(server.process.pid).memory_info().rss)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.streams", description=__doc__)
    parser.add_argument("--streams", type=int, default=2_000)
    parser.add_argument("--database", default="", help="an empty one, instead of a SQLite file")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
