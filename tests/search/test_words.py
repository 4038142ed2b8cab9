"""What a word is: tables of what many scripts write, and promises for any text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.search.words import WORD_LENGTH, words, words_where

any_text = st.text(max_size=300)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to ONE person.", "write to one person"),
        ("Don’t stop — it’s fine", "don t stop it s fine"),
        ("e-mail foo_bar example.com/a?b=1", "e mail foo bar example com a b 1"),
        ("Café CAFÉ cafe\u0301", "cafe cafe cafe"),
        ("Straße, Øresund, Łódź, Đà, Æsir, œuvre, þing", "strasse oresund lodz da aesir oeuvre thing"),
        ("İstanbul ISTANBUL ırmak", "istanbul istanbul irmak"),
        ("Ёлка, Йод", "елка иод"),
        ("ﬁne ＡＢＣ № ½", "fine abc no 1 2"),
        ("co\u00adoperate a\u200db", "cooperate ab"),
        ("שָׁלוֹם مُحَمَّد محـــمد", "שלום محمد محمد"),
        ("हिन्दी में", "हिन्दी में"),
        ("한국은 좋다", "한국은 좋다"),
        ("日本語の本", "日 本 語 の 本"),
        ("が か\u3099 ｶﾞ", "が が ガ"),
        ("ที่นี่", "ที่ นี่"),
        ("abc日本def", "abc 日 本 def"),
        ("👍 !!! \x00 \ud800 ___", ""),
    ],
)  # fmt: skip
def test_words_are_folded_alike_in_every_script(text: str, expected: str) -> None:
    assert words(text) == expected.split()


def test_a_run_of_letters_nobody_would_call_a_word_is_kept_in_pieces() -> None:
    assert [len(word) for word in words("x" * 10_000)][:2] == [WORD_LENGTH, WORD_LENGTH]


@given(any_text)
@example("ﷺ" * 40)
def test_words_hold_nothing_but_letters_digits_and_marks(text: str) -> None:
    found = words(text)

    assert all(word and len(word) <= WORD_LENGTH for word in found)
    assert not set("'\"\\:*()|&! \t\n\r\x00_") & set("".join(found))
    "".join(found).encode()


@given(any_text, any_text)
def test_words_of_two_texts_apart_are_the_words_of_both(one: str, other: str) -> None:
    assert words(one) + words(other) == words(f"{one} \n {other}")


@given(any_text)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = words(text)

    assert words(" ".join(once)) == once


@given(st.text("aB9 _-.,'éßøﬁ½日本がहिन्दी한국אָ\n", max_size=60))
def test_each_word_is_found_where_it_is_written(text: str) -> None:
    places = [(start, end) for _, start, end in words_where(text)]

    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert [word for word, _, _ in words_where(text)] == words(text)
