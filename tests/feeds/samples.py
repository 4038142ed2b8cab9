"""A feed with everything a feed can have, and the readers which look at it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import feedparser

from app.feeds.atom import write_atom
from app.feeds.json_feed import write_json_feed
from app.feeds.model import AnswerTo, Enclosure, Entry, Feed, Label, Person, Replies
from app.feeds.rss import write_rss

WRITERS: dict[str, Callable[[Feed], bytes]] = {
    "rss": write_rss,
    "atom": write_atom,
    "json": write_json_feed,
}
XML_WRITERS = {name: WRITERS[name] for name in ("rss", "atom")}

ENTRY = Entry(
    guid="http://old.example/?p=7",
    url="https://blog.example/2012/01/tea/",
    title="Tea & patience",
    published=datetime(2012, 1, 3, 4, 5, 6, tzinfo=UTC),
    updated=datetime(2012, 2, 1, 0, 0, 0, tzinfo=UTC),
    summary="Water < 100 °C.",
    content_html='<p>Water, <em>not</em> boiling. <a href="https://blog.example/">More</a></p>',
    authors=(Person("Ann", "https://blog.example/author/ann/"), Person("Bob")),
    labels=(Label("Tea", "https://blog.example/category/"), Label("slow", "")),
    enclosures=(Enclosure("https://blog.example/a.mp3", "audio/mpeg", 512),),
    replies=Replies(
        count=3,
        page_url="https://blog.example/2012/01/tea/#comments",
        rss_url="https://blog.example/2012/01/tea/feed/",
        atom_url="https://blog.example/2012/01/tea/feed/atom/",
    ),
    answer_to=AnswerTo("http://old.example/?p=1", "https://blog.example/2011/12/coffee/"),
)

FEED = Feed(
    id="https://blog.example/feed/",
    title="Rooms & kettles",
    home_url="https://blog.example/",
    self_url="https://blog.example/feed/?page=2",
    updated=datetime(2012, 2, 1, 0, 0, 0, tzinfo=UTC),
    entries=(ENTRY, replace(ENTRY, guid="http://old.example/?p=6", title="The older one")),
    author="Rooms & kettles",
    description="On working together",
    language="en-GB",
    hub_url="https://hub.example/",
    first_url="https://blog.example/feed/",
    previous_url="https://blog.example/feed/",
    next_url="https://blog.example/feed/?page=3",
)


def with_entry(**changes: Any) -> Feed:
    """The sample feed with one entry, changed as said."""
    return replace(FEED, entries=(replace(ENTRY, **changes),))


def parsed(document: bytes) -> Any:
    """The document as a strict feed reader sees it; fails where the reader had to guess."""
    result = feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False)
    assert not result.bozo, result.get("bozo_exception")
    return result
