"""Bytes out of the store as the answer to a request: whole, in a range, or not at all if the reader has them.

Whatever a file is, it is saved and never opened in place: by its disposition, and if a browser
should open it all the same, by a policy under which it can do nothing (RFC 9110 §13, §14; RFC 6266).
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from app.core.errors import NotFound
from app.core.logs import get_logger
from app.core.storage import Store
from app.web.door.negotiation import http_date, is_known, is_unchanged, parsed_date

POLICY = "default-src 'none'; sandbox"
TO_EVERYBODY = "no-cache"
TO_ONE = "private, no-store"

_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*")

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it is handed out; `text` stands for a file that is not in the store."""

    name: str
    mime: str
    size: int
    sha256: str
    at: datetime
    storage_key: str = ""
    text: bytes = b""


@dataclass(frozen=True, slots=True)
class Span:
    """Some of the bytes: from `start` until before `stop`."""

    start: int
    stop: int


async def hand_out(request: Request, store: Store, file: Handed, caching: str) -> Response:
    """The answer. Raises NotFound where the file is lost."""
    headers = _headers(file, caching)
    if _has_it(request, file):
        return Response(status_code=304, headers=headers)
    if not file.text and await store.look(file.storage_key) is None:
        log.error("resource.lost", key=file.storage_key)
        raise NotFound
    span = asked_span(request, file)
    if span is None:
        headers["Content-Range"] = f"bytes */{file.size}"
        return Response(status_code=416, headers=headers)
    status = 200
    if span != Span(0, file.size):
        status, headers["Content-Range"] = 206, f"bytes {span.start}-{span.stop - 1}/{file.size}"
    headers["Content-Length"] = str(span.stop - span.start)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=file.mime)
    return StreamingResponse(
        _bytes_of(store, file, span), status, headers=headers, media_type=file.mime
    )


def is_begun(answer: Response) -> bool:
    """Whether this answer brings the beginning of a file: one download, in however many pieces."""
    span = answer.headers.get("content-range", "bytes 0-")
    return answer.status_code in (200, 206) and span.startswith("bytes 0-")


def asked_span(request: Request, file: Handed) -> Span | None:
    """The one range asked for, or all; None for one that the file has not (RFC 9110 §14.2)."""
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    everything = Span(0, file.size)
    if found is None or not (found[1] or found[2]) or not _is_still_it(request, file):
        # Several ranges, or what is no range: a server may answer with all of it.
        return everything
    if not found[1]:
        last = min(int(found[2]), file.size)
        return Span(file.size - last, file.size) if last else None
    start = int(found[1])
    stop = min(int(found[2]) + 1, file.size) if found[2] else file.size
    if found[2] and int(found[2]) < start:
        return everything
    return Span(start, stop) if start < file.size else None


def _headers(file: Handed, caching: str) -> dict[str, str]:
    return {
        "ETag": f'"{file.sha256}"',
        "Last-Modified": http_date(file.at.timestamp()).decode(),
        "Accept-Ranges": "bytes",
        "Cache-Control": caching,
        "Content-Disposition": disposition(file.name),
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def disposition(name: str) -> str:
    """To be saved under this name (RFC 6266 §4.3): in ASCII for old programs, and as it is."""
    plain = name.encode("ascii", "replace").decode().replace("?", "-")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _has_it(request: Request, file: Handed) -> bool:
    # RFC 9110 §13.2.2: the date counts only where there is no list of tags.
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return is_known(f'"{file.sha256}"'.encode(), tags.encode("latin-1"))
    since = request.headers.get("if-modified-since", "")
    return is_unchanged(int(file.at.timestamp()), since.encode("latin-1"))


def _is_still_it(request: Request, file: Handed) -> bool:
    """Whether a reader's first half is of the same file as the second would be (RFC 9110 §13.1.5)."""
    condition = request.headers.get("if-range")
    if condition is None:
        return True
    if condition.startswith('"'):
        return condition == f'"{file.sha256}"'
    return parsed_date(condition.encode("latin-1")) == float(int(file.at.timestamp()))


async def _bytes_of(store: Store, file: Handed, span: Span) -> AsyncIterator[bytes]:
    if file.text:
        yield file.text[span.start : span.stop]
        return
    async for block in store.read(file.storage_key, span.start, span.stop):
        yield block
