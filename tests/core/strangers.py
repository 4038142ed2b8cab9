"""Other people's servers, played on loopback: raw TCP, so that they can lie as no library would."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import SocketAttribute, SocketStream

Behaviour = Callable[[SocketStream], Awaitable[None]]


@dataclass
class Stranger:
    """A server at `host:port` that counts its visitors and remembers what they sent."""

    host: str
    port: int
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address, with a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    @property
    def server(self) -> tuple[str, int]:
        """Host and port, as the door's exceptions want them."""
        return (self.host, self.port)


@asynccontextmanager
async def a_stranger(
    behave: Behaviour, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Stranger]:
    """Serve until the block ends; `behave` gets each connection after its request was read."""
    listener = await anyio.create_tcp_listener(local_host=host, local_port=port)
    stranger = Stranger(host, listener.extra(SocketAttribute.local_port))

    async def visit(stream: SocketStream) -> None:
        stranger.connections += 1
        async with stream:
            try:
                stranger.requests.append(await _request(stream))
                await behave(stream)
            except (anyio.BrokenResourceError, anyio.EndOfStream):
                return  # the visitor left: what most of these tests are about

    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, visit)
        yield stranger
        tasks.cancel_scope.cancel()


async def _request(stream: SocketStream) -> bytes:
    request = await stream.receive()
    if request.startswith(b"\x16"):
        return request  # a greeting in TLS, which ends otherwise
    while b"\r\n\r\n" not in request:
        request += await stream.receive()
    head, _blank, body = request.partition(b"\r\n\r\n")
    announced = re.search(rb"(?i)content-length: (\d+)", head)
    while announced and len(body) < int(announced[1]):
        body += await stream.receive()
    return head + b"\r\n\r\n" + body


def answers(body: bytes, *headers: str, status: str = "200 OK") -> Behaviour:
    """A well-behaved answer, HTML unless a header says otherwise."""
    lines = [f"HTTP/1.1 {status}", *headers]
    names = " ".join(headers).lower()
    if "content-type:" not in names:
        lines.append("Content-Type: text/html")
    if "content-length:" not in names and "transfer-encoding:" not in names:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return sends(head + body)


def sends(raw: bytes) -> Behaviour:
    """Exactly these bytes."""

    async def behave(stream: SocketStream) -> None:
        await stream.send(raw)

    return behave


def redirects_to(url: str, status: int = 302) -> Behaviour:
    """A redirect."""
    return answers(b"", f"Location: {url}", status=f"{status} Elsewhere")
