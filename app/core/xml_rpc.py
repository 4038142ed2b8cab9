"""XML-RPC: calls and answers, as bytes to values and back. Pure; who calls what is others' business.

The reader is the standard library's under defusedxml's parser, with bounds of its own; of what can't
be read there comes a `Fault` and never anything else. Whoever gets bytes bounds their number.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeAlias
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import escape
from xmlrpc.client import Fault as ReadFault
from xmlrpc.client import Marshaller, ResponseError, Unmarshaller

from defusedxml.common import DefusedXmlException

from app.core.lean import with_empty
from app.core.text import clean_text

# It names the library's server only to patch it, which nobody here does: four megabytes.
with with_empty("xmlrpc.server"):
    from defusedxml.xmlrpc import DefusedExpatParser

Value: TypeAlias = (
    "str | int | float | bool | bytes | datetime | Sequence[Value] | Mapping[str, Value]"
)

# "Specification for Fault Code Interoperability", version 20010516.
NOT_WELL_FORMED = -32700
INVALID_CALL = -32600
NO_SUCH_METHOD = -32601
INVALID_PARAMS = -32602

# Elements inside each other, and values in one call: editors need a dozen, and a few hundred.
DEEPEST = 64
MOST_VALUES = 20_000
# A value in a struct is five elements; a file comes in as many pieces as its base64 has lines, twice.
MOST_ELEMENTS = 5 * MOST_VALUES
MOST_PIECES = 2_000_000
# Read in blocks, of which so many may hold nothing but one tag: its attributes, or a comment.
_BLOCK = 65_536
_MOST_SILENT = 4

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_READ_AS = (
    "nil", "boolean", "i4", "i8", "int", "double", "string", "name", "array", "struct", "base64",
    "value", "params", "fault", "methodName",
)  # fmt: skip
_AROUND = frozenset(("methodCall", "methodResponse", "param", "member", "data"))
# ISO 8601 as XML-RPC has it, and as its clients write it: with hyphens, with a zone.
_MOMENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?(?:(Z)|([+-]\d\d):?(\d\d))?"
)
_LARGEST_INT = 2**31 - 1


class Fault(Exception):
    """Why a call is not answered, as its caller is told."""

    def __init__(self, code: int, says: str) -> None:
        super().__init__(f"{code}: {says}")
        self.code = code
        self.says = says


@dataclass(frozen=True)
class Call:
    """What is called, with what."""

    method: str
    params: tuple[Any, ...]


def read_call(body: bytes) -> Call:
    """A call. Raises Fault: -32700 for what is not well-formed, names a DTD or an entity; else -32600."""
    reader = _Reader()
    params = _read(reader, body)
    method = reader.getmethodname()
    if not method:
        raise Fault(INVALID_CALL, "This is no call of a method.")
    return Call(method.strip(), params)


def read_answer(body: bytes) -> Any:
    """The value in an answer. Raises Fault: the one in the answer, or as `read_call` does."""
    reader = _Reader()
    params = _read(reader, body)
    if len(params) != 1 or reader.getmethodname() is not None:
        raise Fault(INVALID_CALL, "This is no answer to a call.")
    return params[0]


def read_moment(written: str) -> datetime | None:
    """A date and time, naive unless a zone is written; None where it is all noughts. Raises ValueError."""
    found = _MOMENT.fullmatch(written.strip())
    if found is None:
        raise ValueError(f"{written[:40]!r} is no date and time")
    *numbers, in_utc, hours, minutes = found.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    if not year:
        # WordPress and its clients write noughts for "none".
        return None
    return datetime(year, month, day, hour, minute, second, tzinfo=_zone(in_utc, hours, minutes))


def answer(value: Value) -> bytes:
    """The answer that this is."""
    return _response(Marshaller("utf-8").dumps((_writable(value),)))


def fault(code: int, says: str) -> bytes:
    """The answer that there is none, and why."""
    return _response(Marshaller("utf-8").dumps(ReadFault(code, clean_text(says))))


def call(method: str, params: Sequence[Value]) -> bytes:
    """A call of a method."""
    written = Marshaller("utf-8").dumps(tuple(map(_writable, params)))
    name = escape(clean_text(method))
    return (
        f"{_HEAD}<methodCall>\n<methodName>{name}</methodName>\n{written}</methodCall>\n".encode()
    )


def _response(inside: str) -> bytes:
    return f"{_HEAD}<methodResponse>\n{inside}</methodResponse>\n".encode()


def _writable(value: Value) -> Any:
    """The value in the very types that the writer knows, without characters that XML forbids."""
    if isinstance(value, str):
        return clean_text(str(value))
    if isinstance(value, bool | float | bytes | datetime):
        return value
    if isinstance(value, int):
        # XML-RPC has 32 bits for a number.
        return int(value) if abs(value) <= _LARGEST_INT else str(value)
    if isinstance(value, Mapping):
        return {clean_text(name): _writable(inner) for name, inner in value.items()}
    return [_writable(inner) for inner in value]


def _read(reader: "_Reader", body: bytes) -> tuple[Any, ...]:
    parser = DefusedExpatParser(reader, forbid_dtd=True)
    silent = 0
    try:
        for start in range(0, len(body), _BLOCK):
            heard = reader.heard
            parser.feed(body[start : start + _BLOCK])
            silent = silent + 1 if reader.heard == heard else 0
            if silent > _MOST_SILENT:
                raise _too_much()
        parser.close()
    # An encoding that nobody knows is a LookupError, one that expat can't read a ValueError.
    except (ExpatError, DefusedXmlException, LookupError, ValueError) as error:
        raise Fault(NOT_WELL_FORMED, "This is not well-formed XML, or not plain XML.") from error
    try:
        return reader.close()
    except ReadFault as given:
        raise _given(given) from None
    # A fault that holds no value is an IndexError.
    except (ResponseError, TypeError, IndexError) as error:
        raise _no_call() from error


def _too_much() -> Fault:
    return Fault(INVALID_CALL, "This is nested too deeply, or too long.")


def _no_call() -> Fault:
    return Fault(INVALID_CALL, "This is XML, but not XML-RPC.")


def _given(given: ReadFault) -> Fault:
    code = given.faultCode
    if not isinstance(code, int) or not isinstance(given.faultString, str):
        return _no_call()
    return Fault(code, given.faultString)


def _zone(in_utc: str | None, hours: str | None, minutes: str | None) -> timezone | None:
    if in_utc:
        return UTC
    if hours is None:
        return None
    sign = -1 if hours.startswith("-") else 1
    return timezone(timedelta(hours=int(hours), minutes=sign * int(minutes or 0)))


class _Reader(Unmarshaller):
    """Refuses what the library would pass over: what it does not know, what is too deep, too much."""

    def __init__(self) -> None:
        super().__init__(use_builtin_types=True)
        self._depth = 0
        self._values = 0
        self._elements = 0
        self._pieces = 0

    @property
    def heard(self) -> int:
        """How much it was told so far."""
        return self._elements + self._pieces

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        self._values += tag == "value"
        if self._depth > DEEPEST or self._values > MOST_VALUES or self._elements > MOST_ELEMENTS:
            raise _too_much()
        if tag not in self.dispatch and tag not in _AROUND:
            raise _no_call()
        try:
            super().start(tag, attrs)
        except ResponseError as error:
            raise _no_call() from error

    def data(self, text: str) -> None:
        self._pieces += 1
        if self._pieces > MOST_PIECES:
            raise _too_much()
        super().data(text)

    def end(self, tag: str) -> None:
        self._depth -= 1
        try:
            super().end(tag)
        except (TypeError, ValueError, IndexError) as error:
            raise _no_call() from error

    def _moment(self, written: str) -> None:
        self.append(read_moment(written))

    dispatch: dict[str, Callable[[Unmarshaller, str], None]] = {  # noqa: RUF012 - as its base has it
        **{name: Unmarshaller.dispatch[name] for name in _READ_AS},
        # An extension of many servers, for "none".
        "ex:nil": Unmarshaller.dispatch["nil"],
        "dateTime.iso8601": _moment,  # type: ignore[dict-item]
    }
