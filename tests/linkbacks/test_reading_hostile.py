"""Pages made to be slow, large or confusing are read as far as they go, and no further."""

import asyncio
import resource
import time
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import foreign_html
from app.linkbacks.reading import html
from app.linkbacks.reading.html import Node, read_html
from app.linkbacks.reading.links import MOST_FOUND, Addresses, Targets, links_to
from app.linkbacks.reading.microformats import MOST_PROPERTIES, items_of
from app.linkbacks.reading.source import Said
from tests.effort import growth, steps
from tests.linkbacks.reading import LINK, SOURCE, TARGET, said_by

MB = 1_000_000
# Enough for what takes the square of it to be seen.
LARGE = 250_000
MOST_MEMORY = 50 * MB
# Processor time, with much to spare on a slow machine: none of these pages needs a tenth of it,
# and each would take minutes if anything in it were looked at once for everything else.
MOST_SECONDS = 20

SHARDS = [
    "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "<!DOCTYPE html>", "<?xml version='1.0'?>",
    "<template>", "</template>", "<script>", "</script>", "<title>", "</title>", "<p>", "</div>",
    "<div class='h-entry'>", "<a class='u-in-reply-to h-cite' href='", TARGET, "'", '"', "=", " ",
    "<time class=dt-published datetime=", "2026-01-02", "<b class='p-author h-card'>", "<img src=x alt=",
    "<base href='", "<meta charset=", "utf-16", "utf-7", "<svg>", "<body>", "<table>", "&#0;", "&amp;",
    "\0", "\ud800", "\u202e", "{", "[", '{"a":"', "<link>", "</link>", "http://[", "//", "é", "\ufeff",
]  # fmt: skip
TYPES = [
    "text/html", "application/xhtml+xml", "application/json", "application/mf2+json", "text/plain",
    "application/rss+xml", "text/xml", "image/png", "", "TEXT/HTML; charset=x", "\0/\ud800",
]  # fmt: skip
ANY_CONTENT = st.binary(max_size=200) | st.lists(st.sampled_from(SHARDS), max_size=40).map(
    lambda shards: "".join(shards).encode("utf-8", "surrogatepass")
)
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=40)


@settings(deadline=None, max_examples=150)
@given(
    content=ANY_CONTENT,
    content_type=st.sampled_from(TYPES) | ANY_TEXT,
    charset=st.sampled_from(["", "utf-8", "utf-16", "utf-7", "idna", "hex", "cp037"]) | ANY_TEXT,
    url=st.sampled_from([SOURCE, TARGET, "", "http://["]) | ANY_TEXT,
    targets=st.lists(st.just(TARGET) | ANY_TEXT, max_size=3),
)
def test_any_page_is_read_to_something_short(
    content: bytes, content_type: str, charset: str, url: str, targets: list[str]
) -> None:
    assert_sound(said_by(content, content_type, charset=charset, url=url, targets=targets))


def assert_sound(said: Said) -> None:
    """Short, one line each, in letters that can be stored, and with addresses of the web only."""
    assert len(said.others) <= 20
    assert len(said.title) <= 250
    assert len(said.excerpt) <= 500
    assert len(said.language) <= 35
    assert len(said.author_name) <= 100
    assert said.relation in ("", "reply", "like", "repost", "bookmark", "rsvp")
    assert bool(said.rsvp) == (said.relation == "rsvp")
    assert said.links_here or not said.relation
    for text in (said.title, said.excerpt, said.author_name, *said.others, *said.ways_round):
        assert text.isprintable() or text.encode()
        assert text == text.strip()
        assert not set(text) & set("\0\n\r\t\u202e\u2066")
    for url in filter(None, (said.author_url, said.author_photo, *said.others)):
        assert url.lower().startswith(("http://", "https://"))
        assert len(url) <= 2_000


def many(element: str, size: int = LARGE) -> str:
    """As many of it as fit into that size."""
    return element * (size // len(element))


def numbered(element: str, size: int = LARGE) -> str:
    """As many of it as fit into that size, each with a number of its own."""
    return "".join(element.format(number) for number in range(size // (len(element) + 3)))


HOSTILE = {
    "nested": "<div>" * 60_000,
    "nested entries": "<i class='h-entry'><i class='u-like-of u-in-reply-to p-author'>" * 700
    + many("<b>a</b>"),
    "ends that fit nothing": "<b>" * 100_000 + "</i>" * 170_000,
    "a million links": many("<a>"),
    "links elsewhere": numbered("<a href=//x{}.example>"),
    "links in other letters": numbered("<a href=//ü{}.example>"),
    "links to us": numbered("<a href=https://blog.example/{}>"),
    "a million attributes": "<a " + numbered("a{}=1 ") + ">",
    "one attribute again and again": "<a " + many("a "),
    "a gigantic attribute": f"<a href='{many('x')}'>",
    "open quotes": many('<a b="'),
    "entities": many("&amp;"),
    "angle brackets": many("<"),
    "items": many("<i class=h-card>"),
    "properties": "<i class=h-entry>" + many("<i class=p-name></i>"),
    "classes": many("<i class='h-entry " + "".join(f"p-a{chr(97 + i)} " for i in range(26)) + "'>"),
    "authors": many("<a class=h-card rel=author href=/x>"),
    "titles": "<svg>" + "<g>" * (foreign_html.DEEPEST - 100) + many("<title></title>"),
    "blanks": "<div>" * 100 + many(" ") + LINK,
    "links without words": many("<b></b>") + f"<a href={TARGET}></a>" * 20,
    "templates": many("<template>"),
    "comments": many("<!--"),
    "declarations": many("<!DOCTYPE"),
}


@pytest.fixture
def _in_no_time() -> Iterator[None]:
    began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - began < MOST_SECONDS


@pytest.mark.usefixtures("_in_no_time")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_page_made_to_be_slow_is_not(name: str) -> None:
    assert_sound(said_by(HOSTILE[name]))


@pytest.mark.usefixtures("_in_no_time")
@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (many("["), "application/json"),
        (many('{"a":'), "application/json"),
        ("[" + many('{"ab":1},') + "1]", "application/json"),
        (many("9"), "application/json"),
        (many("https://a.b/ "), "text/plain"),
        (many("https://blog.example/x "), "text/plain"),
        (many("<a>"), "text/xml"),
        ("<a " + numbered("a{}='1' ") + "/>", "text/xml"),
        ("<a>" + many("<link>https://a.example/</link>"), "text/xml"),
        ("<a>" + many("<description>&lt;template></description>"), "text/xml"),
    ],
    ids=lambda value: value[:20],
)
def test_other_kinds_made_to_be_slow_are_not(content: str, content_type: str) -> None:
    assert_sound(said_by(content, content_type))


LONG = "é" * 600 + "{}"


@pytest.mark.parametrize(
    "page",
    [
        numbered(f"<a href='https://blog.example/{LONG}'>"),
        numbered(f"<base href='https://blog.example/'><a href='{'%2E./' * 300}{{}}'>"),
        numbered(f"<i class=h-entry><a class='u-like-of u-like u-in-reply-to' href='{TARGET}{LONG}'></a></i>"),
    ],
    ids=["ours", "dots", "answers"],
)  # fmt: skip
def test_long_addresses_are_followed_up_to_a_number_of_letters(page: str) -> None:
    """To take one by the book costs four steps a letter and more, a few times over."""
    assert steps(lambda: said_by(page)) < 2_000_000


def test_a_link_to_us_again_and_again_is_found_a_few_times() -> None:
    """Each may stand in a thousand elements, which are looked through for its entry."""
    page = read_html("<div>" * 100 + LINK * 1000)
    where, ours = Addresses(page, SOURCE), Targets([TARGET])

    assert len(links_to(page, where, ours)) == MOST_FOUND


@pytest.mark.parametrize("ending", [".", ".,"])
def test_an_address_with_a_long_end_takes_no_longer_than_others(ending: str) -> None:
    """What ends a sentence is taken off the address before it."""

    def read(size: int) -> None:
        assert said_by(f"https://a.example/{many(ending, size)}a", "text/plain").others == ()

    assert growth(read, 5_000) < 9


@pytest.mark.parametrize(
    "page",
    [
        many("<a>", MB),
        numbered("<a href=//x{}.e>", MB),
        "<a " + numbered("a{}=1 ", MB),
        many("<", MB),
        many("<i class='h-entry p-a p-b p-c p-d p-e p-f p-g p-h p-i'>", MB),
    ],
    ids=lambda page: page[:20],
)
def test_a_page_made_to_be_large_takes_little_memory(page: str) -> None:
    tracemalloc.start(1)
    try:
        assert_sound(said_by(page))
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < MOST_MEMORY


def test_a_page_is_read_up_to_its_limit() -> None:
    room = foreign_html.LONGEST_PAGE - len(LINK)

    assert said_by(" " * room + LINK).links_here
    assert not said_by(" " * (room + 10) + LINK).links_here


def test_what_lies_too_deep_or_behind_too_much_is_not_read() -> None:
    deep, many_elements = foreign_html.DEEPEST - 10, html.MOST_ELEMENTS - 10

    assert said_by("<div>" * deep + LINK).links_here
    assert not said_by("<div>" * (deep + 20) + LINK).links_here
    assert said_by("<br>" * many_elements + LINK).links_here
    assert not said_by("<br>" * (many_elements + 20) + LINK).links_here


def test_a_tree_is_no_deeper_and_no_wider_than_it_may_be() -> None:
    assert depth_of(read_html("<div>" * 60_000)) <= foreign_html.DEEPEST + 1
    assert sum(1 for _node in read_html("<br>" * 200_000).all()) <= html.MOST_ELEMENTS + 1


def depth_of(page: Node) -> int:
    """How many elements stand in each other at most."""
    return max(sum(1 for _around in node.around()) for node in page.all())


def test_an_item_has_so_many_properties_and_no_more() -> None:
    said = "<b class='p-a p-b p-c p-d p-e p-f p-g'></b>" * 90
    (item,) = items_of(read_html(f"<i class=h-entry>{said}"))

    assert len(item.properties) == MOST_PROPERTIES


def test_a_gigantic_attribute_is_left_out_and_the_rest_is_read() -> None:
    assert said_by(f"<img src='data:,{many('x')}'>{LINK}").links_here
    assert said_by("<p>" + "<a " + numbered("a{}=1 ") + f">x</a>{LINK}").links_here


def test_characters_that_mean_nothing_hide_no_link() -> None:
    """HTML §13.2.3.5: a NUL is an error, and no end."""
    assert said_by(f"\0<p>\0a\0{LINK}").links_here
    assert said_by(f'<a href="{TARGET}\0">x</a>').links_here


@pytest.mark.anyio
async def test_pages_are_read_one_after_the_other() -> None:
    reading, most = 0, 0

    def read(_page: str) -> None:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        time.sleep(0.02)
        reading -= 1

    await asyncio.gather(*(foreign_html.read_apart(read, "a page") for _ in range(5)))

    assert most == 1
