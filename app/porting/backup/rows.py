"""Rows as lines of JSON, the same from either database: a list of values in the order of the columns.

Moments are in UTC without a zone, bytes in base64, JSON columns the text that was stored.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Date, DateTime, LargeBinary
from sqlalchemy.types import TypeEngine

from app.core.errors import Invalid

# Lines are packed when there are so many bytes of them; what unpacks to far more was never ours.
_ENOUGH = 4 << 20
_MOST = 64 << 20
# Random bytes in base64, the worst there is, are packed to less than they have.
MOST_PACKED = _MOST
_LEVEL = 6
_GZIP = 16 + zlib.MAX_WBITS


def packed(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, bytes]]:
    """Parts of a table: how many rows each has, and its lines, gzipped. Empty tables have none."""
    lines: list[bytes] = []
    size = 0
    for row in rows:
        line = json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"
        lines.append(line)
        size += len(line)
        if size > _MOST:
            raise ValueError("a row has more bytes than a backup takes back")
        if size >= _ENOUGH:
            yield len(lines), _pack(lines)
            lines, size = [], 0
    if lines:
        yield len(lines), _pack(lines)


def unpacked(part: bytes, name: str) -> list[bytes]:
    """The lines of a part. Raises Invalid, naming it, for what is damaged or unpacks to too much."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        text = unpacker.decompress(part, _MOST)
    except zlib.error as error:
        raise Invalid(f"The backup is damaged: {name} can't be unpacked.") from error
    if unpacker.unconsumed_tail:
        raise Invalid(f"The backup is refused: {name} unpacks to more than it may.")
    if not unpacker.eof or unpacker.unused_data or not text.endswith(b"\n"):
        raise Invalid(f"The backup is damaged: {name} can't be unpacked.")
    return text[:-1].split(b"\n")


def reader_of(types: Sequence[TypeEngine[Any]], name: str) -> Callable[[bytes], list[Any]]:
    """Reads a line of the member `name` as values for columns of these types; raises Invalid."""
    readers = [_reader(kind) for kind in types]

    def read(line: bytes) -> list[Any]:
        try:
            values = json.loads(line)
            return [
                None if value is None else reader(value)
                for reader, value in zip(readers, values, strict=True)
            ]
        except (ValueError, TypeError) as error:
            raise Invalid(f"The backup is damaged: {name} has a row that can't be read.") from error

    return read


def _pack(lines: list[bytes]) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(b"".join(lines)) + packer.flush()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(bytes(value)).decode("ascii")
    return value


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    if isinstance(kind, DateTime):
        zone = UTC if kind.timezone else None
        return lambda value: datetime.fromisoformat(value).replace(tzinfo=zone)
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return b64decode
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    if isinstance(value, list | dict):
        raise TypeError("a value is no list")
    return value
