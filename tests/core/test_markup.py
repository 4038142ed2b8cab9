"""Safe HTML is made in one place; these are the attempts to get something else out of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from sqlalchemy.dialects import sqlite

from app.core.markup import (
    CleanHtml,
    SafeHtml,
    clean_comment,
    clean_post,
    html_comment,
    join_pages,
    markdown_comment,
    markdown_post,
    split_pages,
    web_address,
)
from tests.shared import payloads

FETCHING = {"src", "srcset", "poster", "data", "background", "action", "formaction", "style"}


def assert_harmless(html: str) -> None:
    """No script, handler, script URL, frame or form; nothing that asks another server for anything."""
    tree = lxml_html.fragment_fromstring(html.replace("\f", "<hr>"), create_parent="div")
    for element in tree.iter():
        assert element.tag not in {
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "form",
            "svg",
            "math",
        }
        assert element.tag not in {
            "link",
            "meta",
            "base",
            "template",
            "noscript",
            "input",
            "button",
        }
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            if name in FETCHING:
                assert name in {"src", "srcset", "poster"}
                assert value.startswith("/")
                assert not value.startswith(("//", "/\\"))
            if name in {"href", "cite"}:
                scheme = value.strip().lower().split(":")[0] if ":" in value else ""
                assert scheme not in {"javascript", "data", "vbscript", "file", "blob"}


def test_no_attack_survives_any_of_the_doors() -> None:
    for payload in payloads("xss") + payloads("naughty"):
        assert_harmless(clean_post(payload))
        assert_harmless(clean_comment(payload))
        assert_harmless(markdown_post(payload)[0])
        assert_harmless(markdown_comment(payload))


@given(st.text(alphabet="<>/\"'=&;:abonclickscriptsrchrefjava \f\n`*[]()!-", max_size=200))
def test_no_jumble_of_markup_becomes_harmful(jumble: str) -> None:
    assert_harmless(clean_post(jumble))
    assert_harmless(clean_comment(jumble))
    assert_harmless(markdown_comment(jumble))


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        (
            '<img src="/wp-content/uploads/a.jpg" alt="A">',
            '<img src="/wp-content/uploads/a.jpg" alt="A">',
        ),
        ('<img src="https://elsewhere.example/a.jpg">', ""),
        ('<img src="//elsewhere.example/a.jpg">', ""),
        ('<img src="/\\elsewhere.example/a.jpg">', ""),
        ('<p style="color:red" onclick="x()">Hi</p>', "<p>Hi</p>"),
        ('<h2 id="part-two">Two</h2>', '<h2 id="part-two">Two</h2>'),
        ('<p id="comment-7">Mine</p>', "<p>Mine</p>"),
        ('<p id="respond">Mine</p>', "<p>Mine</p>"),
        ("<p>open", "<p>open</p>"),
    ],
)
def test_authors_keep_what_is_theirs(html: str, kept: str) -> None:
    assert clean_post(html) == kept


def test_commenters_links_vouch_for_nothing() -> None:
    link = markdown_comment("see https://example.org/x")

    assert 'rel="ugc nofollow noopener"' in link
    assert 'href="https://example.org/x"' in link


def test_commenters_html_is_shown_as_they_typed_it() -> None:
    assert markdown_comment("<script>alert(1)</script>") == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    )


def test_a_foreign_picture_in_markdown_becomes_a_link() -> None:
    html, _teaser = markdown_post("![A chart](https://elsewhere.example/chart.png)")

    assert html == '<p><a href="https://elsewhere.example/chart.png">A chart</a></p>\n'


def test_a_split_post_has_pages_and_a_teaser() -> None:
    html, teaser = markdown_post("One.\n\n<!--more-->\n\nMore.\n\n<!--nextpage-->\n\nTwo.")

    assert [str(page).strip() for page in split_pages(html)] == [
        "<p>One.</p>\n<p>More.</p>",
        "<p>Two.</p>",
    ]
    assert teaser == "<p>One.</p>\n"


def test_tags_do_not_reach_from_one_page_into_the_next() -> None:
    first, second = split_pages(clean_post("<ul><li>one\f<li>two</ul>"))

    assert (first, second) == ("<ul><li>one</li></ul>", "<li>two</li>")
    assert split_pages(join_pages((first, second))) == (first, second)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://example.org/", "https://example.org/"),
        (" http://example.org/a?b=c ", "http://example.org/a?b=c"),
        ("javascript:alert(1)", ""),
        ("ftp://example.org", ""),
        ("example.org", ""),
        ("https://example.org/" + "a" * 600, ""),
        ('https://example.org/"onclick="x', ""),
    ],
)
def test_only_web_addresses_are_kept_as_a_persons_site(typed: str, kept: str) -> None:
    assert web_address(typed) == kept


def test_the_column_refuses_what_was_not_cleaned() -> None:
    column, dialect = CleanHtml(), sqlite.dialect()

    with pytest.raises(TypeError):
        column.process_bind_param("<b>", dialect)
    assert column.process_bind_param(SafeHtml("<b>x</b>"), dialect) == "<b>x</b>"


@pytest.mark.parametrize(
    "block", ["", "<!-- a --> <b> <!-- c -->", "<!-->-->", "<p>", "<!-- a -- b -->"]
)
def test_what_is_not_one_comment_is_no_comment(block: str) -> None:
    with pytest.raises(ValueError, match="one comment"):
        html_comment(block)


def test_one_comment_stays_as_it_is() -> None:
    assert html_comment("<!-- <rdf:RDF/> -->") == "<!-- <rdf:RDF/> -->"
