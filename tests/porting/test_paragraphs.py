"""Plain typing becomes the paragraphs that WordPress would make of it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.porting.wordpress.texts.paragraphs import paragraphs
from app.porting.wordpress.texts.tags import words


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", ""),
        (" \n\n ", ""),
        ("a\n\nb\nc", "<p>a</p>\n<p>b<br />\nc</p>"),
        ("a\r\n\r\nb", "<p>a</p>\n<p>b</p>"),
        ("a\n \u00a0\n\n\nb", "<p>a</p>\n<p>b</p>"),
        ("a<br>\nb<br />\nc", "<p>a<br />\nb<br />\nc</p>"),
        ("a<br /><br>b", "<p>a</p>\n<p>b</p>"),
        ("a <b>x\n\ny</b>", "<p>a <b>x</p>\n<p>y</b></p>"),
        ("<img\nalt='x'>\ny", "<p><img\nalt='x'><br />\ny</p>"),
        ("<h2>T</h2>\ntext\nmore", "<h2>T</h2>\n<p>text<br />\nmore</p>"),
        ("one\n<hr />\ntwo", "<p>one</p>\n<hr />\n<p>two</p>"),
        ("<p>a\n\nb</p>", "<p>a</p>\n<p>b</p>"),
        ("<p>a\nb</p>", "<p>a<br />\nb</p>"),
        ("<div>\ntext\n</div>", "<div>text</div>"),
        ("<div>\n\ntext\n\n</div>", "<div>\n<p>text</p>\n</div>"),
        ("<div>a\n\nb</div>", "<div>\n<p>a</p>\n<p>b</p>\n</div>"),
        ("<blockquote>x</blockquote>y", "<blockquote>\n<p>x</p>\n</blockquote>\n<p>y</p>"),
        ("<ul>\n<li>a\nb</li>\n<li>c</li>\n</ul>", "<ul>\n<li>a<br />\nb</li>\n<li>c</li>\n</ul>"),
        ("<li>a\n\n<ul><li>b</li></ul></li>", "<li>a<ul><li>b</li></ul></li>"),
        ("a <pre>x\n\n<p>y\n</pre>\nb", "<p>a</p>\n<pre>x\n\n<p>y\n</pre>\n<p>b</p>"),
        ("<script>\n\nx\n</script>", "<script>\n\nx\n</script>"),
        ("<pre>never\n\nended", "<pre>never\n\nended</pre>"),
        ("<a href='x'><div>k</div></a>", "<a href='x'><div>k</div></a>"),
        ("<figure><img src='x'>\n<figcaption>a\nb</figcaption></figure>",
         "<figure><img src='x'><figcaption>a<br />\nb</figcaption></figure>"),
        ("<video>\n<source src='x'>\n</video>", "<p><video>\n<source src='x'>\n</video></p>"),
        ("a<!-- not\n\nshown -->b", "<p>ab</p>"),
        ("x</p>y", "<p>x</p>\n\n\n<p>y</p>"),
        ("a < b\n\nc > d", "<p>a < b</p>\n<p>c > d</p>"),
    ],
)  # fmt: skip
def test_typing_becomes_paragraphs(typed: str, shown: str) -> None:
    assert paragraphs(typed) == shown


_TYPING = st.lists(
    st.sampled_from(
        ["word", " ", "\n", "\n\n", "<p>", "</p>", "<div>", "</div>", "<li>", "<ul>", "</ul>", "<br>",
         "<pre>", "</pre>", "<b>", "</b>", "<td>", "<blockquote>", "</blockquote>", "<hr>", "&amp;", "<"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(_TYPING)
def test_no_word_is_lost_or_moved(typed: str) -> None:
    assert words(paragraphs(typed)) == words(typed)


@pytest.mark.parametrize(
    "hostile",
    [
        "<pre>",
        "<!--",
        '<a "',
        "<a '",
        "<video>",
        "\n",
        "<br>",
        "</pre>",
        "a\n \u00a0",
        "<div>",
        "<b",
    ],
)
def test_nothing_makes_it_slow(hostile: str) -> None:
    started = time.process_time()
    paragraphs(hostile * 100_000)
    paragraphs("</pre></video>" * 50_000 + hostile * 50_000)
    assert time.process_time() - started < 5
