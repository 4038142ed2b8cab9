"""Due dates: days in the zone of whoever promises. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.core.errors import Invalid
from app.core.i18n import _
from app.networking.promises.moves import ANSWER_WITHIN, LAPSES_AFTER, State

SOONEST = timedelta(days=1)
LATEST = timedelta(days=180)
MOST_REMINDERS = 3


class Reminder(StrEnum):
    """Three days before, on the day, a week after. There is no fourth."""

    SOON = "soon"
    TODAY = "today"
    LATE = "late"


REMINDERS = {
    Reminder.SOON: timedelta(days=-3),
    Reminder.TODAY: timedelta(),
    Reminder.LATE: timedelta(days=7),
}


def zone_named(name: str) -> ZoneInfo:
    """A zone by its name; UTC for a name that no zone has."""
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError):
        return ZoneInfo("UTC")


def today_in(zone: str, at: datetime) -> date:
    """Which day it is there."""
    return at.astimezone(zone_named(zone)).date()


def beginning_of(day: date, zone: str) -> datetime:
    """The moment a day begins there, in UTC."""
    return datetime.combine(day, time(), zone_named(zone)).astimezone(UTC)


def due_date(typed: str, zone: str, at: datetime) -> date:
    """A due date as it was typed, if it is one day to 180 days ahead there. Raises Invalid, naming the limit."""
    today = today_in(zone, at)
    limits = {"first": today + SOONEST, "last": today + LATEST}
    says = _("Choose a day from %(first)s to %(last)s: one day to 180 days ahead.") % limits
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise Invalid(says, fields={"due": says}) from None
    if not limits["first"] <= day <= limits["last"]:
        raise Invalid(says, fields={"due": says})
    return day


def runs_out(state: State, due_on: date, zone: str, at: datetime) -> datetime | None:
    """When a state that begins at `at` ends by itself; None where it does not."""
    if state in (State.OFFERED, State.REQUESTED):
        # A day that is over can be promised no more.
        return min(at + ANSWER_WITHIN, beginning_of(due_on + timedelta(days=1), zone))
    if state == State.OPEN:
        # Whoever is told "not yet" late has a fortnight from then.
        past_due = beginning_of(due_on + LAPSES_AFTER + timedelta(days=1), zone)
        return max(past_due, at + LAPSES_AFTER) if at >= beginning_of(due_on, zone) else past_due
    return at + ANSWER_WITHIN if state == State.DONE else None


def reminder_due(due_on: date, zone: str, at: datetime) -> Reminder | None:
    """The last of the reminders whose day has come."""
    come = [one for one in Reminder if beginning_of(due_on + REMINDERS[one], zone) <= at]
    return come[-1] if come else None


def next_reminder(due_on: date, zone: str, at: datetime) -> datetime | None:
    """When the next one after `at` is due; None after the last."""
    moments = (beginning_of(due_on + ahead, zone) for ahead in REMINDERS.values())
    return next((moment for moment in moments if moment > at), None)
