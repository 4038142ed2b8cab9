"""Where a page says that it wants to be told of links to it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.foreign_html import LONGEST_PAGE
from app.linkbacks.addresses import is_web_address
from app.linkbacks.discovery import LONGEST_ENDPOINT, Answered, Endpoints, endpoints
from app.linkbacks.protocols.trackback import rdf
from tests.effort import steps

PAGE = "https://site.example/posts/1"
HERE = "https://site.example/posts/hear"
THERE = "https://site.example/hear"


def offered(
    html: str | bytes = "",
    *headers: tuple[str, str],
    url: str = PAGE,
    asked: str = PAGE,
    kind: str = "text/html; charset=utf-8",
) -> Endpoints:
    content = html.encode("utf-8", "replace") if isinstance(html, str) else html
    return endpoints(Answered(url, headers, kind, content), asked)


# W3C Webmention §3.1.2, and the pages that its test suite puts before every sender.
@pytest.mark.parametrize(
    "link",
    [
        "</hear>; rel=webmention",
        "<https://site.example/hear>; rel=webmention",
        '<https://site.example/hear>; rel="webmention"',
        '<../hear>; rel="somethingelse webmention"',
        "</hear>; rel=WebMention",
        # RFC 8288 §3: several links in one header, blanks wherever they may be.
        '</other>; rel="other", </hear> ; rel = "webmention"',
        '</hear>;rel="webmention",</other>;rel=other',
        '</a,b>; rel="x", </hear>; rel="webmention"',
        '</other>; title="a, <b>; rel=webmention"; rel=other, </hear>; rel=webmention',
        r'</other>; title="a \", <b>; rel=webmention"; rel=x, </hear>; rel=webmention',
        "</hear>; title=x; foo; rel=webmention; type=text/html",
        # §3.3: the first `rel` is the one; §3.2: an anchor elsewhere makes it another's link.
        "</other>; rel=other; rel=webmention, </hear>; rel=webmention; rel=other",
        '</other>; rel=webmention; anchor="/elsewhere", </hear>; rel=webmention; anchor="#top"',
        # What leads nowhere is passed by.
        "<mailto:me@site.example>; rel=webmention, <//[>; rel=webmention, </hear>; rel=webmention",
    ],
)
def test_a_link_header_names_the_endpoint(link: str) -> None:
    assert offered("", ("Link", link)).webmention == THERE


@pytest.mark.parametrize("name", ["Link", "LINK", "link", "LinK"])
def test_the_name_of_a_header_is_read_in_any_case(name: str) -> None:
    assert offered("", (name, "</hear>; rel=webmention")).webmention == THERE


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="webmention" href="/hear">',
        '<link rel="webmention" href="https://site.example/hear" />',
        '<p>Tell <a rel="webmention" href="/hear">us</a>',
        '<p>Tell <a href="https://site.example/hear" rel="webmention">us</a>',
        '<LINK REL="WEBMENTION" HREF="/hear">',
        "<link rel=webmention href=/hear>",
        '<link rel="webmention somethingelse" href="/hear">',
        '<a rel="nofollow\n webmention\tme" href=" /hear ">us</a>',
        # The first in the document wins, whichever element it is.
        '<link rel="webmention" href="/hear"><a rel="webmention" href="/other">us</a>',
        '<body><a rel="webmention" href="/hear">us</a><link rel="webmention" href="/other">',
        # What only looks like a link is none.
        '<!-- <link rel="webmention" href="/other"> --><link rel="webmention" href="/hear">',
        '<p>&lt;link rel="webmention" href="/other"&gt; <a rel="webmention" href="/hear">us</a>',
        '<pre><code>&lt;a href="/other" rel="webmention"&gt;</code></pre>'
        '<a rel="webmention" href="/hear">us</a>',
        """<script>'<a rel="webmention" href="/other">'</script><a rel=webmention href=/hear>""",
        '<template><p><a rel="webmention" href="/other"></a></p></template>'
        '<a rel="webmention" href="/hear">us</a>',
        '<head><template><link rel="webmention" href="/other"></template>'
        '<link rel="webmention" href="/hear">',
        '<textarea><a rel="webmention" href="/other"></textarea><a rel=webmention href=/hear>',
        '<a title="<link rel=webmention href=/other>"></a><a rel=webmention href=/hear>',
        '<link rel="not-webmention" href="/other"><link rel="webmention" href="/hear">',
        '<div rel="webmention" href="/other"></div><area rel="webmention" href="/other">'
        '<a rel="webmention" href="/hear">us</a>',
        # An element without an address names nothing, so the next one is asked.
        '<link rel="webmention"><a rel="webmention" href="/hear">us</a>',
        '<a rel="webmention" href="javascript:x">us</a><a rel="webmention" href="/hear">us</a>',
        # Addresses are read from where the page says it stands.
        '<base href="https://site.example/a/"><link rel="webmention" href="../hear">',
        '<link rel="webmention" href="hear"><base target="_top"><base href="/"><base href="/b/">',
        '<template><base href="/a/b/"></template><link rel="webmention" href="../hear">',
        '<base href="data:x"><link rel="webmention" href="/hear">',
    ],
)  # fmt: skip
def test_an_element_names_the_endpoint(html: str) -> None:
    assert offered(html).webmention == THERE


def test_a_header_is_heard_before_the_page() -> None:
    page = '<link rel="webmention" href="/other"><a rel="webmention" href="/another">us</a>'

    assert offered(page, ("Link", "</hear>; rel=webmention")).webmention == THERE


def test_of_several_headers_the_first_with_the_relation_counts() -> None:
    headers = (
        ("Link", "</feed>; rel=alternate"),
        ("Link", '</hear>; rel="webmention"'),
        ("Link", "</other>; rel=webmention"),
    )

    assert offered("", *headers).webmention == THERE


def test_an_empty_address_is_the_page_itself() -> None:
    assert offered('<link rel="webmention" href="">').webmention == PAGE
    assert offered("", ("Link", "<>; rel=webmention")).webmention == PAGE


def test_an_endpoint_keeps_its_query() -> None:
    page = '<link rel="webmention" href="/hear?site=1&amp;key=a%20b">'

    assert offered(page).webmention == THERE + "?site=1&key=a%20b"


def test_after_redirects_addresses_are_read_from_the_last_page() -> None:
    asked = "https://short.example/x"

    assert offered('<a rel="webmention" href="hear">', asked=asked).webmention == HERE
    assert offered("", ("Link", "<hear>; rel=webmention"), asked=asked).webmention == HERE


@pytest.mark.parametrize(
    ("html", "kind"),
    [("", "text/html"), ("<p>Nothing here", "text/html"), ("\0\0", "text/html"),
     ('<a rel="webmention" href="/hear">', "text/plain"),
     ('<a rel="webmention" href="/hear">', "image/png"),
     ('<a rel="webmentions" href="/hear">', "text/html"),
     (f'<a rel="webmention" href="/{"a" * LONGEST_ENDPOINT}">', "text/html"),
     ('<a rel="webmention" href="http://u:p@site.example/">', "text/html")],
)  # fmt: skip
def test_many_pages_offer_nothing(html: str, kind: str) -> None:
    assert offered(html, kind=kind) == Endpoints("", "", "")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('<a rel=webmention href="/hear?ü">'.encode(), "text/html"),
        ('<a rel=webmention href="/hear?ü">'.encode("utf-16"), ""),
        ('<meta charset=koi8-r><a rel=webmention href="/hear?ü">'.encode("latin-1"),
         "application/xhtml+xml; charset=iso-8859-1"),
        ('<?xml version="1.0" encoding="koi8-r"?><a rel=webmention href="/hear?ü"/>'.encode(),
         "text/html"),
    ],
)  # fmt: skip
def test_a_page_is_read_in_its_charset(content: bytes, kind: str) -> None:
    assert offered(content, kind=kind).webmention == THERE + "?ü"


# Pingback 1.0 §2.2: the header; §2.3: the element.
@pytest.mark.parametrize(
    ("html", "headers"),
    [
        ("", [("X-Pingback", "https://site.example/hear")]),
        ("", [("x-pingback", " https://site.example/hear ")]),
        ('<link rel="pingback" href="https://site.example/hear" />', []),
        ("<LINK HREF='https://site.example/hear' REL='other Pingback'>", []),
        ('<link rel="pingback" href="/hear">', []),
        ('<link rel="pingback" href="/other">', [("X-Pingback", "https://site.example/hear")]),
        ('<link rel="pingback" href=""><link rel="pingback" href="/hear">', [("X-Pingback", "")]),
        ('<link rel="pingback" href="/hear">', [("X-Pingback", "javascript:x")]),
        ('<a rel="pingback" href="/other"></a><link rel="pingback" href="/hear">', []),
        ('<!--<link rel="pingback" href="/other">--><link rel="pingback" href="/hear">', []),
    ],
)
def test_a_page_says_who_takes_its_pingbacks(html: str, headers: list[tuple[str, str]]) -> None:
    assert offered(html, *headers) == Endpoints(pingback=THERE)


def test_an_ampersand_in_an_address_is_read_as_one() -> None:
    page = '<link rel="pingback" href="https://site.example/hear?a=1&amp;b=2" />'

    assert offered(page).pingback == THERE + "?a=1&b=2"


def described(about: str, ping: str = THERE, identifier: str = "") -> str:
    said = f'dc:identifier="{identifier}"' if identifier else ""
    return (
        f'<!-- <rdf:RDF><rdf:Description rdf:about="{about}" {said}\n'
        f' dc:title=\'It is > "that"\' trackback:ping="{ping}"/></rdf:RDF> -->'
    )


OTHERS = described("https://site.example/posts/2", "https://site.example/other")


@pytest.mark.parametrize(
    "html",
    [
        rdf(PAGE, "A -- title", THERE),
        described(PAGE),
        described("http://SITE.example/posts/1/"),
        described("https://site.example/#1", identifier=PAGE),
        described(PAGE, "/hear"),
        OTHERS + described(PAGE) + OTHERS,
        "<html><body></body></html>" + described(PAGE),
        described(PAGE, "") + described(PAGE, "javascript:x") + described(PAGE),
    ],
)
def test_rdf_in_a_comment_says_where_to_send_trackbacks(html: str) -> None:
    assert offered(html) == Endpoints(trackback=THERE)


def test_a_number_of_thousands_of_digits_in_rdf_stops_nothing() -> None:
    giant = f"&#{'9' * 5000};"

    assert offered(described(PAGE).replace('It is > "that"', giant)).trackback == THERE
    assert offered(described(giant)) == Endpoints()


def test_rdf_may_name_the_page_as_it_was_asked_for_or_as_it_was_found() -> None:
    asked = "http://old.example/?p=1&q=2"

    assert offered(described("http://old.example/?p=1&amp;q=2"), asked=asked).trackback == THERE
    assert offered(described("http://old.example/?p=1&q=2"), asked=asked).trackback == THERE
    assert offered(described(PAGE), asked=asked).trackback == THERE


@pytest.mark.parametrize(
    "html",
    [
        OTHERS,
        described(PAGE, identifier="https://site.example/posts/2"),
        described("", THERE),
        described(PAGE).replace("<!--", "<p>").replace("-->", "</p>"),
        f"<template>{described(PAGE)}</template>",
        f"<script>{described(PAGE)}</script>",
        described(PAGE).replace("rdf:Description", "rdf:Other"),
    ],
)
def test_rdf_of_another_page_or_outside_a_comment_says_nothing(html: str) -> None:
    assert offered(html) == Endpoints()


def test_a_page_may_offer_all_three() -> None:
    page = '<link rel="pingback webmention" href="/hear">' + rdf(PAGE, "", HERE)

    assert offered(page) == Endpoints(THERE, THERE, HERE)


# Seconds. Each takes one or two; what is read in a square of its length takes minutes.
PATIENCE = 60
HEAVY = {
    "deep": "<div>" * 60_000 + "<a rel=webmention href=/hear>",
    "deeply misnested": "<p><a><i><b>" * 40_000,
    "attributes": "<p " + " ".join(f"{n:x}=" for n in range(1_000_000)) + ">",
    "one attribute": "<a " + "b " * 499_000 + "rel=webmention href=/hear>",
    "comments": "<!--" * 250_000,
    "rdf": "<!-- trackback:ping " + "<rdf:Description a='" * 50_000,
    "rdf of others": OTHERS * 3000,
    "blanks in rdf": "<!-- trackback:ping <rdf:Description" + " " * 900_000,
    "no addresses": '<a rel="webmention" href="//[">' * 30_000,
    "entities": "&lt;a" * 200_000,
    "templates": "<template>" * 100_000,
    "ends that fit nothing": "<b>" * 100_000 + "</i>" * 150_000,
}


@pytest.mark.parametrize("html", HEAVY.values(), ids=HEAVY.keys())
def test_a_heavy_page_is_read_before_anybody_loses_patience(html: str) -> None:
    began = time.perf_counter()
    found = offered(html)

    assert found.webmention in ("", THERE)
    assert time.perf_counter() - began < PATIENCE


@pytest.mark.parametrize(
    "link",
    ["<" * 100_000, '<a>; rel="' + "\\" * 100_000, "<a>;" + " " * 100_000 + "x", "<a>;a" * 30_000,
     '<a>; x="' * 20_000, "<a>; rel" + "=" * 100_000, "<a>" + ";" * 100_000, '<a>;="\\",' * 20_000],
    ids=range(8),
)  # fmt: skip
def test_a_heavy_header_is_read_before_anybody_loses_patience(link: str) -> None:
    began = time.perf_counter()

    assert offered("", ("Link", link)).webmention == ""
    assert time.perf_counter() - began < PATIENCE


LONG = "é" * 600


@pytest.mark.parametrize(
    "html",
    [
        "".join(described(f"https://site.example/{LONG}{n}") for n in range(600)),
        "".join(f'<a rel=webmention href="http://u@a.example/{LONG}{n}"></a>' for n in range(600)),
        "".join(f'<link rel=pingback href="http://u@a.example/{LONG}{n}">' for n in range(600)),
    ],
    ids=["trackback", "webmention", "pingback"],
)
def test_long_addresses_are_looked_at_up_to_a_number_of_letters(html: str) -> None:
    """A megabyte of them took four seconds."""
    assert steps(lambda: offered(html)) < 1_200_000


def test_a_good_offer_is_found_among_a_few_that_lead_nowhere() -> None:
    bad = '<link rel="webmention pingback" href="http://a../">' * 10

    assert offered(f'{bad}<link rel="webmention pingback" href="/hear">') == Endpoints(THERE, THERE)


def test_only_the_first_megabyte_is_read() -> None:
    page = " " * (LONGEST_PAGE - 5) + "<p>" + "<a rel=webmention href=/hear>"

    assert offered(page).webmention == ""


PIECES = st.lists(
    st.sampled_from(
        ["<a ", "<link ", "rel=", "webmention", "pingback", " href=", '"', "'", ">", "</a>", "<!--",
         "-->", "<template>", "</template>", "<base ", "/hear", "http://", "[", "]", "&amp;", "\0",
         "<rdf:Description ", "rdf:about=", PAGE, " trackback:ping=", ";", ",", "\\", "<script>", "ü"]
    )
).map("".join)  # fmt: skip


@given(PIECES | st.text(max_size=60), PIECES, st.text(max_size=20), PIECES | st.just(PAGE))
def test_any_page_offers_web_addresses_or_nothing(
    html: str, header: str, kind: str, url: str
) -> None:
    headers = (("Link", header), ("X-Pingback", header), ("Link", f"<{header}>; rel=webmention"))
    for page_kind in (kind, "text/html"):
        found = offered(html, *headers, url=url, kind=page_kind)
        assert all(
            not address or is_web_address(address, LONGEST_ENDPOINT)
            for address in (found.webmention, found.pingback, found.trackback)
        )


@given(st.binary(max_size=300), st.sampled_from(["", "text/html", "text/html; charset=gb18030"]))
def test_any_bytes_are_a_page(content: bytes, kind: str) -> None:
    assert offered(content, kind=kind) == offered(content, kind=kind)
