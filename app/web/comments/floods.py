"""Whoever is told again and again that they send too many comments is told so at the door, for less.

A refusal shows the form with all that was typed: that reads from the database and draws a page. A
person needs it once or twice; to a robot that sends two hundred a second it would give the server.
"""

from math import ceil
from time import time

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.i18n import _
from app.core.networks import household, kept_address
from app.web.door.asking import headers_of

# So many refusals within so many seconds are as careful as they can be. Counted in one process's
# memory, since it only spares work: what is refused stands in the database.
CAREFUL = RateLimitItemPerSecond(5, 15)
_TOO_MANY = 429


class CommentFloods:
    """ASGI in, ASGI out; what it lets through, it only watches."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._refusals = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the lifespan, which passes."""
        if scope["type"] != "http" or not _sends_a_comment(scope):
            await self._app(scope, receive, send)
            return
        sender = _sender(scope)
        if not self._refusals.test(CAREFUL, sender):
            await self._refusal(sender)(scope, receive, send)
            return

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == _TOO_MANY:
                self._refusals.hit(CAREFUL, sender)
            await send(message)

        await self._app(scope, receive, watched)

    def _refusal(self, sender: str) -> Response:
        window = self._refusals.get_window_stats(CAREFUL, sender)
        wait = max(1, ceil(window.reset_time - time()))
        words = _("You are sending too many. Go back: your text is still there. Send it later.")
        return PlainTextResponse(f"{words}\n", _TOO_MANY, headers={"Retry-After": str(wait)})


def _sends_a_comment(scope: Scope) -> bool:
    path: str = scope["path"]
    is_door = path.endswith("/comment") or path == "/wp-comments-post.php"
    return is_door and scope["method"] == "POST"


def _sender(scope: Scope) -> str:
    """The household, and what its browser brings: of two people behind one address one may be known."""
    client = scope.get("client")
    first, _last = household(kept_address(client[0] if client else ""))
    return f"{first} {headers_of(scope).get(b'cookie', b'').decode('latin-1')}"
