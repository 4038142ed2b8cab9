"""What the pages of the library show; see `frontend/templates/resources`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.core.markup import SafeHtml
from app.resources.letters import Blank, Piece
from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.head import Head, Link

LIBRARY = "/resources/"
DESK = "/write/resources/"


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A resource as one entry of a list; `facts` say what it is and how large."""

    title: str
    url: str
    summary: str
    facts: Sequence[str]
    published_at: datetime | None
    tags: Sequence[Link] = ()
    # Where it is handed out at once; empty where its page has to be opened first.
    download_url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to narrow a list."""

    title: str
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class LibraryPage:
    """`resources/library.html`: what can be had, the newest first; `next_url` is empty on the last page."""

    frame: Frame
    head: Head
    title: str
    # The text of a page that has this address, if there is one.
    opening: SafeHtml | None
    rows: Sequence[ResourceRow]
    kinds: Sequence[Choice]
    tags: Sequence[Choice]
    next_url: str
    feed_url: str
    may_upload: bool


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version, and where it is handed out."""

    number: int
    file_name: str
    facts: Sequence[str]
    sha256: str
    at: datetime
    by: str
    note: str
    url: str


@dataclass(frozen=True)
class ResourcePage:
    """`resources/page.html`: one resource, with all that is to be known before it is fetched."""

    frame: Frame
    head: Head
    row: ResourceRow
    description_html: SafeHtml
    licence: str
    access: str
    count: int
    newest: VersionRow
    earlier: Sequence[VersionRow]
    posts: Sequence[Link]
    report_url: str
    edit_url: str
    # Why nobody else sees it yet; empty once it is published.
    state: str
    asks_address: bool
    letter: Sequence[Piece]
    blanks: Sequence[Blank]
    typed: Mapping[str, str] = field(default_factory=dict)
    # The letter as it was filled in, to be copied.
    filled: str = ""
    # What was just done.
    done: str = ""
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True)
class ConfirmPage:
    """`resources/confirm.html`: one button, behind the link of a letter."""

    frame: Frame
    head: Head
    title: str
    url: str
    may_be_mailed: bool


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A resource in the list of those who may change it."""

    title: str
    url: str
    state: str
    facts: Sequence[str]
    updated_at: datetime


@dataclass(frozen=True)
class DeskPage:
    """`resources/desk.html`: all that is somebody's to change."""

    frame: Frame
    head: Head
    rows: Sequence[DeskRow]
    next_url: str
    done: str


@dataclass(frozen=True, slots=True)
class AccessChoice:
    """Who may have it, as one of several to choose from."""

    value: str
    label: str
    hint: str
    is_chosen: bool


@dataclass(frozen=True)
class NewPage:
    """`resources/new.html`: a form for a file or a letter."""

    frame: Frame
    head: Head
    kind: str
    typed: Mapping[str, str]
    access: Sequence[AccessChoice]
    most_mb: int
    endings: str
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True, slots=True)
class PostChoice:
    """A post, or a discussion, that the resource may be shown with."""

    id: int
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class AddressRow:
    """Somebody who left an address and agreed to be mailed."""

    id: int
    email: str
    at: datetime


@dataclass(frozen=True)
class EditPage:
    """`resources/edit.html`: everything about one resource that can be changed."""

    frame: Frame
    head: Head
    id: int
    kind: str
    title: str
    url: str
    back: Link
    state: str
    may_be_published: bool
    is_retired: bool
    version: int
    typed: Mapping[str, str]
    access: Sequence[AccessChoice]
    versions: Sequence[VersionRow]
    # Of one of the site's; and of one of a group's.
    posts: Sequence[PostChoice]
    topics: Sequence[PostChoice]
    addresses: Sequence[AddressRow]
    more_addresses: bool
    most_mb: int
    endings: str
    done: str = ""
    errors: Sequence[FieldError] = ()
