"""What is no HTML as a small tree all the same: its links become links, its words words."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from lxml import etree

from app.core.foreign_html import LONGEST_PAGE
from app.linkbacks.reading.html import MOST_ELEMENTS, Node, read_html

_URL = re.compile(r"(?i)https?://[^\s<>\"]+")
# What ends a sentence does not belong to the address before it.
_AFTER_IT = ".,;:!?)]}'*_"
_TITLES = ("title", "name")
# RSS 2.0 and RFC 4287: where an element's text is an address, and where its text is HTML.
_ADDRESSES = frozenset(("link", "guid", "comments", "uri"))
_MARKUP = frozenset(("description", "encoded", "content", "summary"))
_REFERRING = frozenset(("link", "content", "enclosure", "a", "img", "source"))
_REFERENCES = ("href", "src", "url")
_NOT_XML = re.compile(r"<!(?:DOCTYPE|ENTITY)")


def read_text(text: str) -> Node:
    """Plain text: an address in it is a link (W3C Webmention §3.2.2, "plain text")."""
    page = Node("", {}, None)
    body = _child(page, "p")
    at = 0
    for number, found in enumerate(_URL.finditer(text[:LONGEST_PAGE])):
        if number >= MOST_ELEMENTS:
            break
        url = found[0].rstrip(_AFTER_IT)
        body.inside.append(text[at : found.start()])
        _link(body, url).inside.append(url)
        at = found.start() + len(url)
    body.inside.append(text[at:LONGEST_PAGE])
    return page


def read_json(text: str) -> Node:
    """JSON: a property whose value is an address is a link (W3C Webmention §3.2.2, "JSON")."""
    page = Node("", {}, None)
    try:
        said = json.loads(text[: LONGEST_PAGE + 1])
    except (ValueError, RecursionError):
        return page
    if isinstance(said, dict):
        titles = (said[name] for name in _TITLES if isinstance(said.get(name), str))
        _child(page, "title").inside.append(next(titles, ""))
    for url in _strings(said):
        if _URL.fullmatch(url):
            _link(page, url)
    return page


def _strings(said: Any) -> Iterator[str]:
    waiting = [said]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))


def read_feed(text: str) -> Node:
    """Atom, RSS and other XML: what its elements refer to, and what the HTML in them does."""
    # Entities can grow without end, and a feed needs none.
    if _NOT_XML.search(text):
        return Node("", {}, None)
    feed = _Feed()
    target: Any = feed
    parser = etree.XMLParser(
        target=target, encoding="utf-8", resolve_entities=False, no_network=True, recover=True
    )
    # A feed cut at its limit has its links up to there; so has one with half a character in it (a number
    # of a surrogate), which the parser lets through and then can't tell.
    with suppress(etree.LxmlError, ValueError):
        parser.feed(text[:LONGEST_PAGE].encode("utf-8", "replace"))
        parser.close()
    page = read_html("\n".join(feed.markup))
    for url in feed.addresses:
        _link(page, url)
    return page


class _Feed:
    """What a feed refers to, and the HTML it carries."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.markup: list[str] = []
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._text = []
        if len(self.addresses) < MOST_ELEMENTS and _local(tag) in _REFERRING:
            self.addresses += [attributes[name] for name in _REFERENCES if name in attributes]

    def end(self, tag: str) -> None:
        text, self._text = "".join(self._text), []
        if _local(tag) in _ADDRESSES and len(self.addresses) < MOST_ELEMENTS:
            self.addresses.append(text.strip())
        elif _local(tag) in _MARKUP:
            self.markup.append(text)

    def data(self, text: str) -> None:
        self._text.append(text)

    def close(self) -> None:
        pass


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _link(parent: Node, url: str) -> Node:
    link = _child(parent, "a")
    link.attributes = {"href": url}
    return link


def _child(parent: Node, tag: str) -> Node:
    child = Node(tag, {}, parent)
    parent.inside.append(child)
    return child
