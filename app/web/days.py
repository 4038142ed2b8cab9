"""Days that stand in an address, from the first to the last: what a log or a list is narrowed to."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def first_moment(written: str, zone: tzinfo) -> datetime | None:
    """When a day begins, as browsers' date fields write it; None for what can't be read, which narrows nothing."""
    return _start(_day(written), zone)


def moment_after(written: str, zone: tzinfo) -> datetime | None:
    """When a day is over; None likewise."""
    last = _day(written)
    return _start(last + timedelta(days=1) if last else None, zone)


def _day(written: str) -> date | None:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    # No zone reaches beyond the first and the last days there are.
    return found if 1 < found.year < 9999 else None


def _start(day: date | None, zone: tzinfo) -> datetime | None:
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None
