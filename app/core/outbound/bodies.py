"""Reading what a stranger's server sends: decoded in pieces, counted, never all at once."""

import zlib
from collections.abc import AsyncIterator

import httpx
from anyio.lowlevel import checkpoint

from app.core.errors import Unreachable
from app.core.i18n import _

PIECE = 64 * 1024
# So many pieces may be smaller than this, on the average.
MOST_CRUMBS = 2000
CRUMB = 100
SHARED_BY = 50
MOST_HEADERS = 200
MOST_HEADER_BYTES = 64 * 1024


class TooLong(Unreachable):
    """The answer is longer than what was asked for."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(
            _("The answer is larger than %(limit)d KB.") % {"limit": max_bytes // 1000}
        )


def check_headers(headers: httpx.Headers) -> None:
    """Raise Unreachable for headers out of all proportion."""
    size = sum(len(name) + len(value) for name, value in headers.raw)
    if len(headers.raw) > MOST_HEADERS or size > MOST_HEADER_BYTES:
        raise Unreachable(_("That server answered with more headers than any page needs."))


def check_length(headers: httpx.Headers, max_bytes: int) -> None:
    """Raise TooLong for an answer that announces more than `max_bytes`."""
    announced = headers.get("content-length", "")
    # No more digits than any length has: Python refuses to read a number of thousands.
    if announced.isdecimal() and int(announced[:20]) > max_bytes:
        raise TooLong(max_bytes)


async def pieces(response: httpx.Response, max_bytes: int) -> AsyncIterator[bytes]:
    """The decoded body in pieces of at most 64 KB; TooLong when it goes on beyond `max_bytes`.

    Gzip, the only encoding we ask for, is undone here: httpx's own decoders give out a whole
    network read at once, which for a bomb (or a bomb in a bomb) is gigabytes before anybody can
    count them.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise Unreachable(_("That server answered in an encoding nobody asked for."))
    raw = _counted(response.aiter_raw(), max_bytes)
    decoded = _gunzipped(raw) if encoding.endswith("gzip") else raw
    async for piece in _gathered(_counted(decoded, max_bytes)):
        yield piece


async def _gathered(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same in larger pieces, as each may be written to a disk."""
    kept = b""
    try:
        async for chunk in chunks:
            if len(kept) + len(chunk) > PIECE:
                yield kept
                kept = b""
            kept += chunk
    except TooLong:
        yield kept
        raise
    yield kept


async def _counted(chunks: AsyncIterator[bytes], max_bytes: int) -> AsyncIterator[bytes]:
    size = number = 0
    async for chunk in chunks:
        size, number = size + len(chunk), number + 1
        if size > max_bytes:
            raise TooLong(max_bytes)
        # One read of the network may hold ten thousand chunks of a byte: a second of work, in which
        # nobody else would have their turn.
        if number % SHARED_BY == 0:
            await checkpoint()
        if number > MOST_CRUMBS + size // CRUMB:
            raise Unreachable(_("That server answers in too many little pieces."))
        yield chunk


async def _gunzipped(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    inflate = zlib.decompressobj(wbits=31)
    async for chunk in chunks:
        rest = chunk
        while rest and not inflate.eof:
            try:
                piece = inflate.decompress(rest, PIECE)
            except zlib.error as error:
                raise Unreachable(_("The answer is damaged.")) from error
            rest = inflate.unconsumed_tail
            if piece:
                yield piece
        if inflate.eof:
            return
    # A few hundred bytes at most: what one step of the decoder can hold back.
    yield inflate.flush()
    if not inflate.eof:
        raise Unreachable(_("The answer breaks off in the middle."))
