"""Plain text: cleaning, slugs, short versions."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.core.text import clean_text, one_line, plain_text, shorten, slugify, unescaped
from tests.effort import growth


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x08c", "abc"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("\ud800x", "x"),
        ("e\u0301", "\u00e9"),
        ("\ufffe\uffff", ""),
    ],
)
def test_what_xml_forbids_is_dropped(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_cleaned_text_may_stand_in_xml(text: str) -> None:
    element = etree.Element("a")
    element.text = clean_text(text)

    assert etree.fromstring(etree.tostring(element)).tag == "a"


@pytest.mark.parametrize("marks", ["\u0316\u0301", "\u0323", "\u0344\u0316"])
def test_letters_with_very_many_marks_take_no_longer_than_others(marks: str) -> None:
    """Marks in the wrong order are sorted, each by a look at all before it."""
    assert growth(lambda size: clean_text("e" + marks * size), 2_000) < 9


def test_a_letter_keeps_all_its_marks_in_order() -> None:
    beautified = "e" + "\u0316\u0301" * 10
    endless = "e" + "\u0316\u0301" * 50

    assert clean_text(beautified) == unicodedata.normalize("NFC", beautified)
    assert sorted(clean_text(endless).replace("\u034f", "")) == sorted(
        unicodedata.normalize("NFC", endless)
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&#65;&#x42;&amp;", "AB&"),
        ("&#0000000065;", "A"),
        ("&#1114112;", "\ufffd"),
        (f"&#{'9' * 5000};z", "\ufffdz"),
        (f"&#{'9' * 5000}z", "\ufffdz"),
        (f"&#x{'9' * 5000};z", "\ufffdz"),
    ],
)
def test_an_entity_of_any_number_is_a_character(written: str, meant: str) -> None:
    assert unescaped(written) == meant
    assert plain_text(written) == meant


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p><p>two</p>", "One two"),
        ("a<br>b", "a b"),
        ("<em>in</em>side", "inside"),
        ("5 &lt; 6 &amp; 7", "5 < 6 & 7"),
        ("<ul>\n<li>x</li>\n<li>y</li>\n</ul>", "x y"),
    ],
)
def test_words_do_not_run_together(html: str, words: str) -> None:
    assert plain_text(html) == words


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("Über  Füße", "über-füsse"),
        ("Ελληνικά", "ελληνικά"),
        ("snake_case", "snake-case"),
        ("!!!", ""),
        ("../../admin", "admin"),
    ],
)
def test_slugs_keep_letters_of_every_script(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_a_long_slug_is_cut() -> None:
    assert len(slugify("a" * 5000)) == 200


def test_only_what_was_cut_gets_an_ellipsis() -> None:
    assert shorten("one two three", words=3) == "one two three"
    assert shorten("one two three four", words=3) == "one two three …"


def test_a_title_is_one_line() -> None:
    assert one_line("  a\n\t b\x00 ") == "a b"
