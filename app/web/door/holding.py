"""The `send` an application is given: answers worth having whole are held back until they are."""

from collections.abc import Awaitable, Callable

from starlette.types import Message, Send

_MOST = 4 << 20

Wants = Callable[[Message], bool]
Whole = Callable[[Message, bytes], Awaitable[None]]


class Holding:
    """Collects an answer and hands it to `whole`; lets through what `wants` declines.

    Also lets through what grows beyond 4 MB. For HEAD no body is sent, whatever comes.
    """

    def __init__(self, send: Send, wants: Wants, whole: Whole, *, head_only: bool) -> None:
        self._send = send
        self._wants = wants
        self._whole = whole
        self._head_only = head_only
        self._start: Message | None = None
        self._parts: list[bytes] = []
        self._size = 0

    async def __call__(self, message: Message) -> None:
        """One message of the application's answer."""
        if message["type"] == "http.response.start":
            self._start = message
            if not self._wants(message):
                await self._let_go()
        elif self._start is None:
            await self._pass(message)
        elif message["type"] == "http.response.body":
            await self._collect(self._start, message)
        else:
            await self._let_go()
            await self._pass(message)

    async def _collect(self, start: Message, message: Message) -> None:
        part = message.get("body", b"")
        self._parts.append(part)
        self._size += len(part)
        if not message.get("more_body", False):
            self._start = None
            await self._whole(start, b"".join(self._parts))
        elif self._size > _MOST:
            await self._let_go()

    async def _let_go(self) -> None:
        start, self._start = self._start, None
        parts, self._parts = self._parts, []
        if start is not None:
            await self._send(start)
        for part in parts:
            await self._pass({"type": "http.response.body", "body": part, "more_body": True})

    async def _pass(self, message: Message) -> None:
        if not self._head_only or message["type"] != "http.response.body":
            await self._send(message)
        elif not message.get("more_body", False):
            await self._send({"type": "http.response.body", "body": b""})
