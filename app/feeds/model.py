"""What a feed says, before it is said in one of the three formats.

Addresses are absolute, times are aware, `*_html` is clean HTML and everything else is plain text.
The texts may hold any character: each writer leaves out what its format forbids.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wrote an entry; `url` is their page, or empty."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A category or a tag; `scheme` is the address below which all labels of its kind live."""

    name: str
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file which comes with an entry; `length` is in bytes, 0 where it is not known."""

    url: str
    mime: str
    length: int = 0


@dataclass(frozen=True, slots=True)
class Replies:
    """The discussion of an entry: how much was said, where it stands, and its feed twice."""

    count: int
    page_url: str
    rss_url: str
    atom_url: str


@dataclass(frozen=True, slots=True)
class AnswerTo:
    """What an entry answers: the id which that has in its own feed, and its address."""

    guid: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One item. `guid` is written byte for byte; without `content_html` it is a summary only."""

    guid: str
    url: str
    title: str
    published: datetime
    updated: datetime
    summary: str = ""
    content_html: str = ""
    authors: tuple[Person, ...] = ()
    labels: tuple[Label, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    replies: Replies | None = None
    answer_to: AnswerTo | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a feed: `id` is the same on all, `next_url` leads to the older entries."""

    id: str
    title: str
    home_url: str
    self_url: str
    updated: datetime
    entries: tuple[Entry, ...]
    author: str
    description: str = ""
    language: str = ""
    hub_url: str = ""
    first_url: str = ""
    previous_url: str = ""
    next_url: str = ""
