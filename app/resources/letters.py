"""Letters with blanks to fill in: `[[Your name]]` in the text is a blank of that name. Pure, and nothing is kept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.text import clean_text

LETTER_LENGTH = 20_000
BLANK_LENGTH = 2_000
MOST_BLANKS = 40

_BLANK = re.compile(r"\[\[[ \t]*([^\[\]\s](?:[^\[\]\n]{0,78}[^\[\]\s])?)[ \t]*\]\]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a letter, or the name of a blank in it."""

    text: str
    is_blank: bool


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank, wherever it stands in the letter; `field` is its name in a form."""

    field: str
    name: str


def blanks_of(letter: str) -> Sequence[Blank]:
    """The blanks of a letter in the order in which they come, each once."""
    names = dict.fromkeys(found[1] for found in _BLANK.finditer(letter))
    return [Blank(f"blank_{number}", name) for number, name in enumerate(names, 1)][:MOST_BLANKS]


def pieces_of(letter: str) -> Sequence[Piece]:
    """The letter in pieces, words and blanks by turns, as a page shows it."""
    # Of what is split by one group, each second piece is what that group found.
    pieces = enumerate(_BLANK.split(letter))
    return [Piece(text, number % 2 == 1) for number, text in pieces if text]


def filled(letter: str, typed: Mapping[str, str]) -> str:
    """The letter with what was typed in its blanks; those left empty stay as they are."""
    given = {
        blank.name: clean_text(typed.get(blank.field, "").replace("\r\n", "\n")).strip()
        for blank in blanks_of(letter)
    }

    def fill(found: re.Match[str]) -> str:
        return given.get(found[1], "")[:BLANK_LENGTH] or found[0]

    return _BLANK.sub(fill, letter)
