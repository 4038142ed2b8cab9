"""What a page that is said to link to us really says."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.foreign_html import LONGEST_PAGE
from app.linkbacks.addresses import is_web_address
from app.linkbacks.charsets import decoded_page
from app.linkbacks.reading import entries, excerpt, other_kinds
from app.linkbacks.reading.authors import author_of
from app.linkbacks.reading.html import Node, read_html
from app.linkbacks.reading.links import Addresses, Targets, links_to, other_links, ways_round
from app.linkbacks.reading.microformats import Item, items_of
from app.linkbacks.reading.words import LONGEST_EXCERPT, LONGEST_NAME, LONGEST_TITLE, line

LONGEST_URL = 500
# Of a page that links to us more than once, the first link in a text shows best what it says.
_LINKS_TRIED = 3
# RFC 5646 §2.1, loosely; §4.4.1: 35 characters are enough for any of them.
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,7}")
_LONGEST_LANGUAGE = 35
_XML_ENCODING = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
# SVG §5.8: a drawing has a title of its own, and so has each part of it.
_DRAWN = frozenset(("svg", "g", "symbol", "path", "use", "defs", "circle", "rect"))
# Ends in "+xml", and is read as browsers read what says it is HTML.
_XHTML = "application/xhtml+xml"


@dataclass(frozen=True, slots=True)
class SourcePage:
    """What came back for the source's address."""

    # Where the redirects led.
    url: str
    # Without parameters, in lower case.
    content_type: str
    # As the header says it; may be empty.
    charset: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says of us, and of itself; whatever it does not say is empty."""

    links_here: bool
    # Where else on our hosts it leads; and, of a page that does not link here, which links may come here
    # by a redirect.
    others: tuple[str, ...]
    ways_round: tuple[str, ...]
    title: str
    # Plain words around the link; of a reply, what it says.
    excerpt: str
    language: str
    # "reply", "like", "repost", "bookmark", "rsvp", or empty: a mention.
    relation: str
    rsvp: str
    author_name: str
    author_url: str
    author_photo: str
    published: datetime | None


def read_source(page: SourcePage, targets: Collection[str]) -> Said:
    """What the page says, where `targets` are all addresses that mean us. Never raises."""
    tree = _read(page)
    where = Addresses(tree, page.url)
    ours = Targets(targets)
    links = links_to(tree, where, ours)
    items = items_of(tree)
    entry = entries.entry_about_us(items, links, where, ours)
    relation = entries.relation_of(entry, where, ours) if entry else ""
    author = author_of(entry, items, tree, where)
    return Said(
        links_here=bool(links),
        others=other_links(tree, where, ours),
        ways_round=() if links else ways_round(tree, where, ours),
        title=page_title(tree, entry),
        excerpt=_excerpt(entry, relation, links),
        language=_language([*links[:1], *([entry.node] if entry else []), *_html(tree)]),
        relation=relation if links else "",
        rsvp=entries.rsvp_of(entry) if entry and links and relation == "rsvp" else "",
        author_name=line(author.name, LONGEST_NAME),
        author_url=_short_url(author.url),
        author_photo=_short_url(author.photo),
        published=entries.published_of(entry) if entry else None,
    )


def _read(page: SourcePage) -> Node:
    kind = page.content_type.partition(";")[0].strip().lower()
    text = _text(page, kind)
    if kind == "application/json" or kind.endswith("+json"):
        return other_kinds.read_json(text)
    if kind.endswith(("/xml", "+xml")) and kind != _XHTML:
        return other_kinds.read_feed(text)
    if kind == "text/plain":
        return other_kinds.read_text(text)
    return read_html(text)


def _text(page: SourcePage, kind: str) -> str:
    content = page.content[:LONGEST_PAGE]
    charset = page.charset
    # RFC 7303 §3.2: XML says its charset in its first line, JSON has only one.
    if not charset and (found := _XML_ENCODING.match(content)):
        charset = found[1].decode("ascii")
    if not charset and kind.endswith("json"):
        charset = "utf-8"
    return decoded_page(content, f"{kind}; charset={charset}" if charset else kind)


def page_title(page: Node, entry: Item | None) -> str:
    """What the page is called: by its entry, also one of hAtom, by `og:title`, by its title."""
    return next(filter(None, (line(title, LONGEST_TITLE) for title in _titles(page, entry))), "")


def _titles(page: Node, entry: Item | None) -> list[str]:
    found = {"og:title": "", "title": ""}
    named: list[Node] = []
    for node in page.all():
        if "entry-title" in node.classes:
            named.append(node)
        if node.tag == "meta" and node.get("property") == "og:title":
            found["og:title"] = found["og:title"] or node.get("content")
        elif node.tag == "title" and (not node.parent or node.parent.tag not in _DRAWN):
            found["title"] = found["title"] or node.text()
    # Of several entries one would have to know which links to us.
    by_entry = named[0].text() if len(named) == 1 else ""
    return [entries.title_of(entry) if entry else "", by_entry, *found.values()]


def _excerpt(entry: Item | None, relation: str, links: Sequence[Node]) -> str:
    if entry and relation in ("reply", "rsvp"):
        content, summary = entries.content_of(entry), entries.summary_of(entry)
        told = line(content, LONGEST_EXCERPT)
        if told.endswith("…") and summary.strip():
            told = line(summary, LONGEST_EXCERPT)
        if told := told or line(summary, LONGEST_EXCERPT):
            return told
    return next(filter(None, map(excerpt.around, links[:_LINKS_TRIED])), "")


def _html(page: Node) -> list[Node]:
    return [node for node in page.elements if node.tag == "html"]


def _language(nodes: Sequence[Node]) -> str:
    said = (
        around.get("lang") or around.get("xml:lang") for node in nodes for around in node.around()
    )
    language = next(filter(None, said), "")
    fits = len(language) <= _LONGEST_LANGUAGE and _LANGUAGE.fullmatch(language)
    return language if fits else ""


def _short_url(url: str) -> str:
    return url if is_web_address(url, LONGEST_URL) else ""
