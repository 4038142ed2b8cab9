"""What the console's templates get: one frozen object a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app.core.markup import SafeHtml
from app.moderation.hosts import ShownHost
from app.moderation.keys import Keys
from app.web.deps import Frame
from app.web.head import Head


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the lists, with how much stands in it; no number where none is kept."""

    view: str
    label: str
    url: str
    key: str
    is_current: bool
    number: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something waits, as a sentence with a shape before it."""

    code: str
    because: str
    shape: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What a comment answers, or what stands before it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """What a moderator noted."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Button:
    """Something that can be done: a form's button, a link to a form of its own (`sheet`), or a link."""

    label: str
    key: str
    url: str
    kind: str = "link"
    tone: str = ""
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an author; no address where the asker may not see it."""

    standing: str
    lines: Sequence[tuple[str, str]]
    # How much of theirs waits, and where that is listed; None where that is not the asker's to know.
    waiting: int | None
    others_url: str
    notes: Sequence[NoteLine]


@dataclass(frozen=True, slots=True)
class Row:
    """One case as the queue shows it."""

    is_other: ClassVar[bool] = False

    id: int
    case_id: int
    version: int
    name: str
    kind: str
    status: str
    body_html: SafeHtml
    # What is shown meanwhile, where `body_html` is a new text that waits.
    shown_html: SafeHtml
    # What its author says against its removal, and what reports say, where these wait.
    appeal: str
    reports: Sequence[str]
    # Of a link from elsewhere: whether its words were sent, or read on its page.
    whose_words: str
    is_long: bool
    hosts: Sequence[ShownHost]
    title: str
    url: str
    post_url: str
    # In which it was said.
    group: str
    group_url: str
    arrived_at: datetime
    age: str
    edited: str
    is_proved: bool
    reasons: Sequence[Reason]
    verdicts: Sequence[str]
    # What its author wrote last elsewhere; no host where there is nothing.
    latest_url: str
    latest_title: str
    latest_host: ShownHost | None
    parent: Neighbour | None
    before: Sequence[Neighbour]
    author: Facts | None
    claimed_by: str
    # Who gave it to whoever has it, where they did not take it themselves.
    given_by: str
    looked_at_by: str
    decisions: Sequence[Button]
    others: Sequence[Button]
    pick_key: str
    # Where the form leads back to, and the next row, as `row_in` reads it.
    back: str
    next_row: str


@dataclass(frozen=True, slots=True)
class Act:
    """The last thing that was done, for the bar at the bottom."""

    decision_id: int
    says: str
    about: str
    can_be_undone: bool
    key: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow the queue: a field of the address with its choices."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A narrowing that has no field of its own, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A filter kept under a name."""

    id: int
    name: str
    url: str


@dataclass(frozen=True)
class ConsolePage:
    """What every page of the console has around it."""

    frame: Frame
    head: Head
    tabs: Sequence[Tab]


@dataclass(frozen=True, slots=True)
class Sample:
    """This week's ten: what is asked of a moderator, how many are left, and what the answers tell."""

    rows: Sequence[Row]
    left: str
    tells: str


@dataclass(frozen=True)
class QueuePage(ConsolePage):
    """`moderating/queue.html`."""

    title: str
    view: str
    # Each a `Row`, or an `OtherRow`.
    rows: Sequence[Any]
    filters: Sequence[Filter]
    chips: Sequence[Chip]
    saved: Sequence[Saved]
    fields: dict[str, str]
    words: str
    is_narrowed: bool
    whole_url: str
    here: str
    next_url: str
    act: Act | None
    sample: Sample | None
    reasons: Sequence[tuple[str, str]]
    keys: Keys
    help: Sequence[tuple[str, str]]
    decides_many: bool
    notices: Sequence[str] = ()


@dataclass(frozen=True)
class RowPage(ConsolePage):
    """`moderating/row.html`: one row again, the tabs' numbers and the bar."""

    row: Row | None
    act: Act | None
    trouble: str = ""
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class LogRow:
    """One entry of the log."""

    id: int
    at: datetime
    says: str
    reason: str
    note: str
    url: str
    change: str
    can_be_undone: bool


@dataclass(frozen=True)
class LogPage(ConsolePage):
    """`moderating/log.html`."""

    title: str
    # Whose decisions these are, where not everybody's; then the first and the last day that were asked for.
    says: str
    filters: Sequence[Filter]
    first: str
    until: str
    is_narrowed: bool
    rows: Sequence[LogRow]
    here: str
    next_url: str


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter that waits, was sent, or could not be."""

    id: int
    recipient: str
    subject: str
    created_at: datetime
    state: str
    trouble: str
    has_failed: bool


@dataclass(frozen=True, slots=True)
class StoppedRow:
    """An address that gets no more letters, since when, and what its server said last."""

    address: str
    since: datetime
    trouble: str


@dataclass(frozen=True)
class OutboxPage(ConsolePage):
    """`moderating/outbox.html`."""

    title: str
    rows: Sequence[LetterRow]
    explanation: str
    stopped: Sequence[StoppedRow]
