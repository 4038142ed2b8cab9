"""How long a comment usually waits until a person has read it: said near the form, counted once an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.i18n import _, ngettext
from app.core.page_cache import PageCache
from app.discussions.waits import waits_of_late
from app.site.models import SiteRow
from app.web.door.page_cache import changes_before

# Kept beside the pages; no address begins with a blank.
_KEPT = " usual wait"
_GOOD_FOR = timedelta(hours=1)
# Of fewer decisions nothing can be said.
_FEWEST = 10


@dataclass(frozen=True)
class _Counted:
    at: datetime
    wait: timedelta | None


async def usual_wait(request: Request, session: AsyncSession, site: SiteRow) -> str:
    """A sentence, or nothing while too few were decided by people, or where owners want none."""
    if not site.says_usual_wait:
        return ""
    kept: PageCache[Any] = request.app.state.cache
    counted: _Counted | None = kept.find(_KEPT)
    now = clock.now()
    if counted is None or abs(now - counted.at) > _GOOD_FOR:
        waits = await waits_of_late(session, now)
        counted = _Counted(now, _usual(waits))
        kept.keep(_KEPT, counted, frozenset(), weight=200, since=changes_before(request.scope))
    return in_words(counted.wait) if counted.wait is not None else ""


def in_words(wait: timedelta) -> str:
    """About how long, as a person says it."""
    minutes = max(1, round(wait.total_seconds() / 60))
    if minutes < 60:
        words = ngettext(
            "Usual wait: about %(num)d minute.", "Usual wait: about %(num)d minutes.", minutes
        )
        return words % {"num": minutes}
    hours = round(minutes / 60)
    if hours < 36:
        words = ngettext(
            "Usual wait: about %(num)d hour.", "Usual wait: about %(num)d hours.", hours
        )
        return words % {"num": hours}
    days = round(hours / 24)
    return _("Usual wait: about %(num)d days.") % {"num": days}


def _usual(waits: list[timedelta]) -> timedelta | None:
    if len(waits) < _FEWEST:
        return None
    return timedelta(seconds=median(wait.total_seconds() for wait in waits))
