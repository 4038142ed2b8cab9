"""What an export says, as values: the words are WordPress's, nothing is decided yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.porting.wordpress.reading.decoding import Notice


@dataclass(frozen=True, slots=True)
class WxrAuthor:
    """A person in the head of the file; WXR 1.0 has none."""

    login: str
    id: int | None = None
    email: str = ""
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    # What only Rapport writes, as it stands in the file; see `importing/own_words.py`.
    own_box: str = ""


@dataclass(frozen=True, slots=True)
class WxrTerm:
    """A category, a tag or a term of some other taxonomy; `parent` is a slug."""

    taxonomy: str
    slug: str
    name: str
    id: int | None = None
    parent: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """The head of the file: the site, its people and its terms."""

    title: str
    description: str
    # Where the site stood, the most exact first, without a slash at the end.
    base_urls: tuple[str, ...]
    language: str
    wxr_version: str
    authors: tuple[WxrAuthor, ...]
    terms: tuple[WxrTerm, ...]
    # What only Rapport writes, as it stands in the file; see `importing/own_words.py`.
    own_settings: str = ""
    own_redirects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WxrComment:
    """A comment, trackback or pingback as it stands in the file."""

    line: int
    id: int | None
    author: str
    email: str
    url: str
    ip: str
    # None where the file gives no sound date.
    at: datetime | None
    local: datetime | None
    content: str
    # 1, 0, spam, trash or post-trashed.
    approved: str
    # Empty or "comment", trackback, pingback, or what some plug-in thought of.
    type: str
    parent: int | None
    user_id: int | None
    meta: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something the file holds that could not be read: what, where it begins, and why not."""

    line: int
    what: str
    why: str


class Comments(Protocol):
    """The comments of one item, in the order of the file; may be gone through any number of times."""

    def __len__(self) -> int:
        """How many the file holds, readable or not."""

    def __iter__(self) -> Iterator["WxrComment | Skipped"]:
        """Each as a value, or as why it is none."""

    def numbers(self) -> Iterator[int]:
        """Their ids, without reading them: all that are there, and perhaps some that are not."""


@dataclass(frozen=True, slots=True)
class Item:
    """A post, page, attachment, menu entry or whatever else WordPress keeps among its posts."""

    line: int
    id: int | None
    title: str
    link: str
    guid: str
    creator: str
    content: str
    excerpt: str
    # `local` is the wall clock of the site; `at` the same moment in UTC.
    local: datetime | None
    at: datetime | None
    modified: datetime | None
    comment_status: str
    ping_status: str
    name: str
    status: str
    type: str
    parent: int | None
    menu_order: int
    password: str
    is_sticky: bool
    attachment_url: str
    terms: tuple[WxrTerm, ...]
    meta: tuple[tuple[str, str], ...]
    comments: Comments

    def meta_values(self, key: str) -> tuple[str, ...]:
        """All values kept under a key; WordPress allows several."""
        return tuple(value for found, value in self.meta if found == key)


Read = Channel | Item | Skipped | Notice
