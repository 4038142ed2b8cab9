"""A WebSub hub, played on loopback: it remembers what it was told, and answers as it likes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs

from anyio.abc import SocketStream

from tests.core.strangers import Stranger, a_stranger

GOOD = "204 No Content"


@dataclass
class Hub:
    """The hub at `url`; `status` is what it answers from here on."""

    stranger: Stranger
    told: list[dict[str, list[str]]]
    status: str = GOOD

    @property
    def url(self) -> str:
        """What `RAPPORT_WEBSUB_HUB` is set to."""
        return f"{self.stranger.url}hub?key=1"

    @property
    def topics(self) -> list[str]:
        """The feeds it was told of, in alphabetical order."""
        return sorted(fields["hub.url"][0] for fields in self.told)


@asynccontextmanager
async def a_hub() -> AsyncIterator[Hub]:
    """A hub until the block ends."""

    async def behave(stream: SocketStream) -> None:
        head, _, body = stranger.requests[-1].partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += await stream.receive()
        if hub.status == GOOD:
            hub.told.append(parse_qs(body.decode()))
        reply = f"HTTP/1.1 {hub.status}\r\nLocation: {stranger.url}\r\nContent-Length: 0\r\n\r\n"
        await stream.send(reply.encode())

    async with a_stranger(behave) as stranger:
        hub = Hub(stranger, [])
        yield hub
