"""Event streams run in front of the application, which only decides about them.

While a stream is open nothing of what answered it is left in memory: no session, no request, none
of the layers in between. The endpoint opens it and answers with its headers; when all of them are
done, the stream goes on from here.
"""

from fastapi import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.live.stream import Stream
from app.web.live.streams import Streams

LIVE = "/live/"
EVENT_STREAM = "text/event-stream"
_OPENED = "rapport.opened_streams"
_HEADERS = {
    "Content-Type": EVENT_STREAM,
    # Not to be changed either: proxies that compress collect first.
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
    "Vary": "Accept",
}


def stream_answer(request: Request, stream: Stream | None) -> Response:
    """An endpoint's answer: the headers of a stream, which the door then goes on with; None for HEAD."""
    if stream is not None:
        request.scope[_OPENED].append(stream)
    return Response(headers=_HEADERS)


class StreamsDoor:
    """ASGI in, ASGI out; everything that is no stream passes."""

    def __init__(self, app: ASGIApp, streams: Streams) -> None:
        self._app = app
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the lifespan, which passes."""
        if scope["type"] != "http" or not scope["path"].startswith(LIVE):
            await self._app(scope, receive, send)
            return
        opened: list[Stream] = []
        try:
            await self._answer({**scope, _OPENED: opened}, receive, send)
            for stream in opened:
                await stream.run(receive, send)
        finally:
            for stream in opened:
                self._streams.close(stream)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer; of what it says about a stream, the headers are sent."""
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        try:
            await self._app(scope, receive, hold)
        finally:
            for message in held:
                if message["type"] == "http.response.start":
                    await send(_endless(message))
                elif not scope[_OPENED]:
                    await send(message)


def _endless(start: Message) -> Message:
    """A stream, also one that HEAD asks about, has no length."""
    headers: list[tuple[bytes, bytes]] = start["headers"]
    if (b"content-type", EVENT_STREAM.encode()) not in headers:
        return start
    return {**start, "headers": [pair for pair in headers if pair[0] != b"content-length"]}
