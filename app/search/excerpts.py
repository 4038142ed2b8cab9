"""The piece of a text that shows why it was found, as words and not as HTML."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from app.search.asking import Term
from app.search.words import WrittenWord, words_where

# A piece of text, and whether it was asked for.
Segment: TypeAlias = tuple[str, bool]

LENGTH = 260
# So much of it stands before the first word that was asked for.
_BEFORE = 60
_MOST_MARKS = 200


class _Mark(NamedTuple):
    start: int
    end: int
    term: Term


def excerpt(text: str, wanted: Sequence[Term], length: int = LENGTH) -> tuple[Segment, ...]:
    """About `length` characters of a plain text, where most of what was asked for stands together.

    The beginning of the text where nothing of it does; nothing of an empty text.
    """
    found = list(words_where(text))
    marks = list(_marks(found, wanted))
    start = _start(found, _fullest(marks, length))
    end = _end(text, found, start + length)
    inside = (mark for mark in marks if start <= mark.start and mark.end <= end)
    return tuple(_segments(text, start, end, inside))


def _marks(found: Sequence[WrittenWord], wanted: Sequence[Term]) -> Iterator[_Mark]:
    firsts = {term.words[0] for term in wanted}
    begun = tuple(term.words[0] for term in wanted if term.is_begun and len(term.words) == 1)
    left = _MOST_MARKS
    for at, (word, start, _) in enumerate(found):
        # Most words are nobody's first.
        if word not in firsts and not word.startswith(begun):
            continue
        for term in wanted:
            said = [word for word, _, _ in found[at : at + len(term.words)]]
            if left and _is_said(term, said):
                left -= 1
                yield _Mark(start, found[at + len(said) - 1][2], term)


def _is_said(term: Term, said: list[str]) -> bool:
    *exact, last = term.words
    if len(said) != len(term.words) or said[:-1] != exact:
        return False
    return said[-1].startswith(last) if term.is_begun else said[-1] == last


def _fullest(marks: Sequence[_Mark], length: int) -> int:
    """Where the first mark stands after which most different terms follow soon."""
    most, best = 0, 0
    for first in marks:
        soon = first.start + length - _BEFORE
        terms = {mark.term for mark in marks if first.start <= mark.start and mark.end <= soon}
        if len(terms) > most:
            most, best = len(terms), first.start
    return best


def _start(found: Sequence[WrittenWord], mark: int) -> int:
    """Where the word stands with which the excerpt begins."""
    if mark <= _BEFORE:
        return 0
    return next(start for _, start, _ in found if start >= mark - _BEFORE)


def _end(text: str, found: Sequence[WrittenWord], limit: int) -> int:
    """Where the word ends with which the excerpt does."""
    if len(text) <= limit:
        return len(text)
    return max((end for _, _, end in found if end <= limit), default=limit)


def _segments(text: str, start: int, end: int, marks: Iterable[_Mark]) -> Iterator[Segment]:
    before, at = "… " if start else "", start
    for mark in marks:
        if mark.start < at:
            continue
        if before + text[at : mark.start]:
            yield before + text[at : mark.start], False
        yield text[mark.start : mark.end], True
        before, at = "", mark.end
    rest = before + text[at:end] + (" …" if end < len(text) else "")
    if rest:
        yield rest, False
