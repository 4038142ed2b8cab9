"""What every private feed says: for one reader, never listed nor kept on the way, asked for again each time.

The page cache keeps none of it: whether a link still opens what it opened is asked anew each time.
"""

import hashlib

from fastapi import Request
from starlette.responses import Response

from app.core.errors import NotFound
from app.web.deps import Frame
from app.web.door.negotiation import http_date, is_known, is_unchanged
from app.web.feeds.answers import AskedFeed, Contents, feed_of

PRIVATE = {
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


def answer_privately(
    request: Request, frame: Frame, asked: AskedFeed, contents: Contents
) -> Response:
    """The feed as bytes, or that the reader has it (304). Raises NotFound beyond its end."""
    if asked.page > 1 and not contents.entries:
        raise NotFound
    feed = feed_of(frame, asked, contents, hub_url="")
    content_type = f"{asked.format.media_type}; charset=utf-8"
    return conditionally(
        request,
        asked.format.write(feed),
        content_type,
        feed.updated.timestamp() if contents.entries else None,
    )


def conditionally(
    request: Request, body: bytes, content_type: str, changed_at: float | None
) -> Response:
    """An answer for one reader, without its body for whoever has it already (RFC 9110 §13.2.2)."""
    etag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {**PRIVATE, "ETag": etag}
    if changed_at is not None:
        headers["Last-Modified"] = http_date(changed_at).decode()
    known, since = (request.headers.get(name) for name in ("if-none-match", "if-modified-since"))
    if known is not None:
        has_it = is_known(etag.encode(), known.encode("latin-1"))
    else:
        is_dated = since is not None and changed_at is not None
        has_it = is_dated and is_unchanged(int(changed_at or 0), (since or "").encode("latin-1"))
    if has_it:
        return Response(status_code=304, headers=headers)
    return Response(body, headers={**headers, "Content-Type": content_type})
