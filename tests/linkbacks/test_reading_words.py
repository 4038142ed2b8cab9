"""What a page is called, in which language it is, and the words around its link."""

import pytest

from tests.linkbacks.reading import LINK, TARGET, said_by

BEFORE = "one two three four five six seven eight nine ten " * 5
AFTER = BEFORE.upper()


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>On tea</title>", "On tea"),
        ("<title> On \n\t tea &amp; milk </title>", "On tea & milk"),
        ("<title>On tea</title><title>No</title>", "On tea"),
        ("<title>No</title><meta property='og:title' content='On tea'>", "On tea"),
        ("<title>On tea</title><meta property='og:title' content=' '>", "On tea"),
        ("<body><svg><title>No</title></svg>", ""),
        # hAtom 0.1, as themes of WordPress write it: the page's own title has the blog's name, too.
        ("<title>On tea – A blog</title><h1 class='entry-title x'>On <i>tea</i></h1>", "On tea"),
        (
            "<title>A blog</title><h2 class=entry-title>No</h2><h2 class=entry-title>No</h2>",
            "A blog",
        ),
        ("<title>On\x00 tea\x07\u202e\u2066</title>", "On tea"),
        ("<title>On &#1;&#x202e;tea &lt;b></title>", "On tea <b>"),
        ("<title>e\u0301</title>", "é"),
        ("", ""),
    ],
)
def test_a_page_is_called_what_it_says(head: str, title: str) -> None:
    assert said_by(head + LINK).title == title


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        ("<h1 class=p-name>Tea</h1><p class=e-content>is green</p>", "Tea"),
        # A note has no title: its name is what it says.
        ("<p class='p-name e-content'>Tea is green</p>", "Page"),
        ("<p class=p-name>Tea is</p><p class=e-content>Tea is green</p>", "Page"),
        ("Tea is green", "Page"),
    ],
)
def test_an_entry_is_called_by_the_name_it_says(entry: str, title: str) -> None:
    """microformats2: an implied name is the whole text, and no title."""
    page = f"<title>Page</title><div class=h-entry>{entry}{LINK}</div>"

    assert said_by(page).title == title


def test_a_long_title_is_cut_at_a_word() -> None:
    title = said_by(f"<title>{'teapot ' * 500}</title>").title

    assert 240 < len(title) <= 250
    assert title.endswith(" teapot …")


def test_the_words_around_the_link_are_its_excerpt() -> None:
    excerpt = said_by(f"<p>No.</p><p>{BEFORE}{LINK} {AFTER}</p><p>No.</p>").excerpt

    before, link, after = excerpt.partition("tea")
    assert link
    assert before.startswith("… ")
    assert BEFORE.endswith(before[2:])
    assert after.endswith(" …")
    assert AFTER.startswith(after[1:-2])
    assert 90 < len(before) <= 103
    assert 90 < len(after) <= 103


@pytest.mark.parametrize(
    ("page", "excerpt"),
    [
        (f"<p>Read {LINK} now", "Read tea now"),
        (f"<p>Read <b>all</b> <i>of {LINK}</i>.</p>", "Read all of tea."),
        (f"<p>A &lt;b&gt; {LINK}\n\n&amp;\x07 c</p>", "A <b> tea & c"),
        (f"<ul><li>{LINK}</li><li>milk</li></ul>", "tea milk"),
        (f"<p>Read<script>no()</script> {LINK}<!-- no -->", "Read tea"),
        (f"<p>Left \u202eright {LINK}", "Left right tea"),
        (f"<h1>A walk</h1><div><p>Read {LINK}.</p></div>", "A walk Read tea."),
        (
            f"<h1>A walk</h1><div class=e-content><p>Read {LINK}.</p><p>Now!</p></div>",
            "Read tea. Now!",
        ),
        (f"<h1>A walk</h1><div class='x entry-content'>Read {LINK}.</div>", "Read tea."),
        # A link in the head, or one without words, stands in no text.
        (f"<link href='{TARGET}'><p>words", ""),
        (f"<link href='{TARGET}'><p>Read {LINK} now", "Read tea now"),
        ("<p>nothing of us", ""),
    ],
)
def test_an_excerpt_is_plain_words(page: str, excerpt: str) -> None:
    assert said_by(page).excerpt == excerpt


@pytest.mark.parametrize("word", ["x", "x ", "\u00fc", "&amp;", "<b>x</b> "])
def test_an_excerpt_is_short_whatever_stands_there(word: str) -> None:
    link = f'<a href="{TARGET}">{word * 5_000}</a>'

    assert 0 < len(said_by(f"<p>{word * 5_000}{link}{word * 5_000}").excerpt) <= 500


def test_plain_text_has_an_excerpt_too() -> None:
    assert said_by(f"I read {TARGET}, twice", "text/plain").excerpt == f"I read {TARGET}, twice"


@pytest.mark.parametrize(
    ("page", "language"),
    [
        (f"<html lang=de><p>{LINK}", "de"),
        (f"<html lang=de><p lang=cy>{LINK}", "cy"),
        (f"<html lang=pt-BR><p>{LINK}", "pt-BR"),
        (f"<html lang='x y'><p>{LINK}", ""),
        (f"<html lang='{'a' * 99}'><p>{LINK}", ""),
        (f"<p>{LINK}", ""),
    ],
)
def test_the_language_is_the_one_around_the_link(page: str, language: str) -> None:
    """HTML §3.2.6.2, RFC 5646 §2.1."""
    assert said_by(page).language == language


@pytest.mark.parametrize(
    ("head", "charset", "encoding"),
    [
        ("", "", "utf-8"),
        ("", "", "cp1252"),
        ("", "iso-8859-1", "cp1252"),
        ("<meta charset=koi8-u>", "", "koi8-u"),
        ("<meta charset=windows-1252>", "utf-8", "utf-8"),
        ("<meta http-equiv=content-type content='text/html; charset=iso-8859-15'>", "", "iso8859-15"),
        ("\ufeff", "iso-8859-1", "utf-8"),
        ("\ufeff", "", "utf-16-le"),
        ("\ufeff", "", "utf-16-be"),
        ("", "no-such-thing", "utf-8"),
        ("", "utf-7", "utf-8"),
        ("", "\x00é\ud800" * 100, "utf-8"),
    ],
)  # fmt: skip
def test_a_page_is_decoded_by_its_mark_its_header_its_meta_or_by_looking(
    head: str, charset: str, encoding: str
) -> None:
    """HTML §13.2.3.2."""
    letter = "х" if encoding == "koi8-u" else "è"
    page = f"{head}<title>Th{letter}</title>"

    assert said_by(page.encode(encoding), charset=charset).title == f"Th{letter}"


def test_a_feed_says_its_charset_itself() -> None:
    """RFC 7303 §3.2."""
    target = "https://blog.example/чай"
    feed = f'<?xml version="1.0" encoding="koi8-r"?><rss><link>{target}</link></rss>'

    assert said_by(feed.encode("koi8-r"), "text/xml", targets=[target]).links_here
