"""This week's ten likely mistakes, as the console puts them: what is asked, and what the answers tell. Only reads."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _, ngettext
from app.moderation.sampling import Measured, ThisWeek, measured, this_week
from app.web.moderating.pages import Row, Sample


async def sample_of(db: AsyncSession, rows: Sequence[Row], now: datetime) -> Sample:
    """What stands above the likely mistakes."""
    week, found = await this_week(db, now), await measured(db, now)
    return Sample(rows, left=_left(week), tells=tells(found))


def _left(week: ThisWeek) -> str:
    if not week.chosen:
        return _("Each week the ten likeliest mistakes are put before you here.")
    if not week.left:
        return _("This week's are answered. Thank you; the next come on Monday.")
    left = ngettext("%(num)s is left", "%(num)s are left", week.left) % {"num": week.left}
    return _("Is each of these spam? Approve what is none, and call spam what is: %(left)s.") % {
        "left": left
    }


def tells(found: Measured) -> str:
    """How often the filters were wrong about the likeliest mistakes, and how sure that is; in words."""
    if found.percent is None:
        return _("Your answers tell how often the filters take for spam what is none.")
    low, high = found.between
    return _(
        "Of %(answered)s that people have answered in twelve weeks, %(mistakes)s were mistakes: "
        "%(percent)s %%. The true share lies between %(low)s and %(high)s %%, nineteen times in "
        "twenty; of all spam it is less, for these were the likeliest."
    ) % {
        "answered": found.answered, "mistakes": found.mistakes, "percent": found.percent,
        "low": low, "high": high,
    }  # fmt: skip
