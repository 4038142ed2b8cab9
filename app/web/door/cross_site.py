"""Writes that another site lets a browser send are refused, without a token in any form.

The algorithm of Go's `http.CrossOriginProtection`: browsers say themselves where a request comes
from (W3C Fetch Metadata, `Sec-Fetch-Site`; RFC 6454 §7, `Origin`). Pages stay the same for
everybody, so that they can be kept.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.errors import Forbidden
from app.core.i18n import marked
from app.web.errors import refusal

_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
# Doors meant for strangers: other people's servers and mail programs knock there.
_OPEN_PATHS = frozenset(("/xmlrpc.php", "/webmention", "/webmention/", "/wp-trackback.php"))
_OPEN_BEGINNINGS = ("/wp-trackback.php/", "/unsubscribe/")
_OPEN_ENDINGS = ("/trackback/", "/trackback")
_REFUSED = marked(
    "This was sent from another site, so it was not done. Nothing was changed. "
    "If it was you, open the page here and send it again."
)


class CrossSiteWrites:
    """Lets through what changes nothing, what comes from here, and what no browser sent."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._origin = _origin_of(base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the lifespan, which passes."""
        if scope["type"] != "http" or scope["method"] in _SAFE or self._may_write(scope):
            await self._app(scope, receive, send)
            return
        answer = await refusal(Request(scope, receive), Forbidden(_REFUSED))
        await answer(scope, receive, send)

    def _may_write(self, scope: Scope) -> bool:
        headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
        if is_open_door(scope["path"]) or _has_bearer_token(headers):
            return True
        sites = _values(headers, b"sec-fetch-site")
        if sites:
            return all(site in ("same-origin", "none") for site in sites)
        origins, hosts = _values(headers, b"origin"), _values(headers, b"host")
        # With neither header it was no browser: no browser's cookies are in it, either.
        return all(self._is_ours(origin, hosts) for origin in origins)

    def _is_ours(self, origin: str, hosts: Sequence[str]) -> bool:
        if origin == self._origin:
            return True
        host = origin.partition("://")[2]
        return bool(host) and list(hosts) == [host]


def is_open_door(path: str) -> bool:
    """Whether an address is meant for writes from anywhere."""
    return path in _OPEN_PATHS or path.startswith(_OPEN_BEGINNINGS) or path.endswith(_OPEN_ENDINGS)


def _has_bearer_token(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """A token that no browser adds by itself, as it does with cookies and passwords."""
    return any(value.lower().startswith("bearer ") for value in _values(headers, b"authorization"))


def _values(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1").strip().lower() for key, value in headers if key == name]


def _origin_of(base_url: str) -> str:
    """A base URL as browsers write an origin (RFC 6454 §6.2): without the port that goes without saying."""
    parts = urlsplit(base_url.lower())
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
