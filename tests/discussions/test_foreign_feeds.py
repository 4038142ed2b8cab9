"""Other people's feeds, and the pages that name them: every format, and what is to do harm."""

import time
from datetime import UTC, datetime

import pytest

from app.discussions.latest_posts.feeds import LONGEST_TEXT, MOST_ITEMS, Item, newest, read_feed
from app.discussions.latest_posts.finding import is_same_host
from app.discussions.latest_posts.pages import feed_of_page
from tests.discussions.blogs import rss

URL = "https://gwen.example/feed/"
BREAD = Item("https://gwen.example/bread/", "Bread & salt", datetime(2026, 11, 28, 10, tzinfo=UTC))

RSS = rss(("https://gwen.example/bread/", "Bread &amp;amp; salt"), ("/older/", "Older"))
RSS_1 = b"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://gwen.example/"><title>Gwen</title></channel>
<item rdf:about="x"><title>Bread &amp;amp; salt</title><link>https://gwen.example/bread/</link>
  <dc:date>2026-11-28T11:00:00+01:00</dc:date></item></rdf:RDF>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<title>Gwen</title><link href="https://gwen.example/"/>
<entry><title>Older</title><link href="/older/"/><updated>2026-01-01T00:00:00Z</updated></entry>
<entry><media:title>A picture</media:title>
  <title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Bread <em>&amp;</em> salt</div></title>
  <link rel="enclosure" href="https://gwen.example/bread.mp3"/><link href="/bread/"/>
  <published>2026-11-28T10:00:00Z</published></entry></feed>"""
JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "items": [7, {"url": 8}, {"title": "No address"},
{"url": "/bread/", "title": "Bread & salt", "date_published": "2026-11-28T10:00:00Z"}]}"""

# Ten times ten times ten …: three gigabytes of "lol".
LOLS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LOLS}]>'.encode()
FILE = b'<!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("feed", [RSS, RSS_1, ATOM, JSON], ids=["RSS", "RSS 1.0", "Atom", "JSON"])
def test_the_newest_item_of_a_feed_is_found_in_every_format(feed: bytes) -> None:
    assert newest(read_feed(feed, URL) or ()) == BREAD


@pytest.mark.parametrize(
    ("kind", "written", "reads"),
    [
        ("text", "5 &lt; 6 &amp;amp; <b>7</b>", "5 < 6 &amp; 7"),
        ("html", "5 &amp;lt; 6 &lt;b&gt;&amp;amp;&lt;/b&gt;", "5 < 6 &"),
        ("html", "<![CDATA[<script>alert(1)</script>]]>", "alert(1)"),
        ("text", "one\n\t two &#x85;<!-- three -->", "one two"),
        ("text", "", ""),
        ("html", f"a &amp;#{'9' * 5000}; z", "a \ufffd z"),
    ],
)
def test_a_title_is_plain_text_on_one_line(kind: str, written: str, reads: str) -> None:
    entry = f'<entry><title type="{kind}">{written}</title><link href="/x"/></entry>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'

    (item,) = read_feed(feed.encode(), URL) or ()

    assert item.title == reads


def test_without_dates_the_first_item_is_the_newest() -> None:
    items = "".join(
        f"<item><guid>/{n}</guid><pubDate>{date}</pubDate></item>"
        for n, date in enumerate(("some day", "", "99 Foo 2026"))
    )
    found = read_feed(f"<rss><channel>{items}</channel></rss>".encode(), URL) or ()

    assert [item.at for item in found] == [None, None, None]
    assert newest(found) == Item("https://gwen.example/0", "")


def test_dates_with_a_zone_and_without_are_compared() -> None:
    """RFC 5322 §3.3: `-0000` says that the zone is not known."""
    dates = ("2026-11-28T10:00:00", "Sat, 28 Nov 2026 11:00:00 -0000", "2026-11-28T10:30:00Z")
    items = "".join(
        f"<item><guid>/{n}</guid><pubDate>{at}</pubDate></item>" for n, at in enumerate(dates)
    )
    last = newest(read_feed(f"<rss>{items}</rss>".encode(), URL) or ())

    assert last == Item("https://gwen.example/1", "", datetime(2026, 11, 28, 11, tzinfo=UTC))


def test_a_guid_that_is_no_address_is_none() -> None:
    feed = (
        b'<rss><item><guid isPermaLink="false">/7</guid></item><item><link>//[</link></item></rss>'
    )

    assert read_feed(feed, URL) == []


@pytest.mark.parametrize(
    "content",
    [
        b"", b"  ", b"\0" * 99, b"<", b"<html><title>Gwen</title></html>", b"<!DOCTYPE html><p>Hello",
        b"{", b"{}", b'{"version": 1}', b'{"version": "https://jsonfeed.org/version/1", "items": {}}'[:-1],
        b'{"a":' + b"[" * 500_000, b"<rss><item>", "<rss/>".encode("utf-16")[:9], b"<opml/>",
        b"\xff\xfe<rss></rss>", b"<rss>&nbsp;</rss>",
    ],
)  # fmt: skip
def test_what_is_no_feed_has_no_items(content: bytes) -> None:
    assert not read_feed(content, URL)


@pytest.mark.parametrize(
    "feed",
    [
        BOMB + b"<rss><item><title>&l9;</title><link>/x</link></item></rss>",
        BOMB + b'<rss a="&l9;"><item><link>/x</link></item></rss>',
        (BOMB + b'<rss a="&l9;"/>').decode().encode("utf-16"),
        FILE + b"<rss><item><title>&file;</title><link>/x</link></item></rss>",
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/rss.dtd"><rss><item><link>/x</link></item></rss>',
        b"<rss>" + b"<a>" * 200_000,
        b"<rss " + b" ".join(b'a%d=""' % number for number in range(90_000)) + b"/>",
        b"<rss " + b" ".join(b'xmlns:a%d="u"' % number for number in range(50_000)) + b"/>",
    ],
    ids=["bomb", "in an attribute", "in UTF-16", "a file", "a DTD elsewhere", "deep", "broad", "spaces"],
)  # fmt: skip
def test_what_is_to_do_harm_is_not_read_and_soon_over(feed: bytes) -> None:
    began = time.process_time()

    assert not read_feed(feed, URL)
    assert feed_of_page(feed, URL) == ""

    assert time.process_time() - began < 5


def test_no_more_items_are_read_than_anybody_needs() -> None:
    feed = rss(*[(f"/{number}", "One") for number in range(28)] * 10)

    assert len(read_feed(feed, URL) or ()) == MOST_ITEMS


@pytest.mark.parametrize("words", ["x" * 300_000, "<b>x</b>" * 40_000])
def test_of_items_in_items_each_has_the_beginning_of_all_their_words(words: str) -> None:
    """A hundred times all of it, of a megabyte, would be ten seconds and more."""
    nested = "<item><link>/x</link><title>" * 100 + words + "</title></item>" * 100
    items = read_feed(f"<rss>{nested}</rss>".encode(), URL) or ()

    assert len(items) == MOST_ITEMS
    assert all(item.title.startswith("/x") for item in items[:-1])
    assert sum(len(item.title) for item in items) <= MOST_ITEMS * LONGEST_TEXT


def test_half_an_address_is_none() -> None:
    link = f"/{'x' * LONGEST_TEXT}"
    feed = f"<rss><item><link>{link}</link></item><item><link>{link[:-9]}</link></item></rss>"

    assert [item.url for item in read_feed(feed.encode(), URL) or ()] == [
        f"https://gwen.example{link[:-9]}"
    ]


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/feed/">', "https://g.example/feed/"),
        ("<LINK HREF=feed REL='Alternate HOME' TYPE='application/atom+xml; charset=utf-8'>",
         "https://g.example/blog/feed"),
        ('<link rel=alternate type=application/feed+json href="?a=1&amp;b=2">',
         "https://g.example/blog/?a=1&b=2"),
        ('<base href="//b.example/x/"><link rel=alternate type=application/rss+xml href="y">',
         "https://b.example/x/y"),
        # The first of several; what is no feed, or no alternate, is passed by.
        ('<link rel=stylesheet type=text/css href=c><link rel=alternate type=application/rss+xml href=1>'
         '<link rel=alternate type=application/rss+xml href=2>', "https://g.example/blog/1"),
        ('<link rel=alternate type=text/html href=/de/>', ""),
        ('<link rel=self type=application/rss+xml href=/feed/>', ""),
        ('<link rel=alternate type=application/rss+xml href="">', ""),
        ('<link rel=alternate type=application/rss+xml href="http://[">', ""),
        # Nobody reads these.
        ('<!-- <link rel=alternate type=application/rss+xml href=/feed/> -->', ""),
        ('<script>"<link rel=alternate type=application/rss+xml href=/feed/>"</script>', ""),
        ('<template><link rel=alternate type=application/rss+xml href=/feed/></template>', ""),
        ('<!-- <link rel=alternate type=application/rss+xml href=/feed/>', ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_page_names_its_feed(page: str, feed: str) -> None:
    assert feed_of_page(page.encode(), "https://g.example/blog/") == feed


@pytest.mark.parametrize(
    "piece",
    [b"<link ", b"<!--", b"<link " + b"a" * 9000, b"<base href=x>", b"<script></script>", b"<", b"\xff\0",
     b"<b>" * 400 + b"</i>" * 600],
)  # fmt: skip
def test_no_page_takes_long(piece: bytes) -> None:
    page = piece * (1_000_000 // len(piece))
    began = time.process_time()

    assert feed_of_page(page, URL) == ""

    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("url", "is_same"),
    [
        ("http://gwen.example/bread/", True),
        ("https://WWW.Gwen.Example./bread/", True),
        ("https://gwen.example:8443/", True),
        ("https://blog.gwen.example/", False),
        ("https://gwen.example.evil.example/", False),
        ("https://gwen.example@evil.example/", False),
        ("https://evil.example@gwen.example/", False),
        ("https://evil.example\\@gwen.example/", False),
        ("javascript://gwen.example/%0aalert(1)", False),
        ("data:text/html,gwen.example", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_an_item_stands_on_the_website_itself(url: str, is_same: bool) -> None:
    assert is_same_host(url, "https://www.gwen.example/blog") == is_same


def test_a_name_in_other_letters_is_the_same_name() -> None:
    assert is_same_host("https://xn--bcher-kva.example/1", "https://www.bücher.example/")
    assert not is_same_host("https://gwen.example\\.evil.example/", "https://gwen.example/")
