"""Strangers' HTML, told tag by tag to whoever reads it: so deep, so many, and no more.

Whoever gets the bytes bounds their number. No tree is built by the parser: one tag with a hundred
thousand attributes would take it minutes.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, Protocol, TypeVar

from anyio import CapacityLimiter, to_thread
from lxml import etree

Read = TypeVar("Read")

# As much as of any page is asked for; readers need not look further.
LONGEST_PAGE = 1_000_000
# The parser looks through all open elements for each end tag that fits none of them: a page of
# nothing but these would take minutes. Browsers stop at 512.
DEEPEST = 800
# The page is given to the parser in pieces, to be stopped between them.
_BLOCK = 8_192


class Reader(Protocol):
    """Hears of tags as they come; of text and comments too, if it has methods `data` and `comment`."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""


def read_tags(
    content: bytes, reader: Reader, *, encoding: str | None = "utf-8", most: int = sys.maxsize
) -> None:
    """Tell `reader` what stands in a page, as far as that is read: to `most` elements, and whatever it is.

    Without an `encoding` the parser finds it out.
    """
    bounded = _Bounded(reader, most)
    # The stubs ask for more than is needed of a target.
    target: Any = bounded
    parser = etree.HTMLParser(target=target, encoding=encoding, no_network=True, huge_tree=True)
    # What holds nothing, or breaks off: whatever was told up to there stays true.
    with suppress(etree.LxmlError, ValueError):
        for start in range(0, len(content), _BLOCK):
            parser.feed(content[start : start + _BLOCK])
            if bounded.is_full:
                break
        parser.close()


async def read_apart(read: Callable[..., Read], *arguments: Any) -> Read:
    """What `read` makes of a page, in a thread: one of a megabyte takes a second, and others wait for their answers.

    One after the other: many threads at once would leave the readers of this site one share among many,
    and each of them holds twenty times what it reads.
    """
    return await to_thread.run_sync(read, *arguments, limiter=_room())


@cache
def _room() -> CapacityLimiter:
    return CapacityLimiter(1)


class _Bounded:
    """Passes on what it hears, until that is too deep or too much."""

    def __init__(self, reader: Reader, most: int) -> None:
        self.is_full = False
        self._reader: Any = reader
        self._depth, self._left = 0, most
        self._hears = {name for name in ("data", "comment") if hasattr(reader, name)}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._left -= 1
        self.is_full = self.is_full or self._depth > DEEPEST or self._left < 0
        if not self.is_full:
            self._reader.start(tag, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if not self.is_full:
            self._reader.end(tag)

    def data(self, text: str) -> None:
        if "data" in self._hears and not self.is_full:
            self._reader.data(text)

    def comment(self, text: str) -> None:
        if "comment" in self._hears and not self.is_full:
            self._reader.comment(text)

    def close(self) -> None:
        pass
