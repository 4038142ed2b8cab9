"""What the pages for those who keep a group show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.groups.belonging import Silenced
from app.groups.models import GroupState
from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.groups.pages import GroupTop
from app.web.head import Head


class AskingRow(NamedTuple):
    """Somebody who asks to join, and what they answered."""

    user_id: int
    name: str
    slug: str
    asked_at: datetime
    answers: Sequence[Mapping[str, str]]


class InvitationRow(NamedTuple):
    """A link that lets people in, without its secret."""

    id: int
    most_uses: int
    uses: int
    expires_at: datetime


class LogRow(NamedTuple):
    """Who did what, in a sentence."""

    by: str
    says: str
    at: datetime


@dataclass(frozen=True)
class KeepPage:
    """`/groups/g/keep/`."""

    frame: Frame
    head: Head
    top: GroupTop
    asking: Sequence[AskingRow]
    invitations: Sequence[InvitationRow]
    # The link that was made just now.
    made_url: str
    silenced: Sequence[Silenced]
    log: Sequence[LogRow]
    may_run: bool


@dataclass(frozen=True)
class SettingsPage:
    """The settings of a group, or of one that is begun."""

    frame: Frame
    head: Head
    top: GroupTop | None
    action: str
    state: GroupState | None
    # Tells the form of a new group from others like it.
    token: str
    typed: Mapping[str, str]
    errors: Sequence[FieldError] = ()


class MemberRow(NamedTuple):
    """A member, for those who may do something about them."""

    user_id: int
    name: str
    role: str
    state: str
    until: datetime | None


@dataclass(frozen=True)
class MemberPage:
    """`/groups/g/members/7/`: what may be done about one member."""

    frame: Frame
    head: Head
    top: GroupTop
    member: MemberRow
    said: int
    may_appoint: bool
    errors: Sequence[FieldError] = ()


class Choice(NamedTuple):
    """One of several things to choose from."""

    value: str
    says: str


@dataclass(frozen=True)
class TopicKeepPage:
    """Moving a discussion, putting it into another, or making one of a part of it."""

    frame: Frame
    head: Head
    top: GroupTop
    id: int
    title: str
    url: str
    groups: Sequence[Choice]
    # What it may be put into; an ask and an offer go into nothing.
    topics: Sequence[Choice]
    may_merge: bool
    replies: Sequence[Choice]
    typed: Mapping[str, str]
    errors: Sequence[FieldError] = ()
