"""Days that asks and offers name: by the site's calendar, from today to half a year ahead."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.core.errors import Invalid
from app.core.i18n import _

FARTHEST = timedelta(days=180)
USUALLY = timedelta(days=14)


def today_in(zone: str, at: datetime) -> date:
    """The day it is there."""
    return at.astimezone(ZoneInfo(zone)).date()


def end_of(day: date, zone: str) -> datetime:
    """The moment when a day is over there."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


def within_reach(day: date, field: str, zone: str, at: datetime, *, first: int = 0) -> date:
    """The day, if it is `first` to 180 days ahead. Raises Invalid, naming the limit at the field."""
    today = today_in(zone, at)
    earliest, latest = today + timedelta(days=first), today + FARTHEST
    if earliest <= day <= latest:
        return day
    says = _("Please name a day from %(first)s to %(last)s.")
    says = says % {"first": earliest.isoformat(), "last": latest.isoformat()}
    raise Invalid(says, fields={field: says})
