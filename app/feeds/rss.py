"""RSS 2.0, by feedgen; what feedgen cannot say, two extensions add.

https://www.rssboard.org/rss-specification and https://www.rssboard.org/rss-profile
"""

from datetime import UTC, datetime
from functools import lru_cache
from html import escape

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from app.feeds.fallbacks import entry_id, entry_title, feed_title
from app.feeds.model import Entry, Feed
from app.feeds.xml import (
    ATOM,
    COMMENT_API,
    DUBLIN_CORE,
    ENTRIES_KEPT,
    SLASH,
    add,
    cut_out,
    page_links,
    put_in,
    write_clean,
)

MEDIA_TYPE = "application/rss+xml"

_TTL_MINUTES = 15
_ANY = Feed(
    "",
    "-",
    "https://feed.invalid/",
    "https://feed.invalid/",
    datetime(2000, 1, 1, tzinfo=UTC),
    (),
    "",
)


def write_rss(feed: Feed) -> bytes:
    """The feed as an RSS 2.0 document in UTF-8."""
    return write_clean(_write, feed)


def _write(feed: Feed) -> bytes:
    return put_in(_channel(feed).rss_str(), b"</channel>", map(_item, feed.entries))


@lru_cache(maxsize=ENTRIES_KEPT)
def _item(entry: Entry) -> bytes:
    """An item as it stands in every feed that has it."""
    channel = _channel(_ANY)
    _write_item(channel.add_entry(), entry)
    return cut_out(channel.rss_str(), b"item")


def _channel(feed: Feed) -> FeedGenerator:
    channel = FeedGenerator()
    channel.register_extension("more", _MoreOfChannel, _MoreOfItem, atom=False)
    channel.more.feed = feed
    channel.title(feed_title(feed))
    channel.description(feed.description.strip() or feed_title(feed))
    # feedgen takes the last link it is given for the channel's own.
    channel.link(href=feed.self_url, rel="self", type=MEDIA_TYPE)
    channel.link(href=feed.home_url, rel="alternate")
    channel.lastBuildDate(feed.updated)
    channel.ttl(_TTL_MINUTES)
    channel.generator("Rapport")
    if feed.language:
        channel.language(feed.language)
    return channel


def _write_item(item: FeedEntry, entry: Entry) -> None:
    item.more.entry = entry
    item.title(entry_title(entry))
    item.link(href=entry.url, rel="alternate")
    item.guid(entry_id(entry), permalink=False)
    item.pubDate(entry.published)
    # Readers take a description for HTML, so a plain summary is escaped once more than XML asks.
    item.description(escape(entry.summary, quote=False), isSummary=True)
    if entry.content_html:
        item.content(entry.content_html, type="CDATA")
    if entry.labels:
        item.category([{"term": label.name, "scheme": label.scheme} for label in entry.labels])
    if entry.replies:
        item.comments(entry.replies.page_url)
    for enclosure in entry.enclosures[:1]:  # RSS has room for one
        item.enclosure(enclosure.url, enclosure.length, enclosure.mime)


class _MoreOfChannel:
    """Links to the hub (WebSub) and to the other pages (RFC 5005)."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        return {"atom": ATOM, "dc": DUBLIN_CORE, "slash": SLASH, "wfw": COMMENT_API}

    def extend_rss(self, rss: etree._Element) -> None:
        channel = rss[0]
        if self.feed.hub_url:
            add(channel, f"{{{ATOM}}}link", rel="hub", href=self.feed.hub_url)
        for rel, url in page_links(self.feed):
            add(channel, f"{{{ATOM}}}link", rel=rel, type=MEDIA_TYPE, href=url)


class _MoreOfItem:
    """Authors by name alone (RSS itself asks for their e-mail), and where the discussion is."""

    entry: Entry

    def extend_rss(self, item: etree._Element) -> None:
        for author in self.entry.authors:
            add(item, f"{{{DUBLIN_CORE}}}creator", author.name)
        if replies := self.entry.replies:
            add(item, f"{{{COMMENT_API}}}commentRss", replies.rss_url)
            add(item, f"{{{SLASH}}}comments", str(replies.count))
