"""The piece of a text that shows why it was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.asking import read_terms
from app.search.excerpts import LENGTH, Segment, excerpt

LOREM = "Nothing to be seen here at all, dear reader. " * 20


def around(text: str, line: str) -> str:
    """The excerpt with [what was asked for] in brackets."""
    return marked(excerpt(text, read_terms(line).wanted))


def marked(segments: tuple[Segment, ...]) -> str:
    return "".join(f"[{words}]" if is_hit else words for words, is_hit in segments)


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("A red garden.", "garden", "A red [garden]."),
        ("Gärten, GARDEN and gardening", "garden", "Gärten, [GARDEN] and [gardening]"),
        ("Gardening in a garden", '"garden"', "Gardening in a [garden]"),
        ("A red, red garden is red", '"red garden"', "A red, [red garden] is red"),
        ("Café au lait", "cafe", "[Café] au lait"),
        ("私は日本語を話す日", "日本", "私は[日本]語を話す日"),
        ("I said don’t", "don't", "I said [don’t]"),
        ("Nothing of the kind", "garden", "Nothing of the kind"),
        ("", "garden", ""),
        ("a < b & <b>c</b>", "b", "a < [b] & <[b]>c</[b]>"),
        ("½ a cup", "1", "[½] a cup"),
        ("one two three", '"one two" "two three"', "[one two] three"),
    ],
)
def test_what_was_asked_for_is_marked(text: str, line: str, expected: str) -> None:
    assert around(text, line) == expected


def test_a_long_text_is_cut_around_what_was_asked_for() -> None:
    found = around(f"{LOREM}The garden is red. {LOREM}", "garden")

    assert found.startswith("… ")
    assert found.endswith(" …")
    assert "The [garden] is red." in found
    assert len(found) < LENGTH + 20


def test_a_place_with_all_the_words_is_better_than_the_first_with_one() -> None:
    text = f"A garden. {LOREM} A red garden with a wall. {LOREM}"

    assert "[red] [garden] with a [wall]" in around(text, "garden red wall")


def test_the_beginning_is_shown_where_only_the_title_has_the_words() -> None:
    found = around(LOREM, "garden")

    assert found.startswith("Nothing to be seen")
    assert found.endswith(" …")


def test_a_word_without_end_is_cut_too() -> None:
    assert len(around("x" * 100_000, "garden")) < LENGTH + 20


@given(st.text("ab é日\n.-", max_size=500), st.text('ab é日"-', max_size=12))
def test_an_excerpt_is_a_piece_of_the_text(text: str, line: str) -> None:
    segments = excerpt(text, read_terms(line).wanted, length=100)
    whole = "".join(words for words, _ in segments)

    assert whole.removeprefix("… ").removesuffix(" …") in text
    assert all(words for words, _ in segments)
