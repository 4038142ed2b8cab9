"""Other people's feeds, read as far as it takes to link one item: RSS 2.0 and 1.0, Atom, JSON Feed. Pure.

Whoever gets the bytes bounds their number. Nothing is looked up that a feed names, and one that
brings a DTD is not read: only what is to do harm declares entities.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from app.core.text import one_line, plain_text

# Newer ones stand before older ones wherever it matters: nobody's hundredth is their newest.
MOST_ITEMS = 100
# Items may stand in each other, and then each has the words of all.
_MOST_PIECES = 500
LONGEST_TEXT = 10_000

_DC_DATE = "{http://purl.org/dc/elements/1.1/}date"
_JSON_FEED = "https://jsonfeed.org/version/"
_UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One post as a feed names it: its absolute address, and its title in plain text."""

    url: str
    title: str
    at: datetime | None = None


def newest(items: Iterable[Item]) -> Item | None:
    """The item with the latest date; of those without one, the first."""
    return max(items, key=lambda item: item.at or _UNDATED, default=None)


def read_feed(content: bytes, url: str) -> Sequence[Item] | None:
    """The items of the feed that stands at `url`, in its order; None for what is no feed."""
    if content.lstrip()[:1] == b"{":
        return _of_json(content, url)
    root = _root_of(content)
    if root is None:
        return None
    kind = etree.QName(root).localname
    if kind in ("rss", "RDF"):
        found = (_of_rss(item) for item in root.iter("{*}item"))
    elif kind == "feed":
        found = (_of_atom(entry) for entry in root.iter("{*}entry"))
    else:
        return None
    return list(_absolute(islice(found, MOST_ITEMS), url))


def _root_of(content: bytes) -> etree._Element | None:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root.getroottree().docinfo.internalDTD is None else None


def _of_rss(item: etree._Element) -> Item:
    guid = _child(item, "guid")
    is_address = guid is not None and guid.get("isPermaLink", "true") == "true"
    link = _text(_child(item, "link")) or (_text(guid) if is_address else "")
    written = _text(_child(item, "pubDate")) or _text(item.find(_DC_DATE))
    return Item(link, plain_text(_text(_child(item, "title"))), _moment(written))


def _of_atom(entry: etree._Element) -> Item:
    # RFC 4287 §4.2.7.2: a link without a relation is the alternate one.
    own = (link for link in _children(entry, "link") if link.get("rel", "alternate") == "alternate")
    title = _child(entry, "title")
    words = _text(title)
    # §3.1.1: in `html` there is markup, written out; `xhtml` was read as elements, `text` has none.
    is_html = title is not None and title.get("type") == "html"
    written = _text(_child(entry, "published")) or _text(_child(entry, "updated"))
    return Item(
        next((link.get("href", "") for link in own), ""),
        plain_text(words) if is_html else words,
        _moment(written),
    )


def _of_json(content: bytes, url: str) -> Sequence[Item] | None:
    try:
        feed: Any = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or not _word(feed, "version").startswith(_JSON_FEED):
        return None
    items = feed.get("items")
    found = (
        Item(_word(item, "url"), _word(item, "title"), _moment(_word(item, "date_published")))
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict)
    )
    return list(_absolute(islice(found, MOST_ITEMS), url))


def _absolute(items: Iterable[Item], url: str) -> Iterator[Item]:
    """The items with an address written out; those that have none, or half of one, are left out."""
    for item in items:
        if len(item.url) >= LONGEST_TEXT:
            continue
        try:
            address = urljoin(url, item.url.strip()) if item.url.strip() else ""
        except ValueError:
            # Such as an IPv6 address without its last bracket.
            continue
        if address:
            yield Item(address, one_line(item.title), item.at)


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Those in the element's own vocabulary: `media:title` is no title."""
    space = etree.QName(element).namespace
    return element.iterchildren(f"{{{space}}}{name}" if space else name)


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(_children(element, name), None)


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    pieces = (str(piece)[:LONGEST_TEXT] for piece in islice(element.itertext(), _MOST_PIECES))
    return "".join(pieces)[:LONGEST_TEXT].strip()


def _word(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""


def _moment(written: str) -> datetime | None:
    """A date as RFC 3339 or RFC 822 has it; None for any other."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(written)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
