"""Where a list goes on, as it stands in an address: a moment and a number, of which no two rows have the same."""

from datetime import UTC, datetime, timedelta

from app.core.text import is_number

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ONE = timedelta(microseconds=1)


def written_key(at: datetime, number: int) -> str:
    """The key of a row."""
    return f"{(at - _EPOCH) // _ONE}-{number}"


def key_in(written: str) -> tuple[datetime, int] | None:
    """The same, read; None for what is none, or lies beyond all time."""
    first, _dash, last = written.partition("-")
    if not (is_number(first) and is_number(last)):
        return None
    try:
        return _EPOCH + int(first) * _ONE, int(last)
    except OverflowError:
        return None
