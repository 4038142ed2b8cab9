"""W3C Webmention §3.2.2: the page has to link to us, in a way that its readers can follow."""

import json

import pytest

from tests.linkbacks.reading import LINK, TARGET, said_by


@pytest.mark.parametrize(
    "element",
    [
        f'<a href="{TARGET}">x</a>',
        f"<A HREF={TARGET}>x",
        f'<link rel="in-reply-to" href="{TARGET}">',
        f'<map><area href="{TARGET}"></map>',
        f'<img src="{TARGET}">',
        f'<video src="{TARGET}"></video>',
        f'<video poster="{TARGET}"></video>',
        f'<audio><source src="{TARGET}"></audio>',
        f'<iframe src="{TARGET}"></iframe>',
        f'<object data="{TARGET}"></object>',
        f'<blockquote cite="{TARGET}">x</blockquote>',
        f'<q cite="{TARGET}">x</q>',
        f'<ins cite="{TARGET}">x</ins><del>y</del>',
        f'<data class="u-like-of" value="{TARGET}"></data>',
        f'<svg><a href="{TARGET}">x</a></svg>',
        f'<textarea><a href="</textarea><a href="{TARGET}">',
    ],
)
def test_an_element_that_refers_to_us_links_to_us(element: str) -> None:
    assert said_by(f"<p>words {element}").links_here


@pytest.mark.parametrize(
    "element",
    [
        TARGET,
        f"<p>{TARGET}</p>",
        f'<p title="{TARGET}" data-href="{TARGET}" id="{TARGET}">x</p>',
        f'<data value="{TARGET}"></data>',
        f"<!-- {LINK} -->",
        f"<!--{LINK}",
        f"<template>{LINK}</template>",
        f"<template><div><template></template>{LINK}</div></template>",
        f"<template>{LINK}",
        f"<script>{LINK}</script>",
        f"<script type='text/html'>{LINK}</script>",
        f"<style>{LINK}</style>",
        f"<noscript>{LINK}</noscript>",
        f"<textarea>{LINK}</textarea>",
        f"<title>{LINK}</title>",
        LINK.replace("<", "&lt;"),
        f"<p title=\"<a href='{TARGET}'>x</a>\">x</p>",
        f'<form action="{TARGET}"></form>',
        "",
    ],
)
def test_what_no_reader_can_follow_is_no_link(element: str) -> None:
    assert not said_by(f"<p>words {element}").links_here


@pytest.mark.parametrize("hidden", ["template", "noscript", "style", "script"])
def test_what_stands_after_something_hidden_counts(hidden: str) -> None:
    assert said_by(f"<{hidden}>x</{hidden}><p>{LINK}").links_here


@pytest.mark.parametrize(
    "spelling",
    [
        "http://blog.example/2026/tea/",
        "HTTPS://Blog.EXAMPLE:443/2026/tea",
        "http://blog.example:80/2026/tea/#comment-3",
        "https://blog.example/2026/%74ea/",
        "https://blog.example/2026/x/../tea",
        "//blog.example/2026/tea/",
        "\n https://blog.example/20\n26/tea/\t",
        "https://blog.example/?p=1",
        "https://blog.example?p=1#x",
    ],
)
def test_one_place_has_many_spellings(spelling: str) -> None:
    """RFC 3986 §6.2."""
    assert said_by(f'<a href="{spelling}">x</a>').links_here


@pytest.mark.parametrize(
    "spelling",
    [
        "https://blog.example/2026/Tea/",
        "https://blog.example/2026/tea/2",
        "https://blog.example/2026/tea/?p=2",
        "https://blog.example:8080/2026/tea/",
        "https://www.blog.example/2026/tea/",
        "https://blog.example.org/2026/tea/",
        "https://blog.example@evil.example/2026/tea/",
        "ftp://blog.example/2026/tea/",
        "javascript:location='https://blog.example/2026/tea/'",
        "/2026/tea/",
        "",
    ],
)
def test_another_place_is_not_ours(spelling: str) -> None:
    assert not said_by(f'<a href="{spelling}">x</a>').links_here


@pytest.mark.parametrize("host", ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"])
@pytest.mark.parametrize(
    "ours", ["https://bücher.example/é", "https://xn--bcher-kva.example/%c3%a9"]
)
def test_a_name_in_other_letters_is_one_name(host: str, ours: str) -> None:
    """RFC 5891 §4.4."""
    assert said_by(f'<a href="http://{host}/%C3%A9">x</a>', targets=[ours]).links_here


def test_a_reference_is_followed_from_the_first_base() -> None:
    """HTML §4.2.3; RFC 3986 §5.1."""
    base = '<base target="_top"><base href="//blog.example/2026/"><base href="/x/">'

    assert said_by(f'<a href="tea">x</a>{base}').links_here
    assert said_by('<a href="../tea">x</a>', url="https://blog.example/2026/milk/").links_here
    assert not said_by('<a href="tea">x</a>').links_here


def test_other_links_to_our_hosts_are_told_as_a_post_may_have_been_there() -> None:
    told = said_by(
        f"""<a href="http://short.example/a#x">a</a> {LINK} <a href="/b">b</a>
        <a href="https://blog.example/go/1">c</a> <a href="mailto:x@y.example">d</a>
        <a href="https://blog.example/go/1#x">a</a><a href="https://blog.example/?p=2">e</a>"""
    )

    assert told.others == ("https://blog.example/go/1", "https://blog.example/?p=2")


def test_no_more_than_twenty_other_links_are_told() -> None:
    page = "".join(f'<a href="https://blog.example/{number}">x</a>' for number in range(50))

    assert said_by(page).others == tuple(f"https://blog.example/{n}" for n in range(20))


@pytest.mark.parametrize(
    "link",
    [
        # One of our addresses, written into another.
        f"https://count.example/out?to={TARGET}",
        "https://gwen.example/go?u=https%3A%2F%2Fblog.example%2F2026%2Ftea%2F&x=1",
        "https://gwen.example/go/https%253A%252F%252FBlog.example%252F2026%252Ftea",
        # Short ones.
        "https://t.example/aB3x",
        "http://bit.example/3kTz_-9",
    ],
)
def test_a_link_that_may_lead_here_by_a_redirect_is_told(link: str) -> None:
    assert said_by(f'<a href="{link}">tea</a>').ways_round == (link,)


@pytest.mark.parametrize(
    "link",
    [
        "https://gwen.example/about",
        "https://gwen.example/2026/",
        "https://gwen.example/Tea.html",
        "https://a-rather-long-host.example/aB3x",
        "https://gwen.example/?x=1",
        "https://www.gwen.example/aB3x",
        "https://count.example/out?to=https://other.example/2026/tea/",
        "mailto:aB3x@t.example",
        "/aB3x",
        "https://t.example/aB3x?x=1",
    ],
)
def test_what_looks_like_a_page_is_none_of_them(link: str) -> None:
    assert said_by(f'<a href="{link}">tea</a>').ways_round == ()


def test_a_few_of_them_are_told_and_first_those_that_name_us() -> None:
    page = "".join(f'<a href="https://t.example/aB{number}">x</a>' for number in range(50))
    named = f"https://count.example/out?to={TARGET}"

    assert said_by(f'{page}<a href="{named}">x</a>').ways_round == (
        named,
        "https://t.example/aB0",
        "https://t.example/aB1",
    )


def test_a_page_that_links_here_needs_no_way_round() -> None:
    assert said_by(f'<a href="https://t.example/aB3x">tea</a>{LINK}').ways_round == ()


@pytest.mark.parametrize(
    ("said", "links"),
    [
        ({"in-reply-to": TARGET}, True),
        ({"items": [{"properties": {"like-of": ["x", TARGET.replace("https", "http")]}}]}, True),
        ({"text": f"see {TARGET}"}, False),
        ({TARGET: "x"}, False),
        (5, False),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "application/mf2+json"])
def test_json_links_by_a_property_that_is_the_address(
    said: object, links: bool, content_type: str
) -> None:
    """§3.2.2: "If the source document is JSON, the receiver should look for properties …"."""
    assert said_by(json.dumps(said), content_type).links_here == links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (f"Look: {TARGET}.", True),
        (f"({TARGET})", True),
        (f"<{TARGET}>", True),
        (f"{TARGET}more", False),
        ("https://blog.example/", False),
    ],
)
def test_plain_text_links_by_the_address_in_it(text: str, links: bool) -> None:
    """§3.2.2: "If the source document is plain text, the receiver should look for the URL …"."""
    assert said_by(text, "text/plain").links_here == links


@pytest.mark.parametrize(
    ("feed", "links"),
    [
        (f"<rss><channel><item><link>{TARGET}</link></item></channel></rss>", True),
        (f"<rss><item><description><![CDATA[{LINK}]]></description></item></rss>", True),
        (f"<rss><item><title>{TARGET}</title></item></rss>", False),
        (f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{TARGET}"/></entry></feed>', True),
        (f'<feed><content type="xhtml"><div>{LINK}</div></content></feed>', True),
        (f'<?xml version="1.0" encoding="utf-8"?><feed><link href="{TARGET}"/><broken', True),
        (f'<!DOCTYPE x [<!ENTITY a "b">]><feed><link href="{TARGET}"/></feed>', False),
        (f"<feed><!-- {LINK} --></feed>", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["application/atom+xml", "application/rss+xml", "text/xml"])
def test_feeds_link_by_their_elements(feed: str, links: bool, kind: str) -> None:
    """RFC 4287 §4.2.7, RSS 2.0."""
    assert said_by(feed, kind).links_here == links


def test_xhtml_is_read_as_html() -> None:
    page = f'<!DOCTYPE html><html xml:lang="cy"><body><p>{LINK}</p></body></html>'

    assert said_by(page, "application/xhtml+xml").links_here
    assert said_by(page, "application/xhtml+xml").language == "cy"


def test_a_feed_with_half_a_character_in_it_is_read_up_to_there() -> None:
    feed = f'<feed><link href="{TARGET}"/><title>&#xD800;</title></feed>'

    assert said_by(feed, "application/atom+xml").links_here
