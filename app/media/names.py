"""What files that come in may be called: names that no system, no header and no reader is hurt with. Pure."""

import re
import unicodedata

from app.core.text import slugify

_LONGEST_STEM = 100
_FOLDERS = re.compile(r"[\\/]")
# Windows knows these in any folder, whatever their ending.
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]")


def safe_name(given: str) -> tuple[str, str]:
    """A stem and an ending that no system and no header can be hurt with; the ending may be empty.

    Hyphens stand for all that is no letter: no dots of hidden files or earlier endings are left, and
    nothing that turns the direction of reading.
    """
    last = without_folders(given.replace("\0", ""))
    stem, dot, ending = last.rpartition(".")
    ending = ending.strip().lower() if dot else ""
    if not (ending.isascii() and ending.isalnum()):
        ending = ""
    letters = "".join(
        c for c in stem if unicodedata.category(c) not in ("Cf", "Cc", "Cs", "Co", "Cn")
    )
    name = slugify(letters)[:_LONGEST_STEM].strip("-")
    while len(name.encode()) > 2 * _LONGEST_STEM:
        name = name[:-1]
    return f"{name}-file" if _DEVICES.fullmatch(name) else name or "file", ending


def without_folders(given: str) -> str:
    """The last part of a name, as some programs send the whole path."""
    return _FOLDERS.split(given)[-1]
