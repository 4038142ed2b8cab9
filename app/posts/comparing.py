"""Two texts beside each other: paragraph by paragraph, and word by word where one became another. Pure.

Comparing takes time with the square of what differs. So what is alike at both ends is set aside first,
and what is still too much is shown as taken out and put in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_LINES = 2_000
_MOST_WORDS = 1_500
# Alike, so many paragraphs before and after a change are shown.
_AROUND = 1


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that share a fate."""

    text: str
    mark: Mark = Mark.SAME


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph before and after; None where there was or is none. `skipped` paragraphs that are alike."""

    before: Sequence[Piece] | None = None
    after: Sequence[Piece] | None = None
    skipped: int = 0

    @property
    def is_same(self) -> bool:
        """Whether nothing in it changed."""
        return self.before == self.after

    @property
    def together(self) -> Sequence[Piece]:
        """Both in one line: what went and what came, each where it stood."""
        if self.is_same or self.before is None:
            return self.after or ()
        return self.before if self.after is None else tuple(_woven(self.before, self.after))


def compare(before: str, after: str) -> Sequence[Row]:
    """All that changed from one text to another, with a little around it."""
    old, new = _lines(before), _lines(after)
    head, tail = _alike(old, new)
    rows = [_same(line) for line in old[:head]]
    rows += _changed(old[head : len(old) - tail], new[head : len(new) - tail])
    rows += [_same(line) for line in old[len(old) - tail :]]
    return tuple(_folded(rows))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n") if text else []


def _alike(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many are the same at the beginning, and at the end."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    most -= head
    tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    return head, tail


def _same(line: str) -> Row:
    pieces = (Piece(line),)
    return Row(pieces, pieces)


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    if max(len(old), len(new)) > _MOST_LINES:
        yield from _replaced(old, new)
        return
    for what, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            yield from map(_same, old[a:b])
        else:
            yield from _replaced(old[a:b], new[c:d])


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    for at in range(max(len(old), len(new))):
        if at >= len(new):
            yield Row(before=(Piece(old[at], Mark.OUT),))
        elif at >= len(old):
            yield Row(after=(Piece(new[at], Mark.IN),))
        else:
            yield Row(*_words(old[at], new[at]))


def _words(old: str, new: str) -> tuple[Sequence[Piece], Sequence[Piece]]:
    """A paragraph that became another, as pieces of both."""
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    head, tail = _alike(a, b)
    x, y = a[head : len(a) - tail], b[head : len(b) - tail]
    first, last = "".join(a[:head]), "".join(a[len(a) - tail :])
    if max(len(x), len(y)) > _MOST_WORDS:
        middle = [Piece("".join(x), Mark.OUT)], [Piece("".join(y), Mark.IN)]
    else:
        middle = _pieces(x, y)
    return tuple(
        tuple(piece for piece in (Piece(first), *pieces, Piece(last)) if piece.text)
        for pieces in middle
    )  # type: ignore[return-value]


def _pieces(a: Sequence[str], b: Sequence[str]) -> tuple[list[Piece], list[Piece]]:
    before, after = list[Piece](), list[Piece]()
    for what, i, j, k, m in SequenceMatcher(None, a, b).get_opcodes():
        is_same = what == "equal"
        if i < j:
            before.append(Piece("".join(a[i:j]), Mark.SAME if is_same else Mark.OUT))
        if k < m:
            after.append(Piece("".join(b[k:m]), Mark.SAME if is_same else Mark.IN))
    return before, after


def _woven(before: Sequence[Piece], after: Sequence[Piece]) -> Iterator[Piece]:
    """What is alike once, and before it what went, then what came. Both have the same pieces that are alike."""
    coming = iter(after)
    for piece in before:
        if piece.mark == Mark.OUT:
            yield piece
            continue
        for other in coming:
            yield other
            if other.mark == Mark.SAME:
                break
    yield from coming


def _folded(rows: Sequence[Row]) -> Iterator[Row]:
    """Long stretches that are alike give way to their number."""
    near = {
        at + step
        for at, row in enumerate(rows)
        if not row.is_same
        for step in range(-_AROUND, _AROUND + 1)
    }
    skipped = 0
    for at, row in enumerate(rows):
        if at in near:
            if skipped:
                yield Row(skipped=skipped)
            skipped = 0
            yield row
        else:
            skipped += 1
    if skipped:
        yield Row(skipped=skipped)
