"""The style sheet of what an owner chose: a few tokens, at an address made from what is in it."""

import hashlib
from functools import lru_cache

from app.site.colour import accent_of
from app.site.models import ReadingWidth, SiteRow

# In the unit of tokens.css: so many letters of a line that 62, 68 and 76 of them stand in it.
_MEASURES = {
    ReadingWidth.NARROW: "32rem",
    ReadingWidth.NORMAL: "",
    ReadingWidth.WIDE: "42rem",
}


def sheet_of(site: SiteRow) -> str:
    """The tokens that are not the program's own, as CSS; empty where all are."""
    return _sheet(site.accent, site.reading_width)


def sheet_address(site: SiteRow) -> str:
    """Where that sheet is served, under another name whenever it says anything else; empty without one."""
    return _address(site.accent, site.reading_width)


@lru_cache(maxsize=64)
def _sheet(accent: str, width: str) -> str:
    rules = _of_accent(accent) if accent else ""
    if measure := _MEASURES[ReadingWidth(width)]:
        rules += f":root{{--measure:{measure}}}"
    return f"@layer tokens{{{rules}}}" if rules else ""


@lru_cache(maxsize=64)
def _address(accent: str, width: str) -> str:
    sheet = _sheet(accent, width)
    digest = hashlib.sha256(sheet.encode()).hexdigest()[:12]
    return f"/static/look.{digest}.css" if sheet else ""


def _of_accent(chosen: str) -> str:
    accent = accent_of(chosen)
    by_day = f"--accent:{accent.day};--accent-ink:{accent.day_ink}"
    by_night = f"--accent:{accent.night};--accent-ink:{accent.night_ink}"
    return f":root{{{by_day}}}@media (prefers-color-scheme: dark){{:root{{{by_night}}}}}"
