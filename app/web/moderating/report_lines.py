"""What reports say, a line each, for those who decide about them."""

from collections.abc import Iterable

from app.core.i18n import _
from app.moderation.reports import REPORT_REASONS, Reported


def report_lines(reports: Iterable[Reported], *, is_anonymous: bool) -> list[str]:
    """Reason, name and note of each; `is_anonymous` for a moderator whose own it is, who learns no more than why."""
    if is_anonymous:
        return [_(REPORT_REASONS.get(one.reason, one.reason)) for one in reports]
    return [
        f"{_(REPORT_REASONS.get(one.reason, one.reason))} ({one.name or _('a visitor')})"
        + (f": {one.note}" if one.note else "")
        for one in reports
    ]
