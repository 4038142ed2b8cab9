"""The only clock. Aware UTC everywhere; zones appear in templates alone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_ahead = timedelta()
_seconds_ahead = 0.0


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _ahead


def unix_now() -> float:
    """The present moment in Unix seconds, for a fifth of what `now` costs."""
    return time.time() + _seconds_ahead


@contextmanager
def moved(by: timedelta) -> Iterator[None]:
    """Let time be later (or earlier) by `by` inside the block: for tests of what comes due."""
    before = _ahead
    _move(before + by)
    try:
        yield
    finally:
        _move(before)


def _move(ahead: timedelta) -> None:
    global _ahead, _seconds_ahead
    _ahead, _seconds_ahead = ahead, ahead.total_seconds()
