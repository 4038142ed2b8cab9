"""When somebody is mailed what: pure, in their own zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.notifications.notices.kinds import Level

# Who is on the site reads it there within this time, and needs no letter.
PATIENCE = timedelta(minutes=2)
_A_WEEK = 7


@dataclass(frozen=True)
class Rhythm:
    """When somebody wants their letters: at which hour of their day, and of the week on which day."""

    zone: str = ""
    hour: int = 8
    # As Python counts: Monday is 0.
    weekday: int = 0


def mail_moment(level: Level, rhythm: Rhythm, at: datetime, *, reminds: bool) -> datetime | None:
    """When what happens now is mailed to somebody; None for never."""
    if level in (Level.OFF, Level.INBOX):
        return None
    if reminds:
        # This morning if that is still to come; else soon, as tomorrow may be too late.
        return max(at + PATIENCE, next_morning(rhythm, begin_of_day(rhythm, at)))
    if level == Level.DAILY:
        return next_morning(rhythm, at)
    if level == Level.WEEKLY:
        return _next_week_day(rhythm, at)
    return at + PATIENCE


def next_morning(rhythm: Rhythm, after: datetime) -> datetime:
    """The next time that it is somebody's hour, after a moment."""
    local = after.astimezone(zone_of(rhythm.zone))
    for days in range(3):
        moment = _at_hour(rhythm, local, days)
        if moment > after:
            return moment
    raise AssertionError("a day has an end")


def begin_of_day(rhythm: Rhythm, at: datetime) -> datetime:
    """The last midnight where somebody lives, less a moment: their hour may be midnight itself."""
    zone = zone_of(rhythm.zone)
    midnight = datetime.combine(at.astimezone(zone).date(), time(), zone)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def is_same_day(rhythm: Rhythm, one: datetime, other: datetime) -> bool:
    """Whether two moments lie on the same day where somebody lives."""
    zone = zone_of(rhythm.zone)
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def _next_week_day(rhythm: Rhythm, after: datetime) -> datetime:
    local = after.astimezone(zone_of(rhythm.zone))
    ahead = (rhythm.weekday - local.weekday()) % _A_WEEK
    moment = _at_hour(rhythm, local, ahead)
    return moment if moment > after else _at_hour(rhythm, local, ahead + _A_WEEK)


def _at_hour(rhythm: Rhythm, local: datetime, days: int) -> datetime:
    day = local.date() + timedelta(days=days)
    # An hour that a clock change leaves out comes an hour later, one that it brings twice comes first.
    return datetime.combine(day, time(rhythm.hour), zone_of(rhythm.zone)).astimezone(UTC)


@lru_cache(maxsize=600)
def zone_of(name: str) -> tzinfo:
    """A zone by its name; UTC for none, and for one that is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
