"""Addresses within the console: of a list, of its next page, and back to where a form stood. Pure."""

from datetime import datetime
from urllib.parse import urlencode

from app.core.text import is_number
from app.moderation.queue import Cursor
from app.moderation.sought import Sought, View, fields_of
from app.web.list_keys import key_in, written_key

QUEUE = "/mod/"


def address_of(sought: Sought, path: str = QUEUE, **more: str) -> str:
    """The address that asks for this."""
    fields = {**fields_of(sought), **{name: value for name, value in more.items() if value}}
    return f"{path}?{urlencode(fields)}" if fields else path


def read_cursor(written: str) -> Cursor | None:
    """Where the page before ended."""
    first, dash, last = written.partition("-")
    if not dash or not is_number(last):
        return None
    if first.startswith("d") and is_number(first[1:]):
        return Cursor(int(last), doubt=int(first[1:]) / 10_000)
    key = key_in(written)
    return Cursor(key[1], arrived_at=key[0]) if key else None


def write_cursor(sought: Sought, case_id: int, arrived_at: datetime, doubt: float) -> str:
    """The end of a page, for the address of the next."""
    if sought.view == View.MISTAKES:
        return f"d{round(doubt * 10_000)}-{case_id}"
    return written_key(arrived_at, case_id)


def row_in(written: str) -> str:
    """By what a row is found on its page: a comment's number, or a case's after a `c`; empty for anything else."""
    return written if is_number(written.removeprefix("c")) else ""


def back_to(written: str) -> str:
    """The address in the console from which a form was sent; the queue's own for any other."""
    is_ours = written.startswith(QUEUE) and not any(letter in written for letter in "\\\r\n\t#")
    return written if is_ours and written.isprintable() else QUEUE
