"""What the pages for writing show; see `frontend/templates/writing`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.core.markup import SafeHtml
from app.posts.checking import Finding
from app.posts.comparing import Row
from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.head import Head
from app.web.writing.mailed import Mailed

DESK = "/write/"


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the desk's lists; `number` is 0 where nothing is in it, or where it is not counted."""

    title: str
    url: str
    number: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A post or a page in one of the desk's lists."""

    id: int
    title: str
    url: str
    # Where it is read; empty for what lies in the trash or has no place yet.
    view_url: str
    summary: str
    authors: Sequence[str]
    # What the moment is of: “Saved”, “Goes out”, “Published”.
    when: str
    at: datetime | None
    is_sticky: bool
    may_be_restored: bool


@dataclass(frozen=True)
class WritingDeskPage:
    """`writing/desk.html`: all that is somebody's to write, list by list; `next_url` is empty on the last page."""

    frame: Frame
    head: Head
    kinds: Sequence[Tab]
    states: Sequence[Tab]
    rows: Sequence[DeskRow]
    kind: str
    state: str
    sought: str
    next_url: str
    # What is said where nothing is listed.
    nothing: str
    done: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A box to tick; `depth` of a category in its tree."""

    id: int
    name: str
    is_chosen: bool
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """Words that were typed and never saved, offered where the form is opened again."""

    at: datetime
    words: int
    # Whether the post was saved since by somebody.
    is_older: bool
    # What else differs from the post, by the names of the fields.
    others: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who types into the same post."""

    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the form that two of it have otherwise, as people read it; empty where nothing stands in it."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What the post says now, where somebody else saved it first."""

    who: str
    at: datetime
    title: str
    body: str
    excerpt: str
    # From that text to the one in the form.
    changes: Sequence[Row]
    # What else differs.
    others: Sequence[Difference] = ()


@dataclass(frozen=True)
class Outside:
    """What came of asking other sites for the addresses a text links to."""

    answer: int
    gone: Sequence[str]
    silent: Sequence[str]
    waiting: int
    # Where more is told once it is known; empty where nothing waits.
    more_url: str = ""
    # More links than are asked, or more texts than somebody may have looked over.
    left_out: int = 0


@dataclass(frozen=True)
class EditorPage:
    """`writing/editor.html`: one post's or page's form, with all that is folded away beside it."""

    frame: Frame
    head: Head
    # 0 as long as it is new.
    id: int
    kind: str
    # One of markdown, wordpress.
    format: str
    # What was typed, or would have to be typed to say what it says.
    typed: Mapping[str, str]
    # What the form was opened on.
    base: str
    # Its state as a word, and the sentence at the top.
    status: str
    state: str
    words: int
    saved_at: datetime | None
    view_url: str
    zone: str
    categories: Sequence[Tick]
    # Of editors alone: who may sign it.
    authors: Sequence[Tick]
    # Of pages alone: what it may stand under.
    parents: Sequence[Tick]
    may_keep_on_top: bool
    has_revisions: bool
    mailed: Mailed
    device: str = ""
    offer: Offer | None = None
    others: Sequence[Other] = ()
    meanwhile: Meanwhile | None = None
    preview: SafeHtml | None = None
    findings: Sequence[Finding] | None = None
    outside: Outside | None = None
    errors: Sequence[FieldError] = ()
    done: str = ""
    # What a picture that was just handed in is written as.
    picture: str = ""
    endings: str = ""
    most_mb: int = 0
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PreviewPart:
    """`writing/_preview.html`: a text as readers would see it."""

    frame: Frame
    head: Head
    title: str
    preview: SafeHtml
    words: int


@dataclass(frozen=True)
class FindingsPart:
    """`writing/_findings.html`: what the check before publishing found."""

    frame: Frame
    head: Head
    findings: Sequence[Finding]
    outside: Outside


@dataclass(frozen=True)
class OutsidePart:
    """`writing/_outside.html`: what is known by now of links to other sites."""

    frame: Frame
    head: Head
    outside: Outside
