"""Dates as WordPress writes them, and only those that can be meant."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# `9999-12-31` says "never", and no zone can be applied to it; `0000-00-00` says "not yet".
_EARLIEST, _LATEST = 1000, 9998


def wall_clock(text: str) -> datetime | None:
    """`2012-01-03 17:05:00` as a naive moment; None for nonsense, zeros and days no calendar has."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo is None and _is_sound(found) else None


def moment(text: str, published: str = "") -> datetime | None:
    """The same as an aware moment in UTC; else what an RFC 822 date beside it says; else None."""
    found = wall_clock(text)
    if found is not None:
        return found.replace(tzinfo=UTC)
    if "-0001" in published:
        # What PHP makes of 0000-00-00; a lenient reader would take it for 2001.
        return None
    try:
        found = parsedate_to_datetime(published)
    except (ValueError, TypeError, IndexError):
        return None
    if not _is_sound(found):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _is_sound(found: datetime) -> bool:
    return _EARLIEST <= found.year <= _LATEST
