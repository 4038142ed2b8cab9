"""What the pages of a group's resources show; see `frontend/templates/resources`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.core.answers import Answer
from app.core.markup import SafeHtml
from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.groups.pages import GroupTop
from app.web.head import Head, Link
from app.web.resources.pages import AccessChoice, ResourceRow, VersionRow


@dataclass(frozen=True)
class GroupLibraryPage:
    """`resources/group_library.html`: what a group has to take away, the newest first."""

    frame: Frame
    head: Head
    top: GroupTop
    rows: Sequence[ResourceRow]
    # The word all of them have, if only some are shown.
    tag: str
    next_url: str
    may_share: Answer


@dataclass(frozen=True)
class GroupResourcePage:
    """`resources/group_page.html`: one of them, with all that is to be known before it is fetched."""

    frame: Frame
    head: Head
    top: GroupTop
    row: ResourceRow
    description_html: SafeHtml
    licence: str
    access: str
    count: int
    newest: VersionRow
    earlier: Sequence[VersionRow]
    # The discussions it is shown with.
    topics: Sequence[Link]
    edit_url: str
    # Why nobody else sees it yet; empty once it is published.
    state: str
    done: str
    # Files have none; the facts are shown as of the site's own.
    letter: Sequence[str] = ()


@dataclass(frozen=True)
class SharePage:
    """`resources/share.html`: a form for a file that a group is to have."""

    frame: Frame
    head: Head
    top: GroupTop
    action: str
    typed: Mapping[str, str]
    access: Sequence[AccessChoice]
    most_mb: int
    endings: str
    errors: Sequence[FieldError] = field(default=())
