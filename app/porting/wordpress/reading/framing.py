"""Cut a stream of UTF-8 into the export's head and its items, however large either is.

XML parsers stop at the first mistake, and lose the rest of the file. Here only as much of XML is
read as it takes to tell where an item begins and ends: tags inside CDATA sections and comments do
not count. What is inside an item may be as broken as it likes; the next one is found all the same.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO

# <wp:comment> but not <wp:comment_id>; an item may carry attributes, though WordPress writes none.
_MARK = re.compile(rb"<(?:/?item|/?wp:comment)\s{0,99}>|<item\s[^<>]{0,400}>")
_LONGEST_MARK = 512
_CDATA, _CDATA_END, _COMMENT, _COMMENT_END = b"<![CDATA[", b"]]>", b"<!--", b"-->"
_SPLIT = b"]]><![CDATA[>"
_SIGNS = (_CDATA, _CDATA_END, _COMMENT, _COMMENT_END)
# An item larger than this is kept in a file while it is read.
_IN_MEMORY = 4 << 20


class Tape:
    """Bytes to be written once, in order, and read anywhere: in memory while they are few."""

    def __init__(self, limit: int = _IN_MEMORY) -> None:
        self.size = 0
        self._limit = limit
        self._memory = bytearray()
        self._file: IO[bytes] | None = None

    def write(self, piece: bytes) -> None:
        """Add to the end."""
        self.size += len(piece)
        if self._file is None and self.size > self._limit:
            self._file = TemporaryFile()  # noqa: SIM115 - closed with its last reader
            self._file.write(self._memory)
            self._memory = bytearray()
        if self._file is None:
            self._memory += piece
        else:
            self._file.write(piece)

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """The bytes from `start` up to `end`."""
        end = self.size if end is None else end
        if self._file is None:
            return bytes(self._memory[start:end])
        self._file.seek(start)
        piece = self._file.read(end - start)
        self._file.seek(0, 2)
        return piece


@dataclass(slots=True)
class Frame:
    """One item as it stands in the file: its first line, its bytes, where its comments are in them."""

    line: int
    tape: Tape
    # Start, end and line of each comment, one after the other.
    comments: "array[int]" = field(default_factory=lambda: array("Q"))
    # False when the file, or the next item, began before this one had ended.
    is_whole: bool = False

    def spans(self) -> Iterator[tuple[int, int, int]]:
        """Start, end and line of each comment."""
        numbers = iter(self.comments)
        return zip(numbers, numbers, numbers, strict=True)

    def body(self) -> bytes:
        """The item without its comments; the line breaks of these stay, so that lines still count."""
        pieces, at = [], 0
        for start, end, _line in self.spans():
            pieces += [self.tape.read(at, start), b"\n" * self.tape.read(start, end).count(b"\n")]
            at = end
        return b"".join([*pieces, self.tape.read(at)])


@dataclass(frozen=True, slots=True)
class Head:
    """Everything before the first item."""

    tape: Tape


class Framer:
    """Takes blocks, gives the head once and then frames."""

    def __init__(self) -> None:
        # Read, but on no tape yet. It begins at `_line`, inside of what `_within` names.
        self._rest = b""
        self._line = 1
        self._within: bytes | None = None
        self._head: Tape | None = Tape()
        self._item: Frame | None = None
        self._comment: tuple[int, int] | None = None

    def frames(self, blocks: Iterable[bytes]) -> Iterator[Head | Frame]:
        """The head, then every item; one is not whole if the file or the next item cuts it short."""
        for block in blocks:
            yield from self._feed(block)
        self._put(self._rest)
        yield from self._end_of_head()
        if self._item is not None:
            yield self._item

    def _feed(self, block: bytes) -> Iterator[Head | Frame]:
        text, at, seen = self._rest + block, 0, 0
        for mark in _MARK.finditer(text):
            self._within = _within(text, seen, mark.start(), self._within)
            seen = mark.start()
            if self._within is None:
                yield from self._turn(text, at, mark)
                at = mark.end()
        # What may be the start of a mark, or half a sign, waits for the next block.
        cut = max(_between_signs(text, len(text) - _LONGEST_MARK), at)
        self._within = _within(text, max(seen, at), cut, self._within)
        self._put(text[at:cut])
        self._rest = text[cut:]

    def _turn(self, text: bytes, at: int, mark: re.Match[bytes]) -> Iterator[Head | Frame]:
        """Put away what lies before a mark, and do what the mark says."""
        opens = not mark[0].startswith(b"</")
        if mark[0].startswith((b"<item", b"</item")):
            if opens:
                self._put(text[at : mark.start()])
                yield from self._end_of_head()
                yield from self._end_of_item(is_whole=False)
                self._item = Frame(self._line, Tape())
                self._put(mark[0])
            else:
                self._put(text[at : mark.end()])
                yield from self._end_of_item(is_whole=True)
        elif opens:
            self._put(text[at : mark.start()])
            self._comment = (self._item.tape.size, self._line) if self._item else None
            self._put(mark[0])
        else:
            self._put(text[at : mark.end()])
            self._end_of_comment()

    def _put(self, piece: bytes) -> None:
        self._line += piece.count(b"\n")
        if self._item is not None:
            self._item.tape.write(piece)
        elif self._head is not None:
            self._head.write(piece)

    def _end_of_head(self) -> Iterator[Head]:
        if self._head is not None:
            yield Head(self._head)
            self._head = None

    def _end_of_item(self, *, is_whole: bool) -> Iterator[Frame]:
        if self._item is not None:
            self._item.is_whole = is_whole
            yield self._item
        self._item = self._comment = None

    def _end_of_comment(self) -> None:
        if self._item is not None and self._comment is not None:
            start, line = self._comment
            self._item.comments.extend((start, self._item.tape.size, line))
        self._comment = None


def _within(text: bytes, start: int, end: int, state: bytes | None) -> bytes | None:
    """What the position `end` lies inside of (a section's opening sign, or None); `state` is `start`'s.

    The last sign before a place tells: after `]]>` one is outside a CDATA section, after
    `<![CDATA[` inside, since inside one that sign means nothing and nothing was closed yet.
    """
    if state == _COMMENT:
        closed = text.find(_COMMENT_END, start, end)
        if closed < 0:
            return _COMMENT
        start = closed + len(_COMMENT_END)
        state = None
    opened, closed = text.rfind(_CDATA, start, end), text.rfind(_CDATA_END, start, end)
    if opened > closed or (closed < 0 and state == _CDATA):
        return _CDATA
    after = max(start, closed)
    is_comment = text.rfind(_COMMENT, after, end) > text.rfind(_COMMENT_END, after, end)
    return _COMMENT if is_comment else None


def _between_signs(text: bytes, at: int) -> int:
    """The last position up to `at`, not below 0, that cuts no sign in two."""
    at = max(at, 0)
    while any(text.find(s, max(at - len(s) + 1, 0), at + len(s) - 1) >= 0 for s in _SIGNS):
        at -= 1
    return at


def swallows(text: bytes, opening: bytes) -> bool:
    """Whether a CDATA section that was never closed runs on into the next piece, begun by `opening`.

    XML has nothing against it: the section ends where the next one does. That gives it away, since
    the beginning of another section comes before its end; in a text that quotes an export, as
    WordPress writes it, that end would be split in two.
    """
    at = text.find(opening, 1)
    for _attempt in range(20):
        if at < 0:
            break
        closed = text.find(_CDATA_END, at)
        if 0 <= text.find(_CDATA, at) < closed and not text.startswith(_SPLIT, closed):
            return text.rfind(_CDATA, 0, at) > text.rfind(_CDATA_END, 0, at)
        at = text.find(opening, at + 1)
    return False
