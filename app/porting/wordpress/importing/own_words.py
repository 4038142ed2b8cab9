"""Reads what `exporting.own_words` wrote: what Rapport knows and WXR has no word for. Pure.

A file may come from anybody, so every value is looked at before it is taken: what is not as we would
have written it is as if it were not there.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.core.markup import SafeHtml, clean_post, web_address
from app.core.text import clean_text, one_line
from app.porting.wordpress.exporting.own_words import PREFIX
from app.porting.wordpress.importing.slugs import PATH_LENGTH, safe_slug
from app.porting.wordpress.reading.values import Channel, Item, WxrAuthor, WxrComment
from app.porting.wordpress.texts.old_site import UPLOADS
from app.posts.models import RedirectSource
from app.site.models import Permalinks

_LARGEST_LIST = 1000


def site_settings(channel: Channel) -> dict[str, Any]:
    """Columns of the site's row, as far as the file has them."""
    given = _object(channel.own_settings)
    checks: dict[str, Callable[[Any], bool]] = {
        "timezone": _is_zone,
        "permalinks": lambda value: value in list(Permalinks),
        "posts_per_page": lambda value: _is_between(value, 1, _LARGEST_LIST),
        "feed_items": lambda value: _is_between(value, 1, _LARGEST_LIST),
        "feed_full_text": lambda value: isinstance(value, bool),
        "front_page_id": lambda value: value is None or _is_between(value, 1, 1 << 47),
        "guid_host": lambda value: isinstance(value, str) and 0 < len(value) <= 253,
    }
    return {
        name: given[name] for name, check in checks.items() if name in given and check(given[name])
    }


def former_urls(channel: Channel) -> list[str]:
    """Where the site stood before it stood where the file says."""
    given = _object(channel.own_settings).get("former_urls")
    urls = given if isinstance(given, list) else []
    return [url for url in urls if isinstance(url, str) and web_address(url)]


def author_box(author: WxrAuthor) -> dict[str, Any]:
    """Columns of the author's row for the "About the author" box."""
    given = _object(author.own_box)
    if not given:
        return {}
    photo = _text(given, "photo_path")
    return {
        "bio_source": clean_text(_text(given, "bio_source")),
        "bio_html": clean_post(_text(given, "bio_html")),
        "website": web_address(_text(given, "website")),
        "photo_path": photo if photo.startswith(UPLOADS) and len(photo) <= 500 else "",
        "links": list(_links(given.get("links"))),
        "created_at": _moment(_text(given, "created_at")),
    }


def no_box() -> dict[str, Any]:
    """The same for an author of whom the file knows nothing but the name."""
    empty: dict[str, Any] = {
        "bio_source": "",
        "website": "",
        "photo_path": "",
        "links": [],
        "created_at": None,
    }
    return {**empty, "bio_html": SafeHtml("")}


def author_slug(author: WxrAuthor) -> str:
    """The slug the author had here; empty for WordPress's own."""
    return safe_slug(_text(_object(author.own_box), "slug"))


def redirects(channel: Channel) -> Iterator[dict[str, Any]]:
    """Rows of redirects; `post_id` is still the post's number in the file."""
    for text in channel.own_redirects:
        given = _object(text)
        path, target, post = _text(given, "path"), given.get("target"), given.get("post")
        if not path.startswith("/") or len(path) > PATH_LENGTH:
            continue
        yield {
            "path": path,
            "target": target if isinstance(target, str) and _leads(target) else None,
            "post_id": post if isinstance(post, int) else None,
            "source": _source(_text(given, "source")),
        }


def _leads(target: str) -> bool:
    is_path = target.startswith("/") and not target.startswith(("//", "/\\"))
    return len(target) <= 2000 and (is_path or bool(web_address(target, limit=2000)))


def _source(given: str) -> RedirectSource:
    return RedirectSource(given) if given in list(RedirectSource) else RedirectSource.IMPORT


def is_ours(item: Item) -> bool:
    """Whether Rapport wrote this item, in a state for which it tells more than WordPress does."""
    return bool(item.meta_values(f"{PREFIX}was_public"))


def fact(thing: Item | WxrComment, name: str) -> str:
    """What is noted under our own name; empty if nothing is."""
    return next((value for key, value in thing.meta if key == PREFIX + name), "")


def facts(item: Item, name: str) -> tuple[str, ...]:
    """All that is noted under it."""
    return item.meta_values(PREFIX + name)


def moment_fact(thing: Item | WxrComment, name: str) -> datetime | None:
    """The same as an aware moment."""
    return _moment(fact(thing, name))


def number_fact(thing: Item | WxrComment, name: str) -> int | None:
    """The same as a number."""
    found = fact(thing, name)
    return int(found) if found.isdecimal() and len(found) < 16 else None


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(given: dict[str, Any], name: str) -> str:
    found = given.get(name)
    return found if isinstance(found, str) else ""


def _links(given: Any) -> Iterator[dict[str, str]]:
    for one in given if isinstance(given, list) else ():
        if isinstance(one, dict) and (url := web_address(_text(one, "url"))):
            yield {"label": one_line(_text(one, "label")), "url": url}


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo and 1000 <= found.year <= 9998 else None


def _is_between(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_zone(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
