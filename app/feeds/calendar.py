"""Calendars (RFC 5545): all-day events as bytes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.core.text import clean_text

MEDIA_TYPE = "text/calendar; charset=utf-8"
_LONGEST_LINE = 75


@dataclass(frozen=True, kw_only=True)
class DayEvent:
    """Something on one day. `sequence` rises with each change, `stamp` is when that was."""

    uid: str
    day: date
    title: str
    text: str
    url: str
    stamp: datetime
    sequence: int
    is_cancelled: bool = False


def write_calendar(title: str, events: Sequence[DayEvent]) -> bytes:
    """The whole calendar, its lines ended by CRLF and none longer than 75 octets."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rapport//Promises//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(title)}",
        *[line for event in events for line in _lines_of(event)],
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def escaped(text: str) -> str:
    """A text as a value (§3.3.11): no bare commas, semicolons, backslashes or line ends."""
    kept = clean_text(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return kept.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> bytes:
    """A line in pieces of at most 75 octets (§3.1), no character cut in two."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode()
        # All but the first begin with a blank, which counts.
        if len(piece) + len(octets) > _LONGEST_LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"


def _lines_of(event: DayEvent) -> Iterable[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{event.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    # The end is the first day that is not part of it (§3.6.1).
    yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.title)}"
    if event.text:
        yield f"DESCRIPTION:{escaped(event.text)}"
    yield f"URL:{event.url}"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    # Nobody is busy all day for it.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"
