"""The words of a profile, as they are typed between commas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.groups.profiles.words import MOST_WORDS, WORD_LENGTH, word_key, words_in, words_typed

TYPED = [
    ("", []), (" , ;; ", []), ("CVs", ["CVs"]), ("CVs, salary talks", ["CVs", "salary talks"]),
    ("CVs; cvs\nCVS", ["CVs"]), ("#python, # go", ["python", "go"]), ("Köln、東京،عمّان", ["Köln", "東京", "عمّان"]),
    ("a  b ,a b, A B", ["a b"]), ("?!, C++, c", ["C++"]), ("x" * 40, ["x" * 40]), ("\x00a\x07", ["a"]),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "words"), TYPED)
def test_words_stand_between_commas(typed: str, words: list[str]) -> None:
    assert words_in(typed) == words


@pytest.mark.parametrize(
    "typed", ["x" * 41, ",".join(f"word {number}" for number in range(MOST_WORDS + 1))]
)
def test_too_many_and_too_long_are_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        words_in(typed)


@given(st.text(max_size=300))
def test_any_text_is_read_the_same_once_it_was_read(typed: str) -> None:
    try:
        words = words_in(typed)
    except Invalid:
        return

    assert words_in(words_typed(words)) == words
    assert len({word_key(word) for word in words}) == len(words) <= MOST_WORDS
    for word in words:
        assert 0 < len(word) <= WORD_LENGTH
        assert 0 < len(word_key(word)) <= WORD_LENGTH
        assert word_key(word_key(word)) == word_key(word)
        assert word_key(word.upper()) == word_key(word_key(word).upper())
