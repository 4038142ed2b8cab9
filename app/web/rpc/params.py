"""What a method takes, as a line of words: each is a parameter's name, and its name says what it must be.

`"blog name password post publish?"`: the last may be left out. `"*"` takes whatever comes.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from app.core.i18n import _
from app.core.xml_rpc import INVALID_PARAMS, Fault

Params: TypeAlias = Mapping[str, Any]
WHATEVER = "*"

_LARGEST_ID = (1 << 63) - 1  # of either database


def arranged(takes: str, given: tuple[Any, ...]) -> Params:
    """The parameters by their names; one that was left out is not there. Raises Fault -32602."""
    if takes == WHATEVER:
        return {}
    names = takes.split()
    needed = sum(not name.endswith("?") for name in names)
    if not needed <= len(given) <= len(names):
        raise Fault(INVALID_PARAMS, _("This method takes: %(params)s.") % {"params": takes or "–"})
    pairs = zip((name.rstrip("?") for name in names), given, strict=False)
    return {name: _read(name, value) for name, value in pairs if value is not None}


def text(value: Any) -> str:
    """Text; a number will do, as clients send ids either way. Raises Fault."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _wrong()


def number(value: Any) -> int:
    """An id or a count, as a number or as its digits. Raises Fault."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST_ID:
        raise _wrong()
    return value


def flag(value: Any) -> bool:
    """Yes or no, as a boolean, a number, or the digit or word of either. Raises Fault."""
    if isinstance(value, str):
        value = {"": 0, "0": 0, "false": 0, "1": 1, "true": 1}.get(value.strip().lower())
    if value in (0, 1):
        return bool(value)
    raise _wrong()


def struct(value: Any) -> dict[str, Any]:
    """Names and values; those that are none are not there. Raises Fault."""
    # PHP has one type for both, so an empty one comes as an array.
    if value == []:
        return {}
    if not isinstance(value, dict):
        raise _wrong()
    return {str(name): inner for name, inner in value.items() if inner is not None}


def array(value: Any) -> list[Any]:
    """Values in order. Raises Fault."""
    if not isinstance(value, list):
        raise _wrong()
    return value


def texts(value: Any) -> list[str]:
    """Texts in order. Raises Fault."""
    return [text(one) for one in array(value)]


def _read(name: str, value: Any) -> Any:
    read: Callable[[Any], Any] = _READ_AS.get(name, text)
    return read(value)


def _anything(value: Any) -> Any:
    return value


def _wrong() -> Fault:
    return Fault(INVALID_PARAMS, _("A parameter is not of the type that this method takes."))


_READ_AS: Mapping[str, Callable[[Any], Any]] = {
    # One site has one number, and keys of programs were never looked at.
    "blog": _anything,
    "key": _anything,
    "post": number,
    "page": number,
    "upload": number,
    "most": number,
    "number": number,
    "publish": flag,
    "content": struct,
    "file": struct,
    "term": struct,
    "filter": struct,
    # A name alone, or a struct: its method looks closer.
    "category": _anything,
    "options": _anything,
    "categories": array,
    "calls": array,
    "fields": texts,
}
