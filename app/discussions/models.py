"""Threads and comments: tables, and what a row can decide alone."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.core.markup import BodyFormat, CleanHtml, SafeHtml


class CommentKind(StrEnum):
    """A linkback is a comment of another kind."""

    COMMENT = "comment"
    TRACKBACK = "trackback"
    PINGBACK = "pingback"
    WEBMENTION = "webmention"


class CommentStatus(StrEnum):
    """pending → approved / spam / removed, and back again while the thing is kept."""

    PENDING = "pending"
    APPROVED = "approved"
    SPAM = "spam"
    REMOVED = "removed"


class Relation(StrEnum):
    """What another site's page does with what is said here (microformats2), where it says so."""

    MENTION = ""
    REPLY = "reply"
    LIKE = "like"
    REPOST = "repost"
    BOOKMARK = "bookmark"
    RSVP = "rsvp"


class Section(StrEnum):
    """The two lists under a post; pages of both share their numbers."""

    COMMENTS = "comments"
    LINKBACKS = "linkbacks"


class Thread(Base):
    """The place for replies, under one post or one topic. Counts are kept in the transaction of each change."""

    __tablename__ = "threads"
    __table_args__ = (CheckConstraint("(post_id IS NULL) <> (topic_id IS NULL)", name="one_home"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), unique=True
    )
    topic_id: Mapped[int | None] = mapped_column(
        ForeignKey("topics.id", ondelete="CASCADE"), unique=True
    )
    # The topic's, kept here for whoever asks who may see what is said.
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), index=True
    )
    closed_at: Mapped[datetime | None]
    # Approved comments, and approved linkbacks.
    comment_count: Mapped[int] = mapped_column(default=0)
    linkback_count: Mapped[int] = mapped_column(default=0)
    # When the newest of them was approved: what its feeds' dates come from.
    approved_at: Mapped[datetime | None]


_APPROVED_IN_GROUP = text("status = 'approved' AND group_id IS NOT NULL")


class Comment(Base):
    """Something somebody said, or another site's link to what is said here."""

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint("status <> 'approved' OR approved_at IS NOT NULL", name="dated"),
        # A page of a thread is one range of this index.
        Index(
            "ix_comments_shown", "thread_id", "section", "place",
            sqlite_where=text("is_shown = 1"), postgresql_where=text("is_shown"),
        ),
        # Who of the members took part in a thread.
        Index(
            "ix_comments_took_part", "thread_id", "user_id",
            sqlite_where=text("is_shown = 1 AND user_id IS NOT NULL"),
            postgresql_where=text("is_shown AND user_id IS NOT NULL"),
        ),
        # Feeds of all comments, and of one thread's, newest approval first.
        # (The last column spares pages far down in the feed the rows of all before them.)
        Index(
            "ix_comments_approved", "approved_at", "id", "thread_id",
            sqlite_where=text("status = 'approved'"), postgresql_where=text("status = 'approved'"),
        ),
        Index(
            "ix_comments_thread_approved", "thread_id", "approved_at", "id",
            sqlite_where=text("status = 'approved'"), postgresql_where=text("status = 'approved'"),
        ),
        # The same of one group: what was begun in it, and what was answered.
        # (The last two columns tell what somebody does not see without its row.)
        Index(
            "ix_comments_group_approved",
            "group_id", "is_opening", "approved_at", "id", "thread_id", "user_id",
            sqlite_where=_APPROVED_IN_GROUP, postgresql_where=_APPROVED_IN_GROUP,
        ),
        Index(
            "ix_comments_author", "author_key_id", "status", "created_at",
            sqlite_where=text("author_key_id IS NOT NULL"),
            postgresql_where=text("author_key_id IS NOT NULL"),
        ),
        # What one member said: for their page, and when they go.
        Index(
            "ix_comments_member", "user_id", "approved_at", "id",
            sqlite_where=text("user_id IS NOT NULL"),
            postgresql_where=text("user_id IS NOT NULL"),
        ),
        Index(
            "ix_comments_text", "text_hash", "created_at",
            sqlite_where=text("text_hash <> ''"), postgresql_where=text("text_hash <> ''"),
        ),
        # Network addresses are wiped after a month.
        Index(
            "ix_comments_address", "created_at",
            sqlite_where=text("author_ip <> ''"), postgresql_where=text("author_ip <> ''"),
        ),
        # How many wait from one address.
        Index(
            "ix_comments_waiting", "author_ip",
            sqlite_where=text("status = 'pending' AND author_ip <> ''"),
            postgresql_where=text("status = 'pending' AND author_ip <> ''"),
        ),
        Index(
            "ix_comments_not_approved", "status", "created_at",
            sqlite_where=text("status <> 'approved'"), postgresql_where=text("status <> 'approved'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # Indexed for what is not read by visitors: exports, and a thread that goes with its post.
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), index=True)
    # The thread's, and whether a topic begins with it: kept here for the index of a group's feeds.
    group_id: Mapped[int | None] = mapped_column(BigId)
    is_opening: Mapped[bool] = mapped_column(default=False, server_default=false())
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"), index=True)
    kind: Mapped[CommentKind] = mapped_column(String(10), default=CommentKind.COMMENT)
    section: Mapped[Section] = mapped_column(String(10), default=Section.COMMENTS)
    # Of a linkback alone.
    relation: Mapped[Relation] = mapped_column(
        String(10), default=Relation.MENTION, server_default=Relation.MENTION
    )
    status: Mapped[CommentStatus] = mapped_column(String(10), default=CommentStatus.PENDING)
    guid: Mapped[str] = mapped_column(String(1000), unique=True)
    # The id it had elsewhere, where that is not its id here: its old anchor is kept on the page.
    legacy_id: Mapped[int | None] = mapped_column(BigId)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    author_name: Mapped[str] = mapped_column(String(300), default="")
    author_email: Mapped[str] = mapped_column(String(254), default="")
    author_url: Mapped[str] = mapped_column(String(1000), default="")
    author_ip: Mapped[str] = mapped_column(String(45), default="")
    author_agent: Mapped[str] = mapped_column(String(500), default="")
    # What Akismet wants to know of the request once more when a verdict is corrected.
    referrer: Mapped[str] = mapped_column(String(500), default="")
    author_key_id: Mapped[int | None] = mapped_column(
        ForeignKey("author_keys.id", ondelete="SET NULL")
    )
    # Of the cleaned text: the same again is told from something new by it.
    text_hash: Mapped[str] = mapped_column(String(32), default="")
    body_source: Mapped[str] = mapped_column(default="")
    body_format: Mapped[BodyFormat] = mapped_column(String(10), default=BodyFormat.MARKDOWN)
    body_html: Mapped[SafeHtml] = mapped_column(CleanHtml, default=SafeHtml(""))
    created_at: Mapped[datetime]
    # First approval: comment feeds are in this order, so that one approved late is not missed.
    approved_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]
    # Somebody else's words may be in it: said wherever it is said that it was edited.
    is_edited_by_moderator: Mapped[bool] = mapped_column(default=False)
    # Where it stands when the thread is read from the top; see `threading.py`.
    place: Mapped[bytes] = mapped_column(LargeBinary(60))
    depth: Mapped[int] = mapped_column(default=1)
    # Approved, or the line that keeps the place of one that is not, above replies that are.
    is_shown: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    # What it was before it was removed: where it goes back to.
    status_before: Mapped[str] = mapped_column(String(10), default="")
    # When its status was changed last; what is old enough is wiped or purged by it.
    decided_at: Mapped[datetime | None]

    @property
    def is_approved(self) -> bool:
        """Whether everybody may read it."""
        return self.status == CommentStatus.APPROVED


class CommentEdit(Base):
    """An earlier text of a comment, or a new one that waits while the earlier is still shown."""

    __tablename__ = "comment_edits"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    # None: its own author, as a guest.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    is_waiting: Mapped[bool] = mapped_column(default=False)
    body_source: Mapped[str]
    body_html: Mapped[SafeHtml] = mapped_column(CleanHtml)


class AppealState(StrEnum):
    """waiting → accepted / rejected, and back while the answer can be taken back."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Appeal(Base):
    """What an author says against the removal of a comment; once for each removal."""

    __tablename__ = "appeals"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), index=True
    )
    # The removal.
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), unique=True)
    text: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[AppealState] = mapped_column(String(10), default=AppealState.WAITING)
    # The decision that answered it.
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"), index=True)


class ThreadPage(Base):
    """A kept boundary: page `number` of a section begins at `first_place`.

    A page with a number in its address is found by its row and read as one range of places, however
    many come before it. A comment approved late falls between two boundaries and moves none.
    """

    __tablename__ = "thread_pages"

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True
    )
    section: Mapped[Section] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    first_place: Mapped[bytes] = mapped_column(LargeBinary(60))
    # How many are shown on it, and how many of these begin a conversation.
    size: Mapped[int]
    roots: Mapped[int]
