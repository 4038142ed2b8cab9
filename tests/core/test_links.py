"""Links in feeds lead somewhere, wherever they are read."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.links import absolute_links
from app.core.markup import clean_post

PAGE = "https://blog.example/2012/01/tea/"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<a href="/about/">x</a>', '<a href="https://blog.example/about/">x</a>'),
        ('<a href="#note-1">x</a>', f'<a href="{PAGE}#note-1">x</a>'),
        ('<a href="?page=2">x</a>', f'<a href="{PAGE}?page=2">x</a>'),
        ('<a href="2/">x</a>', f'<a href="{PAGE}2/">x</a>'),
        ('<a href="//cdn.example/x">x</a>', '<a href="https://cdn.example/x">x</a>'),
        ('<a href="https://other.example/">x</a>', '<a href="https://other.example/">x</a>'),
        ('<a href="mailto:ann@blog.example">x</a>', '<a href="mailto:ann@blog.example">x</a>'),
        (
            '<a title="at href=&quot;/&quot;" href="/a?b=1&amp;c=2">x</a>',
            '<a title="at href=&quot;/&quot;" href="https://blog.example/a?b=1&amp;c=2">x</a>',
        ),
        (
            '<img alt="a > b" src="/i.png" srcset="/i.png 1x, /j.png 2x">',
            '<img alt="a > b" src="https://blog.example/i.png" '
            'srcset="https://blog.example/i.png 1x, https://blog.example/j.png 2x">',
        ),
        ('<video poster="/p.png" src="/v.mp4"></video>',
         '<video poster="https://blog.example/p.png" src="https://blog.example/v.mp4"></video>'),
        # What only looks like a link is text.
        ('<code>href="/about/"</code>', '<code>href="/about/"</code>'),
        ('<p class="x">src="/about/"</p>', '<p class="x">src="/about/"</p>'),
        ('<p>&lt;a href="/about/"&gt;</p>', '<p>&lt;a href="/about/"&gt;</p>'),
        ('<a href="//[">x</a>', '<a href="//[">x</a>'),
        ("", ""),
    ],
)  # fmt: skip
def test_links_are_written_out_and_texts_are_not_touched(html: str, shown: str) -> None:
    assert absolute_links(html, PAGE) == shown


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='<>a/"= hrefsc#:[]&;x', max_size=80))
def test_clean_html_stays_clean(text: str) -> None:
    linked = absolute_links(clean_post(f'<p>{text}</p><a href="/x">{text}</a>'), PAGE)

    assert str(clean_post(linked)) == linked
    assert '<a href="https://blog.example/x">' in linked


def test_a_text_made_to_be_slow_is_not() -> None:
    began = time.process_time()

    absolute_links('<a b="' * 20_000, PAGE)
    absolute_links("<a " + 'b="c" ' * 20_000, PAGE)
    absolute_links("<p " + "x" * 100_000, PAGE)

    assert time.process_time() - began < 2
