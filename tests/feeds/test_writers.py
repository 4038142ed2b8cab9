"""The three formats, as a reader of each sees them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from app.feeds.atom import write_atom
from app.feeds.json_feed import write_json_feed
from app.feeds.rss import write_rss
from tests.feeds.samples import ENTRY, FEED, WRITERS, XML_WRITERS, parsed, with_entry

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}


def find(document: bytes, path: str) -> Any:
    return etree.fromstring(document).xpath(path, namespaces=NAMES)


@pytest.mark.parametrize("write", XML_WRITERS.values(), ids=XML_WRITERS)
def test_a_reader_finds_what_the_feed_says(write: Any) -> None:
    feed = parsed(write(FEED)).feed

    assert (feed.title, feed.subtitle) == ("Rooms & kettles", "On working together")
    assert feed.link == "https://blog.example/"
    assert feed.language == "en-GB"
    assert {link.rel: link.href for link in feed.links} == {
        "alternate": "https://blog.example/",
        "self": "https://blog.example/feed/?page=2",
        "hub": "https://hub.example/",
        "first": "https://blog.example/feed/",
        "previous": "https://blog.example/feed/",
        "next": "https://blog.example/feed/?page=3",
    }


@pytest.mark.parametrize("write", XML_WRITERS.values(), ids=XML_WRITERS)
def test_a_reader_finds_what_an_entry_says(write: Any) -> None:
    entry = parsed(write(FEED)).entries[0]

    assert entry.id == "http://old.example/?p=7"
    assert entry.link == "https://blog.example/2012/01/tea/"
    assert entry.title == "Tea & patience"
    assert entry.content[0].value == ENTRY.content_html
    assert entry.published_parsed[:6] == (2012, 1, 3, 4, 5, 6)
    assert [tag.term for tag in entry.tags] == ["Tea", "slow"]
    assert [(file.href, file.type, file.length) for file in entry.enclosures] == [
        ("https://blog.example/a.mp3", "audio/mpeg", "512")
    ]


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_entries_keep_the_order_they_are_given_in(write: Any) -> None:
    document = write(FEED).decode()

    assert document.index("Tea &") < document.index("The older one")


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_the_same_feed_gives_the_same_bytes(write: Any) -> None:
    assert write(FEED) == write(FEED)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_feed_may_be_empty(write: Any) -> None:
    document = write(replace(FEED, entries=(), description="", hub_url="", next_url=""))

    assert b"hub" not in document
    assert b"page=3" not in document


def test_rss_names_every_author_and_the_discussion() -> None:
    document = write_rss(FEED)

    assert find(document, "//item[1]/dc:creator/text()") == ["Ann", "Bob"]
    assert find(document, "//item[1]/slash:comments/text()") == ["3"]
    assert find(document, "//item[1]/comments/text()") == [
        "https://blog.example/2012/01/tea/#comments"
    ]
    assert find(document, "//item[1]/wfw:commentRss/text()") == [
        "https://blog.example/2012/01/tea/feed/"
    ]


def test_rss_says_that_a_guid_is_no_address_and_how_long_the_feed_keeps() -> None:
    document = write_rss(FEED)

    assert find(document, "//guid/@isPermaLink") == ["false", "false"]
    assert find(document, "//ttl/text()") == ["15"]
    assert find(document, "//lastBuildDate/text()") == ["Wed, 01 Feb 2012 00:00:00 +0000"]


def test_rss_describes_an_entry_in_html_and_gives_the_text_beside_it() -> None:
    document = write_rss(FEED)

    assert find(document, "//item[1]/description/text()") == ["Water &lt; 100 °C."]
    assert find(document, "//item[1]/content:encoded/text()") == [ENTRY.content_html]


def test_the_end_of_a_cdata_section_in_a_text_does_not_end_it() -> None:
    html = "<pre>a[b[0]]>1</pre>"

    assert find(write_rss(with_entry(content_html=html)), "//content:encoded/text()") == [html]


def test_atom_names_every_author_with_the_address_of_their_page() -> None:
    (ann, bob) = find(write_atom(FEED), "//atom:entry[1]/atom:author")

    assert [child.text for child in ann] == ["Ann", "https://blog.example/author/ann/"]
    assert [child.text for child in bob] == ["Bob"]


def test_atom_gives_each_link_its_relation_and_type() -> None:
    links = find(write_atom(FEED), "//atom:entry[1]/atom:link")

    assert [(link.get("rel"), link.get("type"), link.get("href")) for link in links] == [
        ("alternate", "text/html", "https://blog.example/2012/01/tea/"),
        ("enclosure", "audio/mpeg", "https://blog.example/a.mp3"),
        ("replies", "text/html", "https://blog.example/2012/01/tea/#comments"),
        ("replies", "application/atom+xml", "https://blog.example/2012/01/tea/feed/atom/"),
    ]


def test_atom_places_an_entry_in_its_discussion() -> None:
    document = write_atom(FEED)

    assert find(document, "//atom:entry[1]/thr:total/text()") == ["3"]
    assert find(document, "//atom:entry[1]/atom:link/@thr:count") == ["3", "3"]
    (answer,) = find(document, "//atom:entry[1]/thr:in-reply-to")
    assert dict(answer.attrib) == {
        "ref": "http://old.example/?p=1",
        "type": "text/html",
        "href": "https://blog.example/2011/12/coffee/",
    }


def test_atom_tells_writing_from_changing() -> None:
    document = write_atom(FEED)

    assert find(document, "//atom:entry[1]/atom:published/text()") == ["2012-01-03T04:05:06+00:00"]
    assert find(document, "//atom:entry[1]/atom:updated/text()") == ["2012-02-01T00:00:00+00:00"]
    assert find(document, "/atom:feed/atom:updated/text()") == ["2012-02-01T00:00:00+00:00"]


@pytest.mark.parametrize("write", XML_WRITERS.values(), ids=XML_WRITERS)
def test_without_its_text_an_entry_gives_its_summary(write: Any) -> None:
    document = write(with_entry(content_html=""))

    entry = parsed(document).entries[0]
    assert "Water" in entry.summary
    assert "content" not in entry or "boiling" not in entry.content[0].value


def test_json_feed_says_the_same() -> None:
    document = json.loads(write_json_feed(replace(FEED, entries=(ENTRY,))))

    assert document == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Rooms & kettles",
        "description": "On working together",
        "home_page_url": "https://blog.example/",
        "feed_url": "https://blog.example/feed/?page=2",
        "next_url": "https://blog.example/feed/?page=3",
        "language": "en-GB",
        "authors": [{"name": "Rooms & kettles"}],
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "items": [
            {
                "id": "http://old.example/?p=7",
                "url": "https://blog.example/2012/01/tea/",
                "title": "Tea & patience",
                "content_html": ENTRY.content_html,
                "summary": "Water < 100 °C.",
                "date_published": "2012-01-03T04:05:06+00:00",
                "date_modified": "2012-02-01T00:00:00+00:00",
                "authors": [
                    {"name": "Ann", "url": "https://blog.example/author/ann/"},
                    {"name": "Bob"},
                ],
                "tags": ["Tea", "slow"],
                "attachments": [
                    {
                        "url": "https://blog.example/a.mp3",
                        "mime_type": "audio/mpeg",
                        "size_in_bytes": 512,
                    }
                ],
            }
        ],
    }


def test_a_json_item_always_has_a_content() -> None:
    (item,) = json.loads(write_json_feed(with_entry(content_html="")))["items"]
    (bare,) = json.loads(write_json_feed(with_entry(content_html="", summary="")))["items"]

    assert (item["content_text"], bare["content_text"]) == ("Water < 100 °C.", "")
    assert "summary" not in item
