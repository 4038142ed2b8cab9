"""Where posts stand and what an address asks for. Pure functions; paths are decoded, in NFC."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from unicodedata import normalize
from urllib.parse import quote

from app.site.models import Permalinks

# Every first segment of an address of the program's own; a page may not take one.
RESERVED = frozenset(
    ("account", "admin", "api", "appeal", "archives", "asks", "author", "blog",
     "c", "calls", "category", "comments", "confirm", "embed", "events", "f",
     "favicon.ico", "feed", "feeds.opml", "follow", "groups", "healthz", "inbox", "index.php",
     "intros", "leads", "live", "metrics", "mod", "page", "people", "promises",
     "readyz", "report", "resources", "robots.txt", "rss", "search", "sitemap.xml", "static",
     "tag", "touch", "unsubscribe", "webmention", "wp-admin", "wp-atom.php", "wp-comments-post.php",
     "wp-commentsrss2.php",
     "wp-content", "wp-feed.php", "wp-includes", "wp-json", "wp-links-opml.php", "wp-login.php", "wp-rdf.php",
     "wp-rss.php", "wp-rss2.php", "wp-sitemap.xml", "wp-trackback.php", "write", "xmlrpc.php", ".well-known")
)  # fmt: skip
# A list stands there: a page of that name opens it with its text.
SHARED_WITH_LISTS = frozenset(
    ("resources", "people", "groups", "events", "asks", "leads", "search", "blog")
)

_NUMBER = re.compile(r"[1-9]\d{0,8}")
_YEAR = re.compile(r"\d{4}")
_PROGRAM = re.compile(r"/index\.php(?=/|$)")
_FEED_FORMATS = {
    "": "rss",
    "rss2": "rss",
    "atom": "atom",
    "json": "json",
    "rss": "rss",
    "rdf": "rss",
}


class View(StrEnum):
    """What of a post is asked for."""

    PAGE = "page"
    COMMENT_PAGE = "comment-page"
    FEED = "feed"
    TRACKBACK = "trackback"
    EMBED = "embed"


@dataclass(frozen=True)
class Asked:
    """One reading of an address: the post at `path`, and what of it."""

    path: str
    view: View = View.PAGE
    number: int = 1
    # For feeds, as written: "", rss2, atom, json, rss, rdf.
    feed: str = ""

    @property
    def suffix(self) -> str:
        """What follows the post's own path in the address of this view; empty for its first page."""
        if self.view == View.PAGE:
            return f"{self.number}/" if self.number > 1 else ""
        if self.view == View.COMMENT_PAGE:
            return f"comment-page-{self.number}/" if self.number > 1 else ""
        if self.view == View.FEED:
            return f"feed/{self.feed}/" if self.feed else "feed/"
        return f"{self.view}/"


def without_program(path: str) -> str:
    """A path without the name of WordPress's program, behind which all stood where a server rewrites nothing."""
    return _PROGRAM.sub("", path, count=1) or "/"


def readings(path: str) -> Iterator[Asked]:
    """Every way an address may be meant, the most literal first; with and without its last slash."""
    bare = without_program("/" + normalize("NFC", path).strip("/"))
    yield from _both(bare, View.PAGE)
    head, _, last = bare.rpartition("/")
    if not head:
        return
    if _NUMBER.fullmatch(last):
        yield from _both(head, View.PAGE, int(last))
    if last.startswith("comment-page-") and _NUMBER.fullmatch(last[13:]):
        yield from _both(head, View.COMMENT_PAGE, int(last[13:]))
    if last in ("trackback", "embed"):
        yield from _both(head, View(last))
    if last == "feed":
        yield from _both(head, View.FEED)
    grandparent, _, middle = head.rpartition("/")
    if grandparent and middle == "feed" and last in _FEED_FORMATS:
        yield from _both(grandparent, View.FEED, feed=last)


def _both(path: str, view: View, number: int = 1, feed: str = "") -> Iterator[Asked]:
    yield Asked(path.rstrip("/") + "/", view, number, feed)
    if path != "/":
        yield Asked(path, view, number, feed)


def address(path: str, suffix: str = "") -> str:
    """A path as it stands in a link: percent-encoded (RFC 3986 §3.3), the suffix after one slash."""
    joined = path if not suffix else path.rstrip("/") + "/" + suffix
    return quote(joined, safe="/-._~!$&'()*+,;=:@")


def comment_address(path: str, page: int, comment_id: int) -> str:
    """Where a comment is read: the page of the thread it stands on, and its place there."""
    on_page = Asked(path, View.COMMENT_PAGE, page).suffix
    return f"{address(path, on_page)}#comment-{comment_id}"


def permalink(
    scheme: str, *, slug: str, post_id: int, at: datetime, category: str = "uncategorized"
) -> str:
    """Where a new post stands; `at` is the site's wall clock, `category` a term's path."""
    if scheme == Permalinks.NUMBER:
        return f"/archives/{post_id}/"
    day = f"/{at:%Y}/{at:%m}/{at:%d}/{slug}/"
    return {
        Permalinks.DAY: day,
        Permalinks.NAME: f"/{slug}/",
        Permalinks.CATEGORY: f"/{category}/{slug}/",
    }.get(Permalinks(scheme), f"/{at:%Y}/{at:%m}/{slug}/")


def is_the_programs(path: str) -> bool:
    """Whether the program answers at a post's path itself, or stands above it: then nobody would get to the post."""
    first, *below = path.strip("/").split("/")
    return first in RESERVED or (not below and bool(_YEAR.fullmatch(first)))


def page_path(slug: str, parent_path: str | None = None) -> str:
    """Where a page stands: under its parent."""
    return f"{(parent_path or '/').rstrip('/')}/{slug}/"
