"""What the pages of categories and tags show; see `frontend/templates/writing`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.head import Head
from app.web.writing.pages import Tab, Tick


@dataclass(frozen=True, slots=True)
class TermRow:
    """A category or a tag in a list; `depth` of a category in its tree."""

    name: str
    url: str
    view_url: str
    posts: int
    depth: int = 0


@dataclass(frozen=True)
class TermsPage:
    """`writing/terms.html`: all categories as a tree, or tags page by page; and a form for one more."""

    frame: Frame
    head: Head
    taxonomy: str
    kinds: Sequence[Tab]
    rows: Sequence[TermRow]
    sought: str
    next_url: str
    parents: Sequence[Tick]
    typed: Mapping[str, str]
    errors: Sequence[FieldError] = ()
    done: str = ""


@dataclass(frozen=True)
class TermPage:
    """`writing/term.html`: one category or tag, and what can be done about it."""

    frame: Frame
    head: Head
    id: int
    taxonomy: str
    name: str
    view_url: str
    posts: int
    parents: Sequence[Tick]
    # What it may become part of: categories to choose from; a tag is named.
    others: Sequence[Tick]
    may_be_removed: bool
    typed: Mapping[str, str]
    errors: Sequence[FieldError] = ()
    done: str = ""
