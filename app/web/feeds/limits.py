"""How often one client may fetch one feed whole. Those who ask whether it changed may ask for ever."""

from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from time import time

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Scope

from app.core.i18n import _
from app.web.door.asking import with_query
from app.web.door.security import SecurityHeaders

# A reader that asks every two minutes without conditions gets no more than one that knows how.
WHOLE_ANSWERS = RateLimitItemPerHour(30)


class FeedLimit:
    """Counts whole answers, in the memory of one process. Called with each before it is sent."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def __call__(self, scope: Scope, path: str) -> ASGIApp | None:
        """A refusal (429) to send instead, for a client that had this page of a feed too often."""
        page = with_query(path, scope["query_string"].decode("latin-1")) or path
        client = _client(scope)
        if self._limiter.hit(WHOLE_ANSWERS, client, page):
            return None
        window = self._limiter.get_window_stats(WHOLE_ANSWERS, client, page)
        wait = max(1, ceil(window.reset_time - time()))
        words = _("You have had this feed often enough. Ask with If-None-Match, or later.")
        return SecurityHeaders(
            PlainTextResponse(f"{words}\n", 429, headers={"Retry-After": str(wait)})
        )


def _client(scope: Scope) -> str:
    """The client's address; the network of an IPv6 address, since a household has a whole one."""
    host: str = scope["client"][0] if scope.get("client") else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return host
