"""What the pages of asks and offers show; see `frontend/templates/asks`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.core.answers import Answer
from app.core.markup import SafeHtml
from app.networking.asks.balance import Balance
from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.groups.pages import GroupTop
from app.web.head import Head


class HelpRow(NamedTuple):
    """An ask or an offer on a board."""

    title: str
    url: str
    is_ask: bool
    kind: str
    day: str
    is_late: bool
    # Of an offer: how often it can be had still, and at all.
    left: int
    times: int
    state: str
    is_taken: bool
    is_commercial: bool
    kept: int
    author: str
    replies: int
    tags: Sequence[str]
    group: str
    group_url: str


@dataclass(frozen=True)
class BoardPage:
    """`/groups/g/asks/`, `/groups/g/offers/`, and `/asks/`, which has no group's top."""

    frame: Frame
    head: Head
    top: GroupTop | None
    title: str
    is_ask: bool
    rows: Sequence[HelpRow]
    url: str
    tag: str
    further: str
    may_start: Answer
    balance: Balance | None = None


@dataclass(frozen=True)
class BeginPage:
    """Asking for something, or offering it."""

    frame: Frame
    head: Head
    top: GroupTop
    is_ask: bool
    action: str
    token: str
    kinds: Sequence[tuple[str, str]]
    first_day: str
    last_day: str
    takes_commercial: bool
    # What whoever asked often and answered nothing could help with.
    fitting: Sequence[HelpRow]
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[FieldError] = ()
    preview_html: SafeHtml | None = None
    is_read_first: bool = False
