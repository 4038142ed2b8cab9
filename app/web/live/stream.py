"""One open event stream: what its listener knows, and how they are told more."""

import asyncio
import contextlib
import json
import random
from dataclasses import dataclass
from typing import NamedTuple

from starlette.types import Receive, Send

from app.discussions.topics.listening import Said

# Milliseconds after which a browser comes back; not all of them in the same second.
_BACK_AFTER = (2_000, 20_000)
_HEARTBEAT = b":\n\n"


@dataclass(frozen=True, slots=True)
class Listener:
    """Who listens, to which topic, and whom that counts against. Without a topic: to their inbox."""

    token: str
    topic_id: int | None
    owner: str


class Heard(NamedTuple):
    """What a listener may know at this moment; all zeros where there is nothing of it."""

    user_id: int = 0
    unread: int = 0
    thread_id: int = 0
    said: Said = Said(0, 0, 0)
    # Whom they do not see, by a block of either.
    hidden: tuple[int, ...] = ()

    @property
    def mark(self) -> str:
        """What changes whenever there is something to tell."""
        return f"{self.said.total}-{self.said.newest}-{self.unread}"

    def as_json(self) -> str:
        """Counts and one number, never a word of what was said."""
        told = {"count": self.said.total, "newest": self.said.newest, "unread": self.unread}
        return json.dumps(told, separators=(",", ":"))


class Stream:
    """Lean, as there are thousands: one future to wait on, one task that sees the listener go.

    Whoever does not take what is sent holds up nobody else: each stream sends for itself.
    """

    __slots__ = (
        "_has_beaten", "_is_over", "_known", "_waiting", "ask_at", "beat_at", "heard", "listener",
    )  # fmt: skip

    def __init__(self, listener: Listener, heard: Heard, known: str, at: float) -> None:
        self.listener = listener
        self.heard = heard
        # When it is to show that it lives, and when its listener's rights are looked at again.
        self.beat_at = self.ask_at = at
        # The mark of what was told last: by this stream, or by the one that broke off before it.
        self._known = known
        self._waiting: asyncio.Future[None] | None = None
        self._has_beaten = self._is_over = False

    def tell(self, heard: Heard) -> None:
        """Let the listener know, if it is anything new."""
        self.heard = heard
        if heard.mark != self._known:
            self._wake()

    def beat(self) -> None:
        """Show that the connection is alive, to whatever stands between."""
        self._has_beaten = True
        self._wake()

    def end(self) -> None:
        """Tell nothing more; the answer is complete a moment later."""
        self._is_over = True
        self._wake()

    async def run(self, receive: Receive, send: Send) -> None:
        """Send until it is ended, or the listener has gone."""
        gone = asyncio.get_running_loop().create_task(_until_gone(receive))
        gone.add_done_callback(lambda _: self.end())
        try:
            await _send(send, b"retry: %d\n\n" % random.randint(*_BACK_AFTER))  # noqa: S311
            while not self._is_over:
                if words := self._to_say():
                    await _send(send, words)
                else:
                    self._waiting = asyncio.get_running_loop().create_future()
                    await self._waiting
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone

    def _to_say(self) -> bytes:
        beaten, self._has_beaten = self._has_beaten, False
        mark = self.heard.mark
        if mark == self._known:
            return _HEARTBEAT if beaten else b""
        self._known = mark
        # WHATWG HTML §9.2.5: an event of several fields ends with an empty line.
        return f"id: {mark}\nevent: news\ndata: {self.heard.as_json()}\n\n".encode()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


async def _send(send: Send, words: bytes) -> None:
    await send({"type": "http.response.body", "body": words, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
