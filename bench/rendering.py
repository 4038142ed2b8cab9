"""What a page costs that is not kept: rendered anew, because something it shows was changed just now."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from app.core.db import Database, open_database
from app.core.events import Event, record
from app.core.freshness.news import News, open_news
from app.work import Doors
from bench.load import length_of, request_for
from bench.pages import Asked
from bench.processes import Running

# In a row, warm: the strictest yardstick. Woken once a round like the page, it takes five times as much.
_YARDSTICKS_A_ROUND = 20


class Editor:
    """Somebody who changes the site from another process, through the program's own unit of work."""

    def __init__(self, database: Database, news: News, loop: asyncio.Runner) -> None:
        self._doors = Doors(database, news)
        self._loop = loop

    def touch(self, tags: tuple[str, ...]) -> None:
        """Commit a change of what these tags name."""
        self._loop.run(self._touch(tags))

    async def _touch(self, tags: tuple[str, ...]) -> None:
        async with self._doors.unit_of_work() as session:
            record(session, Event(touches=frozenset(tags)))


@contextmanager
def an_editor(database_url: str) -> Iterator[Editor]:
    """An editor at the site's database."""
    with asyncio.Runner() as loop:
        database, news = open_database(database_url), open_news(database_url)
        yield Editor(database, news, loop)
        loop.run(news.close())
        loop.run(database.close())


class Connection:
    """One connection that is kept, and a request that is sent over it again and again."""

    def __init__(self, asked: Asked) -> None:
        parts = urlsplit(asked.url)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80))
        self._request = request_for(asked.url, asked.headers)

    def ask(self) -> None:
        """Send it, and read the whole answer."""
        self._socket.sendall(self._request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._received()
        head, _, body = received.partition(b"\r\n\r\n")
        missing = length_of(head + b"\r\n") - len(body)
        while missing > 0:
            missing -= len(self._received())

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _received(self) -> bytes:
        received = self._socket.recv(1 << 16)
        if not received:
            raise SystemExit("a server hung up")
        return received


def cpu_of_rendering(
    editor: Editor, tags: tuple[str, ...],
    site: tuple[Running, Asked], yardstick: tuple[Running, Asked], rounds: int,
) -> tuple[float, float]:  # fmt: skip
    """Milliseconds of processor time for one first rendering, and for the yardstick's answer."""
    (server, page), (bare_server, same) = site, yardstick
    rendered, bare = Connection(page), Connection(same)
    before, bare_before = server.cpu_seconds(), bare_server.cpu_seconds()
    for _ in range(rounds):
        editor.touch(tags)
        rendered.ask()
        for _ in range(_YARDSTICKS_A_ROUND):
            bare.ask()
    spent = (server.cpu_seconds() - before) / rounds
    bare_spent = (bare_server.cpu_seconds() - bare_before) / (rounds * _YARDSTICKS_A_ROUND)
    rendered.close()
    bare.close()
    return spent * 1000, bare_spent * 1000
