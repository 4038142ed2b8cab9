"""What the pages of the library of files show; see `frontend/templates/media`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.head import Head, Link
from app.web.resources.pages import Choice

DESK = "/write/media/"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as it is drawn on a page: small, where a small version is there."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Card:
    """A file as one of many; `ending` stands where there is nothing to be seen."""

    url: str
    title: str
    picture: Shown | None
    ending: str
    facts: Sequence[str]
    is_untold: bool


@dataclass(frozen=True)
class DeskPage:
    """`media/desk.html`: the files that are somebody's to change, the newest first."""

    frame: Frame
    head: Head
    cards: Sequence[Card]
    words: str
    kind: str
    kinds: Sequence[Choice]
    number_untold: int
    next_url: str
    most_mb: int
    most_files: int
    endings: str
    done: str = ""
    # What was taken of several files, where something is wrong with others.
    taken: Sequence[Link] = ()
    errors: Sequence[FieldError] = ()

    @property
    def is_narrowed(self) -> bool:
        """Whether files may be there that are not shown."""
        return bool(self.words or self.kind)


@dataclass(frozen=True)
class FilePage:
    """`media/file.html`: one file, what is said of it, and where it is used."""

    frame: Frame
    head: Head
    id: int
    title: str
    path: str
    url: str
    picture: Shown | None
    ending: str
    facts: Sequence[str]
    added_at: datetime | None
    added_by: str
    widths: Sequence[int]
    is_picture: bool
    is_untold: bool
    markdown: str
    typed: Mapping[str, str]
    version: int
    used_in: Sequence[Link]
    more_uses: int
    # Whether it was asked already to go.
    is_going: bool = False
    done: str = ""
    errors: Sequence[FieldError] = ()
