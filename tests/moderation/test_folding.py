"""Letters as a reader sees them."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.moderation.learning.folding import LONGEST, fold


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Hello  World\n", "hello world"),
        ("Straße", "strasse"),
        ("ｃａｓｉｎｏ", "casino"),
        ("𝐂𝐚𝐬𝐢𝐧𝐨 𝓫𝓸𝓷𝓾𝓼", "casino bonus"),
        ("🅲🅰🆂🅸🅽🅾", "casino"),
        ("ᴄᴀꜱɪɴᴏ", "casino"),
        ("ca\u200bsi\u00adno", "casino"),
        ("c\u0336a\u0336s\u0336h\u0336", "cash"),
        # Some letters are Cyrillic ones that look alike, in an English word.
        ("Саsinо bоnus", "casino bonus"),
        # All letters of one word are Cyrillic, but nothing else is.
        ("сору this", "copy this"),
        # Some letters are Latin ones that look alike, in a Russian word.
        ("Пpeдлaгaeм рaботу", "предлагаем работу"),
        # Two alphabets in one text, each in its own words, are no disguise.
        ("Я купил new laptop", "я купил new laptop"),
        ("ΑΘΗΝΑ και φως", "αθηνα και φωσ"),
        # Here marks are half of a letter.
        ("हिन्दी", "हिन्दी"),
        ("ที่นี่", "ที่นี่"),
        ("café", "café"),
        ("", ""),
    ],
)
def test_letters_are_read_as_they_look(written: str, read: str) -> None:
    assert fold(written).text == unicodedata.normalize("NFKC", read)


def test_what_was_disguised_is_counted() -> None:
    folded = fold("bu\u200by ch\u200beap 𝐩𝐢𝐥𝐥𝐬 at mу shор")

    assert (folded.unseen, folded.fancy, folded.lookalikes) == (2, 5, 3)


def test_families_of_emoji_and_persian_hide_nothing() -> None:
    assert fold("👩‍👩‍👧 می‌خواهم").unseen == 0


def test_a_text_begins_where_it_can_be_seen() -> None:
    assert fold("\u200b" * 5000 + "casino").text == "casino"


@settings(deadline=None)
@given(st.text(max_size=4000))
def test_folding_ends_and_is_done_once(text: str) -> None:
    once = fold(text).text

    assert len(once) <= LONGEST
    assert "\u200b" not in once
    assert "  " not in once
    assert once == once.strip()


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=500))
def test_plain_text_is_only_made_small(text: str) -> None:
    assert fold(text).text == " ".join(text.lower().split())
