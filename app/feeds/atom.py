"""Atom 1.0 (RFC 4287), by feedgen; what feedgen cannot say, or loses, two extensions add."""

from datetime import UTC, datetime
from functools import lru_cache

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from app.feeds.fallbacks import entry_id, entry_title, feed_title
from app.feeds.model import AnswerTo, Enclosure, Entry, Feed, Replies
from app.feeds.xml import ENTRIES_KEPT, THREADING, add, cut_out, page_links, put_in, write_clean

MEDIA_TYPE = "application/atom+xml"

_HTML = "text/html"
_ANY = Feed(
    "-",
    "-",
    "https://feed.invalid/",
    "https://feed.invalid/",
    datetime(2000, 1, 1, tzinfo=UTC),
    (),
    "",
)


def write_atom(feed: Feed) -> bytes:
    """The feed as an Atom document in UTF-8."""
    return write_clean(_write, feed)


def _write(feed: Feed) -> bytes:
    return put_in(_root(feed).atom_str(), b"</feed>", map(_entry, feed.entries))


@lru_cache(maxsize=ENTRIES_KEPT)
def _entry(entry: Entry) -> bytes:
    """An entry as it stands in every feed that has it."""
    root = _root(_ANY)
    _write_entry(root.add_entry(), entry)
    return cut_out(root.atom_str(), b"entry")


def _root(feed: Feed) -> FeedGenerator:
    root = FeedGenerator()
    root.register_extension("more", _MoreOfFeed, _MoreOfEntry, rss=False)
    root.more.feed = feed
    root.id(feed.id)
    root.title(feed_title(feed))
    root.subtitle(feed.description)
    # An entry may have no author only where the feed has one (RFC 4287 §4.2.1).
    root.author(name=feed.author.strip() or feed_title(feed))
    root.updated(feed.updated)
    root.generator("Rapport")
    if feed.language:
        root.language(feed.language)
    return root


def _write_entry(item: FeedEntry, entry: Entry) -> None:
    item.more.entry = entry
    item.id(entry_id(entry))
    item.title(entry_title(entry))
    item.link(href=entry.url)
    item.published(entry.published)
    item.updated(entry.updated)
    item.author([{"name": author.name, "uri": author.url} for author in entry.authors])
    if entry.labels:
        item.category([{"term": label.name, "scheme": label.scheme} for label in entry.labels])
    item.summary(entry.summary)
    if entry.content_html:
        item.content(entry.content_html, type="html")


class _MoreOfFeed:
    """The feed's links, each with its type."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        return {"thr": THREADING}

    def extend_atom(self, root: etree._Element) -> None:
        add(root, "link", rel="alternate", type=_HTML, href=self.feed.home_url)
        add(root, "link", rel="self", type=MEDIA_TYPE, href=self.feed.self_url)
        if self.feed.hub_url:
            add(root, "link", rel="hub", href=self.feed.hub_url)
        for rel, url in page_links(self.feed):
            add(root, "link", rel=rel, type=MEDIA_TYPE, href=url)


class _MoreOfEntry:
    """The entry's links with their relations, and its place in a discussion (RFC 4685)."""

    entry: Entry

    def extend_atom(self, element: etree._Element) -> None:
        # feedgen writes an entry's link without its rel and type.
        for link in element.iterfind("link"):
            link.set("rel", "alternate")
            link.set("type", _HTML)
        for enclosure in self.entry.enclosures:
            _add_enclosure(element, enclosure)
        if self.entry.answer_to:
            _add_answer_to(element, self.entry.answer_to)
        if self.entry.replies:
            _add_replies(element, self.entry.replies)


def _add_enclosure(element: etree._Element, file: Enclosure) -> None:
    length = {"length": str(file.length)} if file.length else {}
    add(element, "link", rel="enclosure", type=file.mime, href=file.url, **length)


def _add_answer_to(element: etree._Element, answer_to: AnswerTo) -> None:
    name = f"{{{THREADING}}}in-reply-to"
    add(element, name, ref=answer_to.guid, type=_HTML, href=answer_to.url)


def _add_replies(element: etree._Element, replies: Replies) -> None:
    count = {f"{{{THREADING}}}count": str(replies.count)}
    add(element, "link", rel="replies", type=_HTML, href=replies.page_url, **count)
    add(element, "link", rel="replies", type=MEDIA_TYPE, href=replies.atom_url, **count)
    add(element, f"{{{THREADING}}}total", str(replies.count))
