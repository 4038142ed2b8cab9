"""Moments and numbers as readers write them, in the site's language and zone.

Babel knows how every language writes a date, and takes 50 µs to do so; a page shows hundreds. So
each pattern is read once and becomes a tuple of pieces, which then cost a microsecond a date.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import cached_property, lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, tokenize_pattern
from babel.numbers import format_decimal

Piece: TypeAlias = str | Callable[[datetime], str]
Pattern: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True)
class Moments:
    """How one site writes its moments and numbers. Made once for a language and zone: see `moments_in`."""

    locale: Locale
    zone: tzinfo

    def iso(self, moment: datetime) -> str:
        """For `<time datetime>`: RFC 3339, with the zone's offset at that time."""
        return moment.astimezone(self.zone).isoformat(timespec="seconds")

    def day(self, moment: datetime) -> str:
        """The day alone: 3 March 2024."""
        return _written(self._day, moment.astimezone(self.zone))

    def moment(self, moment: datetime) -> str:
        """Day and time: 3 March 2024, 14:05."""
        return _written(self._moment, moment.astimezone(self.zone))

    def calendar_day(self, day: date) -> str:
        """A day of the site's own calendar, which no zone can move."""
        return _written(self._day, datetime(day.year, day.month, day.day, tzinfo=UTC))

    def month(self, year: int, month: int) -> str:
        """A month of the site's own calendar: March 2024."""
        return _written(self._month, datetime(year, month, 1, tzinfo=UTC))

    def number(self, number: int) -> str:
        """How many there are of something: 5,300."""
        # Most are small, and written alike everywhere.
        return str(number) if 0 <= number < 1000 else format_decimal(number, locale=self.locale)

    @cached_property
    def _day(self) -> Pattern:
        return _compiled(str(self.locale.date_formats["long"].pattern), self.locale)

    @cached_property
    def _moment(self) -> Pattern:
        time = _compiled(str(self.locale.time_formats["short"].pattern), self.locale)
        frame = str(self.locale.datetime_formats["medium"])
        pieces: list[Piece] = []
        for before, slot in _slots(frame):
            pieces += [*_compiled(before, self.locale), *(self._day if slot == "1" else time)]
        return tuple(pieces)

    @cached_property
    def _month(self) -> Pattern:
        return _compiled(str(self.locale.datetime_skeletons["yMMMM"].pattern), self.locale)


@lru_cache(maxsize=64)
def moments_in(language: str, zone: str) -> Moments:
    """For a language (`de`, `pt-BR`) and a zone's name; English and UTC stand in for unknown ones."""
    return Moments(locale_of(language), _zone(zone))


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Babel's knowledge of a language; of English where it has none."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _written(pattern: Pattern, local: datetime) -> str:
    return "".join([piece if isinstance(piece, str) else piece(local) for piece in pattern])


def _slots(frame: str) -> list[tuple[str, str]]:
    """`{1}, {0}` as (words before, which slot)."""
    found = []
    words = ""
    position = 0
    while position < len(frame):
        if frame[position] == "{":
            found.append((words, frame[position + 1]))
            words, position = "", position + 3
        else:
            words, position = words + frame[position], position + 1
    return found


def _compiled(pattern: str, locale: Locale) -> Pattern:
    """A pattern of Unicode's (UTS #35, Date Field Symbols) as pieces; unknown fields are left out."""
    pieces: list[Piece] = []
    for _kind, value in tokenize_pattern(pattern):
        pieces.append(value if isinstance(value, str) else _field(*value, locale))
    return tuple(pieces)


def _field(letter: str, width: int, locale: Locale) -> Piece:
    symbol = letter * width
    if letter in "ML" and width > 2:
        months = [format_date(date(2024, month, 1), symbol, locale) for month in range(1, 13)]
        return lambda at: months[at.month - 1]
    if letter in "Ec":
        # 2024 began on a Monday.
        days = [format_date(date(2024, 1, 1 + weekday), symbol, locale) for weekday in range(7)]
        return lambda at: days[at.weekday()]
    if letter in "abB":
        parts = [format_time(time(hour), symbol, locale=locale) for hour in range(24)]
        return lambda at: parts[at.hour]
    if letter == "G":
        return format_date(date(2024, 1, 1), symbol, locale)
    number = _NUMBERS.get(letter)
    if number is None:
        return ""
    if letter == "y" and width == 2:
        return lambda at: f"{at.year % 100:02}"
    return lambda at: str(number(at)).zfill(width)


_NUMBERS: dict[str, Callable[[datetime], int]] = {
    "y": lambda at: at.year,
    "M": lambda at: at.month,
    "L": lambda at: at.month,
    "d": lambda at: at.day,
    "H": lambda at: at.hour,
    "h": lambda at: at.hour % 12 or 12,
    "K": lambda at: at.hour % 12,
    "k": lambda at: at.hour or 24,
    "m": lambda at: at.minute,
    "s": lambda at: at.second,
}
