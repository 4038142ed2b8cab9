"""What a line of words asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.asking import QUERY_LENGTH, Term, read_terms


def said(*words: str) -> Term:
    return Term(words)


def begun(*words: str) -> Term:
    return Term(words, is_begun=True)


@pytest.mark.parametrize(
    ("line", "wanted", "unwanted"),
    [
        ("red garden", [said("red"), begun("garden")], []),
        ("garden red!", [said("garden"), begun("red")], []),
        ("to go", [said("to"), said("go")], []),
        ('"red garden"', [said("red", "garden")], []),
        ('walls "red garden" -blue', [said("walls"), said("red", "garden")], [said("blue")]),
        ('garden -"red wall"', [said("garden")], [said("red", "wall")]),
        ("“red garden” «wall»", [said("red", "garden"), said("wall")], []),
        ('"never closed', [said("never", "closed")], []),
        ("e-mail don't", [said("e", "mail"), said("don", "t")], []),
        ("--help - x", [said("help"), said("x")], []),
        ("日本", [begun("日", "本")], []),
        ("twice TWICE twice", [said("twice"), begun("twice")], []),
        ("-only -these", [], [said("only"), said("these")]),
    ],
)
def test_words_phrases_and_what_is_not_wanted(
    line: str, wanted: list[Term], unwanted: list[Term]
) -> None:
    terms = read_terms(line)

    assert list(terms.wanted) == wanted
    assert list(terms.unwanted) == unwanted


@pytest.mark.parametrize(
    "line", ["", "  \t\n", '"', '""""', "-", "!?*()^:+~", "\x00", "👍🏽", "- - -"]
)
def test_a_line_without_words_asks_for_nothing(line: str) -> None:
    assert not read_terms(line)


def test_a_name_alone_is_something_to_ask_for() -> None:
    terms = read_terms("", author="Gwen O’Neil")

    assert terms
    assert terms.by == said("gwen", "o", "neil")


@pytest.mark.parametrize(("length", "was_cut"), [(200, False), (201, True), (10_000, True)])
def test_a_line_too_long_is_cut_and_says_so(length: int, was_cut: bool) -> None:
    terms = read_terms("x" * length)

    assert terms.was_cut == was_cut
    assert sum(map(len, terms.wanted[0].words)) == QUERY_LENGTH


@given(st.text(max_size=400), st.text(max_size=400))
def test_every_line_can_be_read(line: str, author: str) -> None:
    terms = read_terms(line, author)

    assert all(term.words for term in terms.wanted + terms.unwanted)
