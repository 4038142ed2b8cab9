"""What the pages of groups show; see `frontend/templates/groups`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from app.core.answers import Answer
from app.core.markup import SafeHtml
from app.groups.models import TopicKind
from app.web.asks.panel_page import Panel
from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.groups.promised import Promised
from app.web.head import Head
from app.web.notices.of_groups import Way
from app.web.pages.paging import NumberedPage
from app.web.people.pages import Person
from app.web.resources.pages import ResourceRow


class GroupRow(NamedTuple):
    """A group in the list of all."""

    name: str
    url: str
    purpose: str
    is_open_to_all: bool
    members: int
    topics: int
    last_said_at: datetime | None


@dataclass(frozen=True)
class GroupsPage:
    """`/groups/`: all groups somebody may know of."""

    frame: Frame
    head: Head
    mine: Sequence[GroupRow]
    others: Sequence[GroupRow]
    is_first: bool
    # Where the list goes on; empty at its end.
    more: str
    may_begin: bool


class Tab(NamedTuple):
    """One page of a group, in the row at its top."""

    title: str
    url: str
    is_current: bool


class Face(NamedTuple):
    """A member, by photo or by the first letter of their name."""

    name: str
    url: str
    photo_url: str
    initial: str
    role: str
    since: datetime | None
    user_id: int


@dataclass(frozen=True)
class GroupTop:
    """What stands at the top of every page of a group."""

    name: str
    url: str
    purpose: str
    members: int
    new_this_week: int
    is_public: bool
    # Why nothing can be said here by anybody; empty for the usual.
    notice: str
    tabs: Sequence[Tab]
    may_join: bool
    join_url: str
    # A word on what somebody is here; empty for strangers.
    my_state: str
    may_leave: bool
    # How many ask to join, for those who decide about it.
    asking: int = 0


class TopicRow(NamedTuple):
    """A topic in a list."""

    title: str
    url: str
    kind: str
    author: str
    replies: int
    created_at: datetime
    last_said_at: datetime
    # None: somebody whom the reader does not see.
    last_said_by: str | None
    tags: Sequence[str]
    is_pinned: bool
    is_locked: bool
    is_solved: bool
    is_unread: bool
    waits: bool


@dataclass(frozen=True)
class GroupPage:
    """`/groups/g/`: what is discussed there."""

    frame: Frame
    head: Head
    top: GroupTop
    faces: Sequence[Face]
    waiting: Sequence[TopicRow]
    topics: Sequence[TopicRow]
    # The newest things to take away, on the first page.
    resources: Sequence[ResourceRow]
    tag: str
    older: str
    may_read: bool
    may_start: Answer


@dataclass(frozen=True)
class AboutPage:
    """`/groups/g/about/`: what it is for, its rules, who keeps it."""

    frame: Frame
    head: Head
    top: GroupTop
    about_html: SafeHtml
    rules_html: SafeHtml
    stewards: Sequence[Face]
    since: datetime


class MemberRow(NamedTuple):
    """Somebody who belongs to a group, as whoever reads the page sees them."""

    person: Person
    role: str
    since: datetime | None
    user_id: int


@dataclass(frozen=True)
class MembersPage:
    """`/groups/g/members/`: who belongs to it, who came last first."""

    frame: Frame
    head: Head
    top: GroupTop
    url: str
    members: Sequence[MemberRow]
    # What was asked for, by the names of the fields.
    typed: Mapping[str, str]
    is_filtered: bool
    older: str
    may_keep: bool
    # Nobody keeps order about themselves.
    me_id: int | None


@dataclass(frozen=True)
class JoinPage:
    """Joining, or asking to: the rules, and the questions."""

    frame: Frame
    head: Head
    top: GroupTop
    action: str
    rules_html: SafeHtml
    questions: Sequence[str]
    is_asking: bool
    # How much mail is to be had; nothing is chosen for them.
    mail: Sequence[Way]
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[FieldError] = ()


class ReplyCard(NamedTuple):
    """One thing said in a topic, and all that shows of it: a tuple, since what is drawn of it is found by it."""

    id: int
    author: str
    author_url: str
    initial: str
    photo_url: str
    began_it: bool
    at: datetime
    # Whether it was changed, and by whom; when, and where the earlier texts are, for who may see them.
    edited: str
    edited_at: datetime | None
    history_url: str
    # Where its author changes it, and takes it back; empty for anybody else.
    edit_url: str
    withdraw_url: str
    body_html: SafeHtml
    answered_id: int | None
    answered_name: str
    answered_url: str
    is_gone: bool
    waits: bool
    is_solution: bool
    is_mine: bool
    # What is asked or offered in it, which is answered above; empty for any other.
    matter: str
    url: str


@dataclass(frozen=True)
class ReplyBox:
    """Where an answer is typed."""

    action: str
    may: Answer
    token: str
    typed: str = ""
    answers_id: int = 0
    answers_name: str = ""
    errors: Sequence[FieldError] = ()
    is_read_first: bool = False


class About(NamedTuple):
    """What a topic was taken up from: a post, or what somebody said under it."""

    title: str
    url: str
    # Who said it; empty for the post itself.
    name: str


@dataclass(frozen=True)
class TopicPage:
    """`/groups/g/d/ID-slug/`: one page of a discussion."""

    frame: Frame
    head: Head
    top: GroupTop
    id: int
    title: str
    url: str
    kind: TopicKind
    tags: Sequence[str]
    author: str
    created_at: datetime
    is_pinned: bool
    is_locked: bool
    is_solved: bool
    waits: bool
    # It waits for nobody: its text was taken away.
    is_gone: bool
    reply_count: int
    cards: Sequence[ReplyCard]
    number: int
    pages: Sequence[NumberedPage]
    unread_url: str
    # On its first page, where everybody may read what it is about.
    about: About | None
    # How much was said when the page was made: what comes after it is new.
    said_total: int
    # Of an ask or an offer, on its first page.
    panel: Panel | None
    # To take away, on its first page.
    resources: Sequence[ResourceRow]
    promised: Promised
    box: ReplyBox
    may_keep: bool
    may_solve: bool
    # `follow`: told of every reply; `mute`: of none; `usual`: once one has taken part.
    following: str

    @property
    def may_edit_any(self) -> bool:
        """Whether anything on it is for whoever reads it to change."""
        return any(card.edit_url for card in self.cards)


@dataclass(frozen=True)
class StartPage:
    """Beginning a topic."""

    frame: Frame
    head: Head
    top: GroupTop
    action: str
    token: str
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[FieldError] = ()
    preview_html: SafeHtml | None = None
    is_read_first: bool = False
