"""The queue's filters as they stand in an address, and back. Pure; what can't be read narrows nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from app.core.text import clean_text
from app.moderation.queue import Age, Claimed, Cursor, Links, Sought, View
from app.search.asking import QUERY_LENGTH

Choice = TypeVar("Choice", bound=StrEnum)

QUEUE = "/mod/"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Beyond any id and any moment there is.
_DIGITS = 18


def read_sought(given: Mapping[str, str]) -> Sought:
    """What an address asks for."""
    return Sought(
        view=_one_of(View, given.get("tab", "")) or View.NEEDS,
        kind=clean_text(given.get("type", ""))[:20],
        post_id=_number(given.get("post", "")),
        author_id=_number(given.get("author", "")),
        reason=clean_text(given.get("reason", "")).strip()[:40],
        age=_one_of(Age, given.get("age", "")),
        links=_one_of(Links, given.get("links", "")),
        claimed=_one_of(Claimed, given.get("claimed", "")),
        words=clean_text(given.get("q", "")).strip()[:QUERY_LENGTH],
    )


def fields_of(sought: Sought) -> dict[str, str]:
    """The fields of an address that ask for this."""
    fields = {
        "tab": "" if sought.view == View.NEEDS else str(sought.view),
        "type": sought.kind,
        "post": str(sought.post_id or ""),
        "author": str(sought.author_id or ""),
        "reason": sought.reason,
        "age": sought.age or "",
        "links": sought.links or "",
        "claimed": sought.claimed or "",
        "q": sought.words,
    }
    return {name: value for name, value in fields.items() if value}


def address_of(sought: Sought, path: str = QUEUE, **more: str) -> str:
    """The address that asks for this."""
    fields = {**fields_of(sought), **{name: value for name, value in more.items() if value}}
    return f"{path}?{urlencode(fields)}" if fields else path


def read_cursor(written: str) -> Cursor | None:
    """Where the page before ended."""
    first, dash, last = written.partition("-")
    if not dash or not _is_number(last):
        return None
    if first.startswith("d") and _is_number(first[1:]):
        return Cursor(int(last), doubt=int(first[1:]) / 10_000)
    if not _is_number(first):
        return None
    return Cursor(int(last), arrived_at=_EPOCH + timedelta(microseconds=int(first)))


def write_cursor(sought: Sought, case_id: int, arrived_at: datetime, doubt: float) -> str:
    """The end of a page, for the address of the next."""
    if sought.view == View.MISTAKES:
        return f"d{round(doubt * 10_000)}-{case_id}"
    return f"{(arrived_at - _EPOCH) // timedelta(microseconds=1)}-{case_id}"


def back_to(written: str) -> str:
    """The address in the console from which a form was sent; the queue's own for any other."""
    is_ours = written.startswith(QUEUE) and not any(letter in written for letter in "\\\r\n\t#")
    return written if is_ours and written.isprintable() else QUEUE


def _one_of(choices: type[Choice], written: str) -> Choice | None:
    return choices(written) if written in set(choices) else None


def _number(written: str) -> int | None:
    return int(written) if _is_number(written) else None


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdecimal() and len(written) <= _DIGITS
