"""Pages that link to us or are linked to: what they say, what they offer, and to whom."""

from hypothesis import strategies as st

from app.core.foreign_html import DEEPEST
from app.linkbacks.charsets import decoded_page, known_charset, said_charset
from app.linkbacks.discovery import LONGEST_ENDPOINT, Answered, endpoints
from app.linkbacks.reading.authors import author_of
from app.linkbacks.reading.entries import content_of, published_of, relation_of, rsvp_of, title_of
from app.linkbacks.reading.html import MOST_ELEMENTS, read_html
from app.linkbacks.reading.links import Addresses, Targets
from app.linkbacks.reading.microformats import MOST_PROPERTIES, Item, items_of
from app.linkbacks.reading.source import LONGEST_URL, SourcePage, read_source
from app.linkbacks.reading.words import LONGEST_EXCERPT, LONGEST_NAME, LONGEST_TITLE
from tests.fuzzing.documents import ANY_BYTES, HTML_TEXT, LINK_HEADERS, PAGES, SOURCES
from tests.fuzzing.feeding import feed, read_twice
from tests.fuzzing.foreign import ADDRESSES, CHARSETS, OURS, THEIRS, TYPES
from tests.fuzzing.sound import assert_line, assert_web

# Of the items of a page only one is asked for all that it says, as each may say a whole page.
_ASKED = 3
RELATIONS = ("", "reply", "like", "repost", "bookmark", "rsvp")
URLS = st.just(THEIRS) | st.just(THEIRS) | ADDRESSES
TARGETS = st.just([OURS]) | st.lists(ADDRESSES | st.just(OURS), max_size=3)


def test_any_source_says_something_short() -> None:
    def eat(meal: tuple[str, str, str, bytes, list[str]]) -> None:
        *_, content, targets = meal
        page = SourcePage(*meal[:4])
        said = read_twice(lambda: read_source(page, targets), len(content))

        assert_line(said.title, LONGEST_TITLE)
        assert_line(said.excerpt, LONGEST_EXCERPT)
        assert_line(said.author_name, LONGEST_NAME)
        assert_web(said.author_url, LONGEST_URL)
        assert_web(said.author_photo, LONGEST_URL)
        assert said.relation in RELATIONS
        assert bool(said.rsvp) == (said.relation == "rsvp")
        assert said.links_here or not said.relation
        assert said.language.isascii()
        assert len(said.others) <= 20
        for url in said.others:
            assert url
            assert_web(url, 2_000)

    feed("sources", st.tuples(URLS, TYPES, CHARSETS, SOURCES, TARGETS), eat)


def test_any_page_has_so_many_items_and_each_says_what_it_may() -> None:
    def eat(meal: tuple[str, str, list[str]]) -> None:
        html, url, targets = meal
        read_twice(lambda: [*map(told, read(html, url, targets)[:_ASKED])], len(html))

    def read(html: str, url: str, targets: list[str]) -> list[Item]:
        page = read_html(html)
        where, ours = Addresses(page, url), Targets(targets)
        assert sum(1 for _node in page.all()) <= MOST_ELEMENTS + 1
        assert (
            max(sum(1 for _around in node.around()) for node in [*page.all()][:50]) <= DEEPEST + 1
        )
        items = items_of(page)
        for item in items[:_ASKED]:
            assert relation_of(item, where, ours) in RELATIONS
            author = author_of(item, items, page, where)
            assert_web(author.url, 2_000)
            assert_web(author.photo, 2_000)
        return items

    def told(item: Item) -> list[str]:
        published = published_of(item)
        assert published is None or published.utcoffset() is not None
        assert len(item.properties) <= MOST_PROPERTIES
        return [str(published), title_of(item), content_of(item), rsvp_of(item)]

    feed("microformats", st.tuples(HTML_TEXT, URLS, TARGETS), eat)


def test_any_page_offers_endpoints_of_the_web_or_none() -> None:
    def eat(meal: tuple[str, list[tuple[str, str]], str, bytes, str]) -> None:
        url, headers, content_type, content, asked = meal
        answered = Answered(url, headers, content_type, content)
        size = len(content) + sum(len(value) for _name, value in headers)
        found = read_twice(lambda: endpoints(answered, asked), size)

        for address in (found.webmention, found.pingback, found.trackback):
            assert_web(address, LONGEST_ENDPOINT)

    names = st.sampled_from(("Link", "link", "X-Pingback", "x-other"))
    headers = st.lists(st.tuples(names, LINK_HEADERS | ADDRESSES), max_size=4)
    feed("endpoints", st.tuples(URLS, headers, TYPES, PAGES, URLS), eat)


def test_any_header_of_links_is_read() -> None:
    def eat(meal: tuple[str, str]) -> None:
        url, header = meal
        answered = Answered(url, [("Link", header)], "image/png", b"")
        found = read_twice(lambda: endpoints(answered, url), len(header))
        assert_web(found.webmention, LONGEST_ENDPOINT)
        assert not found.pingback
        assert not found.trackback

    feed("headers of links", st.tuples(URLS, LINK_HEADERS), eat)


def test_any_bytes_are_text_in_some_charset() -> None:
    def eat(meal: tuple[bytes, str, str]) -> None:
        content, content_type, label = meal
        text = read_twice(lambda: decoded_page(content, content_type), len(content))
        assert len(text) <= len(content)
        assert said_charset(content_type) in content_type
        if charset := known_charset(label):
            # Whatever is known shows ASCII as itself, so that no markup hides in it.
            assert "<a href='x'>&".encode(charset) == b"<a href='x'>&"

    feed("charsets", st.tuples(ANY_BYTES | PAGES, TYPES, CHARSETS), eat)
