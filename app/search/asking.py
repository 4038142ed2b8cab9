"""What somebody asks for: a line of words into terms. Every line is allowed, and means something or nothing."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.core.text import clean_text
from app.search.words import words

# More than anybody types by hand; the rest is left out, and the page says so.
QUERY_LENGTH = 200
PAGE_SIZE = 10
# Whoever has not found it here wants other words, and the server wants an end.
PAGES = 50

# A minus belongs to what follows it at once: -this, -"and this". Quotes may stay open.
_PIECE = re.compile(r'(-(?=["\w]))?(?:"([^"]*)"?|([^\s"]+))')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))


class TooSlow(Exception):
    """An answer would take longer than anybody should wait for it."""


class Kind(StrEnum):
    """What can be found."""

    POST = "post"
    PAGE = "page"
    COMMENT = "comment"
    # Whatever is said in groups.
    DISCUSSION = "discussion"
    RESOURCE = "resource"
    PERSON = "person"


class Order(StrEnum):
    """Which comes first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


@dataclass(frozen=True)
class Query:
    """What is asked: a line of words and what narrows it. `since` and `before` are aware moments."""

    text: str = ""
    kind: Kind | None = None
    # Words of the author's or commenter's name, all of them, in this order.
    author: str = ""
    since: datetime | None = None
    before: datetime | None = None
    order: Order = Order.RELEVANCE
    page: int = 1


@dataclass(frozen=True)
class Term:
    """Words that stand side by side; the last of them may be only begun."""

    words: tuple[str, ...]
    is_begun: bool = False


@dataclass(frozen=True)
class Terms:
    """All of `wanted` and none of `unwanted`; `by` is words of a name."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    by: Term = field(default=Term(()))
    was_cut: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.wanted or self.by.words)


def read_terms(text: str, author: str = "") -> Terms:
    """The terms of a line: words, "phrases", -not; the last word may be only begun.

    What stands together without a blank (`e-mail`, `don't`) is looked for side by side. A line
    over QUERY_LENGTH characters is cut there.
    """
    line = clean_text(text[:QUERY_LENGTH]).translate(_QUOTES)
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for piece in _PIECE.finditer(line):
        minus, phrase, chunk = piece.groups()
        found = tuple(words(phrase if chunk is None else chunk))
        if found and minus:
            unwanted.append(Term(found))
        elif found:
            is_last = chunk is not None and not line[piece.end() :].strip()
            wanted.append(Term(found, is_begun=is_last and _may_be_begun(found[-1])))
    by = Term(tuple(words(author[:QUERY_LENGTH])))
    return Terms(_once(wanted), _once(unwanted), by, was_cut=len(text) > QUERY_LENGTH)


def _may_be_begun(word: str) -> bool:
    # One or two Latin letters begin half of all words; two Hangul syllables are a word with an ending to come.
    return len(word) > 2 or not word.isascii()


def _once(terms: list[Term]) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(terms))
