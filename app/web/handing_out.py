"""Bytes out of the store as the answer to a request: whole, in a range, or not at all if the reader has them.

RFC 9110 §13 and §14. Of several ranges at once all of the file is given, as §14.2 allows.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from app.core.errors import NotFound
from app.core.logs import get_logger
from app.core.storage import Store
from app.web.door.negotiation import http_date, is_known, is_unchanged, parsed_date

# What is saved and not shown: if a browser should open it all the same, it can do nothing there.
SAVED_ONLY = "default-src 'none'; sandbox"

_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*")

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it is handed out; `text` stands for a file that is not in the store.

    `headers` say how it may be kept, and what a browser may do with it.
    """

    mime: str
    size: int
    sha256: str
    at: datetime
    headers: Mapping[str, str]
    storage_key: str = ""
    text: bytes = b""

    @property
    def etag(self) -> str:
        """A strong one: of these bytes and no others."""
        return f'"{self.sha256}"'


@dataclass(frozen=True, slots=True)
class Span:
    """Some of the bytes: from `start` until before `stop`."""

    start: int
    stop: int


async def hand_out(request: Request, store: Store, file: Handed) -> Response:
    """The answer. Raises NotFound where the file is lost."""
    headers = _headers(file)
    if _has_it(request, file):
        return Response(status_code=304, headers=headers)
    if not file.text and await store.look(file.storage_key) is None:
        log.error("file.lost", key=file.storage_key)
        raise NotFound
    asked = asked_span(request, file)
    if asked is not None and asked.start >= file.size:
        headers["Content-Range"] = f"bytes */{file.size}"
        return Response(status_code=416, headers=headers)
    span = asked or Span(0, file.size)
    if asked is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{file.size}"
    headers["Content-Length"] = str(span.stop - span.start)
    status = 200 if asked is None else 206
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
    """The one range asked for; None for all. One that begins at the end is none the file has."""
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or not (found[1] or found[2]) or not _is_still_it(request, file):
        return None
    if not found[1]:
        return Span(max(file.size - int(found[2]), 0) if int(found[2]) else file.size, file.size)
    start = int(found[1])
    stop = min(int(found[2]) + 1, file.size) if found[2] else file.size
    return None if found[2] and int(found[2]) < start else Span(start, stop)


def _headers(file: Handed) -> dict[str, str]:
    return {
        "ETag": file.etag,
        "Last-Modified": http_date(file.at.timestamp()).decode(),
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        **file.headers,
    }


def disposition(name: str, kind: str = "attachment") -> str:
    """To be saved, or shown, under this name (RFC 6266 §4.3)."""
    if name == quote(name):
        return f'{kind}; filename="{name}"'
    return f"{kind}; filename*=utf-8''{quote(name, safe='')}"


def _has_it(request: Request, file: Handed) -> bool:
    # RFC 9110 §13.2.2: the date counts only where there is no list of tags.
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return is_known(file.etag.encode(), tags.encode("latin-1"))
    since = request.headers.get("if-modified-since", "")
    return is_unchanged(int(file.at.timestamp()), since.encode("latin-1"))


def _is_still_it(request: Request, file: Handed) -> bool:
    """Whether a reader's first half is of the same file as the second would be (RFC 9110 §13.1.5)."""
    condition = request.headers.get("if-range")
    if condition is None:
        return True
    if condition.startswith('"'):
        return condition == file.etag
    return parsed_date(condition.encode("latin-1")) == float(int(file.at.timestamp()))


async def _bytes_of(store: Store, file: Handed, span: Span) -> AsyncIterator[bytes]:
    if file.text:
        yield file.text[span.start : span.stop]
        return
    async for block in store.read(file.storage_key, span.start, span.stop):
        yield block
