"""Akismet, played on loopback: a small real server in whatever mood a test wants, which remembers what it was told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl

KEY = "a-good-key"
THANKS = "Thanks for making the web a better place."
# Longer than anybody waits for it.
SLOW_SECONDS = 5.5


class Mood(StrEnum):
    """How it answers; what a mood does not change is answered as the service does."""

    GOOD = "good"
    SPAM = "spam"
    DISCARD = "discard"
    REFUSED = "refused"
    HANGING = "hanging"
    SLOW = "slow"
    GARBAGE = "garbage"
    PAGE = "page"
    WRONG_KEY = "wrong key"
    BROKEN = "broken"
    ELSEWHERE = "elsewhere"
    ENDLESS = "endless"


OUT_OF_ORDER = tuple(set(Mood) - {Mood.GOOD, Mood.SPAM, Mood.DISCARD})


@dataclass(frozen=True)
class Received:
    """One call that it read whole: `comment-check`, `submit-ham`, …, with its fields."""

    call: str
    fields: dict[str, str]
    agent: str
    path: str


@dataclass
class AkismetServer:
    """The stand-in; `received` are all calls, `answered` those that were answered as they should be."""

    port: int = 0
    mood: Mood = Mood.GOOD
    received: list[Received] = field(default_factory=list)
    answered: list[Received] = field(default_factory=list)
    # Texts that are spam in its eyes when it is good.
    suspects: set[str] = field(default_factory=set)
    # Seconds before each answer.
    thinks_for: float = 0.0
    most_at_once: int = 0
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _at_once: int = 0
    _listening: asyncio.Server | None = None
    _visits: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def url(self) -> str:
        """What `RAPPORT_AKISMET_URL` is set to."""
        return f"http://127.0.0.1:{self.port}"

    async def feel(self, mood: Mood) -> None:
        """From here on, answer like this."""
        self.mood = mood
        if mood == Mood.REFUSED:
            await self.close()
        elif self._listening is None:
            self._listening = await asyncio.start_server(self._visit, "127.0.0.1", self.port)
            self.port = self._listening.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Let the port go, and whoever waits."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for visit in list(self._visits):
            visit.cancel()

    def calls(self, name: str) -> list[dict[str, str]]:
        """The fields of every call of this name that was answered well."""
        return [received.fields for received in self.answered if received.call == name]

    async def is_asked(self) -> None:
        """Wait until somebody has asked something."""
        async with asyncio.timeout(10):
            await self._asked.wait()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.current_task()
        assert visit is not None
        self._visits.add(visit)
        try:
            while (received := await _read(reader)) is not None:
                self.received.append(received)
                self._asked.set()
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
                try:
                    await self._answer(received, writer)
                finally:
                    self._at_once -= 1
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the visitor left, or the server was closed: what most of these tests are about
        finally:
            self._visits.discard(visit)
            writer.close()

    async def _answer(self, received: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.thinks_for)
        if self.mood == Mood.HANGING:
            await asyncio.sleep(3600)
        if self.mood == Mood.SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        if self.mood == Mood.ENDLESS:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
            while True:
                writer.write(b"true" * 4096)
                await writer.drain()
        status, headers, body = self._words(received)
        lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
        if self.mood not in OUT_OF_ORDER:
            self.answered.append(received)
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()

    def _words(self, received: Received) -> tuple[str, list[str], bytes]:
        plain = ["Content-Type: text/plain"]
        odd: dict[Mood, tuple[str, list[str], bytes]] = {
            Mood.GARBAGE: ("200 OK", plain, bytes(range(256))),
            Mood.PAGE: ("200 OK", ["Content-Type: text/html"], b"<h1>It works!</h1>"),
            Mood.BROKEN: ("500 Internal Server Error", plain, b"true"),
            Mood.ELSEWHERE: ("302 Found", [f"Location: {self.url}/1.1/comment-check"], b"true"),
        }
        if self.mood in odd:
            return odd[self.mood]
        if self.mood == Mood.WRONG_KEY or KEY not in received.fields.values():
            return "200 OK", [*plain, "X-akismet-debug-help: no such key"], b"invalid"
        if received.call != "comment-check":
            return "200 OK", plain, b"valid" if received.call == "verify-key" else THANKS.encode()
        if self.mood == Mood.DISCARD:
            return "200 OK", [*plain, "X-akismet-pro-tip: discard"], b"true"
        is_suspect = received.fields.get("comment_content") in self.suspects
        return "200 OK", plain, b"true" if self.mood == Mood.SPAM or is_suspect else b"false"


@asynccontextmanager
async def an_akismet(mood: Mood = Mood.GOOD) -> AsyncIterator[AkismetServer]:
    """Akismet until the block ends."""
    server = AkismetServer()
    await server.feel(Mood.GOOD)
    await server.feel(mood)
    try:
        yield server
    finally:
        await server.close()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*server._visits, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Received | None:
    line = await reader.readline()
    if not line:
        return None
    path = line.decode().split(" ")[1]
    headers: dict[str, str] = {}
    while (line := await reader.readline()) not in (b"\r\n", b""):
        name, _colon, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return Received(path.rsplit("/", 1)[-1], fields, headers.get("user-agent", ""), path)
