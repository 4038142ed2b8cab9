"""Where a comment stands when its thread is read from the top, and where the thread's pages begin.

A thread may hold 100,000 comments, and any of them may be approved years late. So a comment's place
is fixed by what never changes (when it was written, its number, whom it answers) and pages are
ranges of places: one comment more between two boundaries moves neither. Pure functions.

A place is a string of segments, one a level: five bytes of seconds since the year 1, six bytes that
tell those of one second apart: the id of what was brought along, the rest of the time and bits of the
guid of what is written here. Compared byte by byte, places are in reading order: each comment before its
answers, answers by age. Deeper than `MAX_DEPTH`, answers stand beside each other under the same
ancestor.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zlib import crc32

MAX_DEPTH = 5
SEGMENT = 11

# A page holds this many conversations …
PAGE_ROOTS = 50
# … begins anew at the next conversation once it holds this many comments …
PAGE_FULL = 200
# … and inside one at this many, since a single conversation may be as long as a book.
PAGE_BURSTS = 300

# A million microseconds need the other twenty of six bytes.
_GUID_BITS = 28
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Boundary:
    """One page of a thread: its first place, how many it shows and how many conversations begin."""

    first_place: bytes
    size: int
    roots: int


def place_of(created_at: datetime, comment_id: int, parent: bytes | None = None) -> bytes:
    """The place of a comment; `parent` is the place of the one it answers."""
    seconds = int((created_at - _YEAR_ONE).total_seconds())
    own = seconds.to_bytes(5, "big") + comment_id.to_bytes(6, "big")
    return (parent or b"")[: SEGMENT * (MAX_DEPTH - 1)] + own


def new_place(created_at: datetime, guid: str, parent: bytes | None = None) -> bytes:
    """The place of a comment that has no number yet: microseconds, then bits of its guid, in place of it."""
    apart = crc32(guid.encode()) & ((1 << _GUID_BITS) - 1)
    return place_of(created_at, (created_at.microsecond << _GUID_BITS) | apart, parent)


def depth_of(place: bytes) -> int:
    """1 for the start of a conversation, at most `MAX_DEPTH`."""
    return len(place) // SEGMENT


def boundaries(places: Iterable[bytes], roots: int = PAGE_ROOTS) -> list[Boundary]:
    """Pages for places in ascending order; none for none."""
    pages: list[Boundary] = []
    first, size, begun = b"", 0, 0
    for place in places:
        is_root = len(place) == SEGMENT
        full = is_root and (begun >= roots or size >= PAGE_FULL)
        if size and (full or size >= PAGE_BURSTS):
            pages.append(Boundary(first, size, begun))
            size = begun = 0
        if not size:
            first = place
        size, begun = size + 1, begun + is_root
    if size:
        pages.append(Boundary(first, size, begun))
    return pages


def wants_splitting(page: Boundary, *, is_last: bool) -> bool:
    """Whether a page has grown too long. Only the last is kept short: splitting any other renumbers."""
    slack = 1 if is_last else 2
    return page.roots > PAGE_ROOTS * slack or page.size > PAGE_BURSTS * slack
