"""What the pages of revisions show; see `frontend/templates/writing`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.posts.comparing import Row
from app.web.deps import Frame
from app.web.head import Head
from app.web.writing.pages import Difference


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision: who wrote it (empty where nobody knows), when, and whether the post says so now."""

    id: int
    url: str
    who: str
    at: datetime
    title: str
    characters: int
    was_saved: bool
    is_now: bool


@dataclass(frozen=True)
class RevisionsPage:
    """`writing/revisions.html`: all revisions of a post; `next_url` is empty on the last page."""

    frame: Frame
    head: Head
    post_id: int
    title: str
    rows: Sequence[RevisionRow]
    next_url: str


@dataclass(frozen=True)
class RevisionPage:
    """`writing/revision.html`: one revision as it was typed."""

    frame: Frame
    head: Head
    post_id: int
    title: str
    row: RevisionRow
    body: str
    words: int
    # Beside the one before it, and beside what the post says now; empty where that is itself.
    earlier_url: str
    now_url: str
    # What going back to it is asked on.
    base: str
    done: str
    # What stood beside such words in their form, where it is otherwise now.
    others: Sequence[Difference] = ()


@dataclass(frozen=True)
class ComparePage:
    """`writing/compare.html`: two revisions, paragraph by paragraph."""

    frame: Frame
    head: Head
    post_id: int
    title: str
    earlier: RevisionRow
    later: RevisionRow
    titles: Sequence[Row]
    rows: Sequence[Row]
    is_inline: bool
    url: str
    base: str
