"""What RSS and Atom share of XML."""

import re
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from lxml import etree

from app.feeds.model import Feed

ATOM = "http://www.w3.org/2005/Atom"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
COMMENT_API = "http://wellformedweb.org/CommentAPI/"
THREADING = "http://purl.org/syndication/thread/1.0"  # RFC 4685

# A change of one entry need not write nineteen others again; they are found by all they say.
ENTRIES_KEPT = 200

# XML 1.0 §2.2, the other way round: what may not stand in a document, not even as a reference.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

T = TypeVar("T")


def write_clean(write: Callable[[Feed], bytes], feed: Feed) -> bytes:
    """What `write` makes of the feed, without the characters that XML forbids where it has any.

    lxml looks at every character anyway and refuses those with a ValueError, so that a clean feed,
    as nearly every one is, need not be gone over twice.
    """
    try:
        return write(feed)
    except ValueError:
        return write(without_forbidden(feed))


def cut_out(document: bytes, name: bytes) -> bytes:
    """The one element of this name in a document, as it stands there."""
    return document[
        document.index(b"<%s>" % name) : document.rindex(b"</%s>" % name) + len(name) + 3
    ]


def put_in(document: bytes, end: bytes, elements: Iterable[bytes]) -> bytes:
    """A document with elements more before its last `end`; they use the namespaces of its root."""
    at = document.rindex(end)
    return b"".join((document[:at], *elements, document[at:]))


def without_forbidden(thing: T) -> T:
    """The same text, tuple or dataclass, without what XML forbids in any of its texts."""
    if isinstance(thing, str):
        if thing.isprintable():  # most are, and this is quick to see
            return thing
        return _FORBIDDEN.sub("", thing)  # type: ignore[return-value]  # T is str here
    if isinstance(thing, tuple):
        return tuple(without_forbidden(part) for part in thing)  # type: ignore[return-value]
    if is_dataclass(thing) and not isinstance(thing, type):
        parts = {field.name: getattr(thing, field.name) for field in fields(thing)}
        return replace(thing, **{name: without_forbidden(part) for name, part in parts.items()})
    return thing


def add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> None:
    """Append an element. Names, of attributes too, may carry a namespace as `{uri}name`."""
    element = etree.SubElement(parent, name, attributes)
    if text:
        element.text = text


def page_links(feed: Feed) -> tuple[tuple[str, str], ...]:
    """Relation and address of the feed's other pages, as far as there are any (RFC 5005 §3)."""
    links = (("first", feed.first_url), ("previous", feed.previous_url), ("next", feed.next_url))
    return tuple((rel, url) for rel, url in links if url)
