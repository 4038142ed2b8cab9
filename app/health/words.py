"""Sizes and spans of time, in words."""

from datetime import timedelta

from app.core.i18n import _, ngettext

_KB, _MB, _GB = 1000, 1000**2, 1000**3


def size(number: int) -> str:
    """Bytes in the unit that fits, decimal as disks are sold."""
    if number >= _GB:
        return _("%(number)s GB") % {"number": f"{number / _GB:.1f}"}
    if number >= _MB:
        return _("%(number)s MB") % {"number": f"{number / _MB:.1f}"}
    return _("%(number)s KB") % {"number": f"{max(1, round(number / _KB))}"}


def ago(span: timedelta) -> str:
    """How long it is since, roundly."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return _("less than a minute ago")
    if minutes < 60:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes) % {"num": minutes}
    if minutes < 48 * 60:
        hours = minutes // 60
        return ngettext("%(num)s hour ago", "%(num)s hours ago", hours) % {"num": hours}
    days = minutes // (24 * 60)
    return ngettext("%(num)s day ago", "%(num)s days ago", days) % {"num": days}
