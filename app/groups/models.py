"""Groups, who belongs to them, how one gets in, and what is started there."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.core.markup import CleanHtml, SafeHtml


class Visibility(StrEnum):
    """Who may read what is said: everybody; members, while others know of it; members, while nobody else does."""

    PUBLIC = "public"
    MEMBERS = "members"
    HIDDEN = "hidden"


class Joining(StrEnum):
    """How one becomes a member. A link of invitation opens any of them."""

    OPEN = "open"
    REQUEST = "request"
    INVITE = "invite"


class Sharing(StrEnum):
    """Who puts files into a group for the others to take away."""

    MEMBERS = "members"
    MODERATORS = "moderators"
    NOBODY = "nobody"


class GroupState(StrEnum):
    """active ⇄ read-only; active → closed: nobody sees it any more but who exports it."""

    ACTIVE = "active"
    READ_ONLY = "read-only"
    CLOSED = "closed"


class Group(Base):
    """A place with people in it. Counts are kept in the transaction of each change."""

    __tablename__ = "groups"
    __table_args__ = (Index("ix_groups_listed", "state", "visibility", "last_said_at", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    guid: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    # One sentence.
    purpose: Mapped[str] = mapped_column(String(300), default="")
    about_source: Mapped[str] = mapped_column(default="")
    about_html: Mapped[SafeHtml] = mapped_column(CleanHtml, default=SafeHtml(""))
    rules_source: Mapped[str] = mapped_column(default="")
    rules_html: Mapped[SafeHtml] = mapped_column(CleanHtml, default=SafeHtml(""))
    visibility: Mapped[Visibility] = mapped_column(String(10), default=Visibility.PUBLIC)
    joining: Mapped[Joining] = mapped_column(String(10), default=Joining.REQUEST)
    state: Mapped[GroupState] = mapped_column(String(10), default=GroupState.ACTIVE)
    # Until then nobody says anything, whatever the state.
    read_only_until: Mapped[datetime | None]
    # At most three, asked of whoever asks to join.
    questions: Mapped[list[str]] = mapped_column(JSON, default=list)
    # What may be started, and by whom: members, or moderators alone.
    kinds: Mapped[list[str]] = mapped_column(JSON, default=lambda: list(TopicKind))
    members_start: Mapped[bool] = mapped_column(default=True)
    # So many first things of a new member are read by a moderator before others see them.
    holds_first: Mapped[int] = mapped_column(default=2)
    # Seconds between two things one member says; 0 for none. And how many a day; 0 for any number.
    slow_seconds: Mapped[int] = mapped_column(default=0)
    daily_topics: Mapped[int] = mapped_column(default=10)
    daily_replies: Mapped[int] = mapped_column(default=200)
    takes_commercial: Mapped[bool] = mapped_column(default=True)
    sharing: Mapped[Sharing] = mapped_column(
        String(12), default=Sharing.MEMBERS, server_default=Sharing.MEMBERS
    )
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    member_count: Mapped[int] = mapped_column(default=0)
    topic_count: Mapped[int] = mapped_column(default=0)
    # When something was last said that everybody in it may read.
    last_said_at: Mapped[datetime | None]
    # Raised with every change of the settings: two who change them at once find out.
    version: Mapped[int] = mapped_column(default=1)


class MemberRole(StrEnum):
    """What somebody may do in a group."""

    MEMBER = "member"
    MODERATOR = "moderator"
    OWNER = "owner"


class MemberState(StrEnum):
    """invited / requested → active → left; active ⇄ muted, who only reads; active → banned."""

    INVITED = "invited"
    REQUESTED = "requested"
    ACTIVE = "active"
    MUTED = "muted"
    BANNED = "banned"
    LEFT = "left"


_INSIDE, _KEEPS = text("state IN ('active', 'muted')"), text("role <> 'member'")


class Membership(Base):
    """Somebody and a group."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index("ix_memberships_group", "group_id", "state", "joined_at", "user_id"),
        # Who is in it, who came last first: a page of them is one range.
        Index(
            "ix_memberships_inside", "group_id", "joined_at", "user_id",
            sqlite_where=_INSIDE, postgresql_where=_INSIDE,
        ),
        Index(
            "ix_memberships_keepers", "group_id", "user_id",
            sqlite_where=_KEEPS, postgresql_where=_KEEPS,
        ),
        Index("ix_memberships_user", "user_id", "state", "group_id"),
    )  # fmt: skip

    group_id: Mapped[int] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[MemberRole] = mapped_column(String(10), default=MemberRole.MEMBER)
    state: Mapped[MemberState] = mapped_column(String(10))
    asked_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    # What was answered to the group's questions: each a dict of `question` and `answer`.
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    rules_accepted_at: Mapped[datetime | None]
    # Of a mute or a ban; None for good.
    until: Mapped[datetime | None]
    # Muted when they left: whoever comes back before `until` is muted again.
    left_muted: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Approved here so far, up to as many as anybody's rules ask for.
    approved: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    def is_muted(self, at: datetime) -> bool:
        """Whether they read and say nothing, for now or for good."""
        return self.state == MemberState.MUTED and not self.is_over(at)

    def is_over(self, at: datetime) -> bool:
        """Whether a mute or a ban has run out."""
        return self.until is not None and self.until <= at


class JoinRequest(Base):
    """The number under which it stands in the moderators' queue that somebody asks to join.

    The request itself is the membership; the number is the same each time they ask.
    """

    __tablename__ = "join_requests"
    __table_args__ = (UniqueConstraint("group_id", "user_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class Invitation(Base):
    """A link that lets people in: so often, and until then. Its secret is kept as a hash."""

    __tablename__ = "group_invitations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    most_uses: Mapped[int]
    uses: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None]


class TopicKind(StrEnum):
    """What a member starts in a group."""

    DISCUSSION = "discussion"
    ASK = "ask"
    OFFER = "offer"


class Topic(Base):
    """What a member started in a group. Its opening text and the replies are its thread's comments.

    `is_shown` and the counts follow those comments, in the transaction of each change.
    """

    __tablename__ = "topics"
    __table_args__ = (
        CheckConstraint("moved_to IS NULL OR moved_to <> id", name="moved_elsewhere"),
        # The list of a group: what is pinned, then what was answered last.
        Index(
            "ix_topics_listed", "group_id", "is_pinned", "last_said_at", "id",
            sqlite_where=text("is_shown = 1"), postgresql_where=text("is_shown"),
        ),
        Index(
            "ix_topics_kind", "group_id", "kind", "last_said_at", "id",
            sqlite_where=text("is_shown = 1"), postgresql_where=text("is_shown"),
        ),
        Index(
            "ix_topics_started", "group_id", "created_at", "id",
            sqlite_where=text("is_shown = 1"), postgresql_where=text("is_shown"),
        ),
        # What its feeds leave out.
        Index(
            "ix_topics_hidden", "group_id",
            sqlite_where=text("is_shown = 0"), postgresql_where=text("NOT is_shown"),
        ),
        # What was put into a topic.
        Index(
            "ix_topics_moved", "moved_to",
            sqlite_where=text("moved_to IS NOT NULL"),
            postgresql_where=text("moved_to IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    kind: Mapped[TopicKind] = mapped_column(String(12), default=TopicKind.DISCUSSION)
    # None: somebody who has no account here any more.
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    author_name: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(120))
    guid: Mapped[str] = mapped_column(String(200), unique=True)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_shown: Mapped[bool] = mapped_column(default=False)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    is_locked: Mapped[bool] = mapped_column(default=False)
    # The comment that is its opening text.
    opening_id: Mapped[int | None] = mapped_column(BigId)
    # The reply that solved it.
    solved_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime]
    # Replies that are shown, and the last thing said, be it the opening text.
    reply_count: Mapped[int] = mapped_column(default=0)
    last_said_at: Mapped[datetime]
    last_said_by: Mapped[str] = mapped_column(String(200), default="")
    # Where it went when it was merged: its address leads there.
    moved_to: Mapped[int | None] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"))
    # Where it was taken up from, where that was elsewhere: a post or a comment of this site.
    about_post_id: Mapped[int | None] = mapped_column(
        ForeignKey("posts.id", ondelete="SET NULL"), index=True
    )
    about_comment_id: Mapped[int | None] = mapped_column(BigId)
    version: Mapped[int] = mapped_column(default=1)


class Reading(Base):
    """How far somebody has read a topic: `first unread` begins behind it."""

    __tablename__ = "topic_readings"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    # The newest reply they were shown, and when they looked.
    comment_id: Mapped[int] = mapped_column(BigId, default=0)
    at: Mapped[datetime]
    # Told of replies, or never; by the group's own level where nothing was said.
    follows: Mapped[bool | None]
