"""Strangers' words made fit to stand among ours: one line, short, and only in their own direction."""

import re

from app.core.text import clean_text

LONGEST_TITLE = 250
LONGEST_EXCERPT = 500
LONGEST_NAME = 100

# Unicode TR 9 §2: what turns the text around it the other way, until it is taken back. The line
# of a stranger never takes it back.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")
# Nobody has to fold a megabyte of blanks for a title.
_READ_AT_MOST = 20


def line(text: str, longest: int) -> str:
    """The text on one line, cut at a word, with an ellipsis where something was left out."""
    folded = fold(text[: longest * _READ_AT_MOST]).strip()
    return folded if len(folded) <= longest else f"{begun(folded, longest - 2)} …"


def begun(text: str, longest: int) -> str:
    """The text up to the last whole word that fits; a word too long for that is cut."""
    if len(text) <= longest:
        return text
    cut = text[: longest + 1].rsplit(" ", 1)[0]
    return cut[:longest].rstrip()


def ended(text: str, longest: int) -> str:
    """The text from the first whole word that fits."""
    if len(text) <= longest:
        return text
    cut = text[-longest - 1 :].partition(" ")
    return cut[2].lstrip() if cut[1] else cut[0][-longest:]


def fold(text: str) -> str:
    """The text with one blank for all white space, without what is not to be seen."""
    return _SPACE.sub(" ", _TURNING.sub("", clean_text(text)))
