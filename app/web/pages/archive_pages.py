"""What lists of posts show: home, archives and searches; see `frontend/templates`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.web.deps import Frame
from app.web.head import Head, Link
from app.web.pages.paging import Pages
from app.web.pages.post_page import AuthorBox


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as one entry of a table of contents."""

    title: str
    url: str
    published_at: datetime
    summary: str
    # The beginning of the summary, for all rows but the first.
    sentence: str
    authors: tuple[Link, ...]
    comment_count: int
    is_sticky: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """That somebody said something lately, and under what."""

    name: str
    title: str
    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HomePage:
    """The newest posts, and who said something lately."""

    frame: Frame
    head: Head
    posts: Sequence[PostRow]
    pages: Pages
    lately: Sequence[Said]


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Posts that have something in common, and what that is."""

    frame: Frame
    head: Head
    kind: str
    title: str
    description: str
    ancestors: Sequence[Link]
    within: Sequence[Link]
    author: AuthorBox | None
    count: int
    posts: Sequence[PostRow]
    pages: Pages


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One thing that a search found. The excerpt is words, each with whether they were looked for."""

    title: str
    url: str
    kind: str
    at: datetime | None
    excerpt: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to see the same search."""

    title: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a search found; `words` are the asker's, `found` says how much or why nothing."""

    frame: Frame
    head: Head
    title: str
    words: str
    found: str
    kinds: Sequence[Choice]
    orders: Sequence[Choice]
    by: str
    since: str
    until: str
    is_narrowed: bool
    results: Sequence[FoundRow]
    pages: Pages
