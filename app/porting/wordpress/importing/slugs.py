"""Slugs and paths from an export: kept as they are wherever nothing speaks against it. Pure functions."""

import re
from unicodedata import normalize
from urllib.parse import unquote

from app.core.text import SLUG_LENGTH, slugify
from app.porting.wordpress.texts.old_site import OldSite
from app.posts.addresses import RESERVED, SHARED_WITH_LISTS

# Room is left for a number behind it.
PATH_LENGTH = 990
_NOT_IN_SLUG = re.compile(r"[\\/?#%<>\"'&\s]|^\.")
# What stands below these was never the program's own: old permalinks begin so.
_OPEN_BELOW = SHARED_WITH_LISTS | {"archives"}
_DATE = re.compile(r"/\d{4}(?:/\d{1,2}){0,2}/?")


def safe_slug(given: str, *otherwise: str) -> str:
    """The slug, percent-decoded as WordPress keeps it encoded; else one made of it, or of the others.

    Empty if none of them holds a letter.
    """
    decoded = normalize("NFC", unquote(given)).strip()
    if decoded and len(decoded) <= SLUG_LENGTH and _is_sound(decoded):
        return decoded
    return next((slug for slug in map(slugify, (decoded, *otherwise)) if slug), "")


def own_path(site: OldSite, link: str) -> str | None:
    """The path an item stood at; None where that was a query, another site, or nowhere sane."""
    path = site.path_of(link)
    return path if path is not None and is_sane(path) else None


def is_sane(path: str) -> bool:
    """Whether a post may stand there: below the root, with nothing odd in any part."""
    if not path.startswith("/") or path == "/" or len(path) > PATH_LENGTH or not path.isprintable():
        return False
    segments = path[1:].removesuffix("/").split("/")
    return all(s and s not in (".", "..") and "\\" not in s for s in segments)


def apart_from_ours(path: str) -> str:
    """The path with `-2` after its first segment where an address of the program's own stands there."""
    first, slash, rest = path[1:].partition("/")
    is_single = not rest
    if first in RESERVED and (is_single or first not in _OPEN_BELOW):
        return path if is_single and first in SHARED_WITH_LISTS else f"/{first}-2{slash}{rest}"
    return f"/{first}-2{slash}{rest}" if _DATE.fullmatch(path) else path


def numbered(path: str, number: int) -> str:
    """The path with a number after its last segment; the first is the path itself."""
    if number == 1:
        return path
    bare = path.removesuffix("/")
    return f"{bare}-{number}" + ("/" if path.endswith("/") else "")


def with_slug(path: str, slug: str, other: str) -> str | None:
    """The path with another slug in place of its own; None if its own is not in it."""
    bare = path.removesuffix("/")
    if not other or not bare.endswith(f"/{slug}"):
        return None
    return bare.removesuffix(slug) + other + ("/" if path.endswith("/") else "")


def _is_sound(slug: str) -> bool:
    return slug.isprintable() and not _NOT_IN_SLUG.search(slug)
