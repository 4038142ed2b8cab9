"""What comes out of an archive is cleaned once more, whoever made it: HTML, addresses, places.

What can be made safe is; what can only be refused raises ValueError in words.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.core.markup import CleanHtml, clean_comment, clean_post, web_address
from app.core.secrets import Secrets
from app.core.storage import is_good_name
from app.discussions.threading import SEGMENT, depth_of
from app.media.files import ANY_BYTES, SHOWN_INLINE
from app.notifications.texts import refusal_key
from app.porting.archive.author_keys import reporter_as_kept, seal_key
from app.porting.archive.contents import Carried
from app.porting.archive.shapes import Row
from app.resources.files import PLAIN
from app.resources.uploading import FOLDER as RESOURCES

_Mend: TypeAlias = Callable[[Row], None]

# Written by the site's people; everything else by anybody.
_OF_AUTHORS = ("posts", "users", "resources")
# Columns that become links, by their tables; the longest that is kept is the column's own length.
_ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "users": ("website",),
    "comments": ("author_url",),
    "latest_posts": ("url",),
    "announcements": ("endpoint", "status_url"),
}
_LONGEST = 2000
_HARMLESS = SHOWN_INLINE | {ANY_BYTES, ""}
_FILES = "/wp-content/uploads/"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_TOKEN_LENGTHS = range(20, 65)


def cleaned(carried: Carried, row: Row, secrets: Secrets) -> Row:
    """The row as it may be kept. Raises ValueError for what can't be mended."""
    table = carried.table.name
    clean = clean_post if table in _OF_AUTHORS else clean_comment
    for column in carried.columns:
        if isinstance(column.type, CleanHtml) and row[column.name] is not None:
            row[column.name] = clean(row[column.name])
    for name in _ADDRESSES.get(table, ()):
        row[name] = web_address(row[name], limit=_LONGEST)
    if table == "author_keys":
        row["key"] = seal_key(secrets, row["key"])
    if table == "blog_followers":
        row["key"] = refusal_key(secrets, row["email"])
    if mend := _MENDED.get(table):
        mend(row)
    return row


def _mend_site(row: Row) -> None:
    if row["id"] != 1:
        raise ValueError("id: a site has one row, number 1")
    row["former_urls"] = [url for url in row["former_urls"] if web_address(url)]
    row["timezone"] = row["timezone"] if _is_zone(row["timezone"]) else "UTC"
    row["accent"] = row["accent"] if _COLOUR.fullmatch(row["accent"]) else ""
    for menu in ("top_menu", "foot_menu"):
        row[menu] = None if row[menu] is None else list(filter(_is_entry, row[menu]))


def _mend_user(row: Row) -> None:
    row["links"] = _links(row["links"])
    row["photo_path"] = row["photo_path"] if row["photo_path"].startswith(_FILES) else ""
    row["timezone"] = row["timezone"] if _is_zone(row["timezone"]) else ""


def _mend_profile(row: Row) -> None:
    row["links"] = _links(row["links"])
    photo = row["photo"]
    is_name = len(photo) in _TOKEN_LENGTHS and photo.replace("-", "").replace("_", "").isalnum()
    row["photo"] = photo if is_name and photo.isascii() else ""


def _mend_redirect(row: Row) -> None:
    target = row["target"]
    if not row["path"].startswith("/"):
        raise ValueError("path: it must begin with /")
    if target is not None and not _leads(target):
        raise ValueError("target: it must be a path or a web address")


def _mend_comment(row: Row) -> None:
    place = row["place"]
    if not place or len(place) % SEGMENT or row["depth"] != depth_of(place):
        raise ValueError("place: it must have eleven bytes a level")


def _mend_upload(row: Row) -> None:
    if not is_good_name(row["path"]):
        raise ValueError("path: it must be a plain relative path")
    # What it is, its own bytes say, once they have come.
    is_harmless = not row["is_stored"] and row["mime"] in _HARMLESS
    row["is_stored"], row["mime"] = False, row["mime"] if is_harmless else ANY_BYTES
    row["source_url"] = web_address(row["source_url"], limit=_LONGEST)


def _mend_version(row: Row) -> None:
    key = row["storage_key"]
    if key and not (is_good_name(key) and key.startswith(f"{RESOURCES}/")):
        raise ValueError("storage_key: it must lie in the folder of resources")
    row["mime"] = ANY_BYTES if key else PLAIN


def _mend_report(row: Row) -> None:
    row["reporter"] = reporter_as_kept(row)


def _mend_linkback(row: Row) -> None:
    if not row["source"].lower().startswith(("http://", "https://")):
        raise ValueError("source: it must be a web address")


_MENDED: Mapping[str, _Mend] = {
    "site": _mend_site,
    "users": _mend_user,
    "profiles": _mend_profile,
    "redirects": _mend_redirect,
    "comments": _mend_comment,
    "uploads": _mend_upload,
    "resource_versions": _mend_version,
    "reports": _mend_report,
    "linkbacks": _mend_linkback,
}


def _is_entry(given: dict[str, Any]) -> bool:
    """Whether this stands in a menu: words, and a page or an address that they lead to."""
    if set(given) not in ({"label", "page"}, {"label", "url"}) or type(given["label"]) is not str:
        return False
    url = given.get("url", "/")
    return type(given.get("page", 0)) is int and isinstance(url, str) and _leads(url)


def _links(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [link for link in given if web_address(link["url"])]


def _leads(target: str) -> bool:
    is_path = target.startswith("/") and not target.startswith(("//", "/\\"))
    return is_path or bool(web_address(target, limit=_LONGEST))


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
