"""Tables of judging: who says it, what waits, what was decided, and what was learned of that."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class Standing(StrEnum):
    """What a moderator decided about an author by hand; `OPEN` where nobody did."""

    OPEN = ""
    TRUSTED = "trusted"
    WATCHED = "watched"
    BLOCKED = "blocked"


class AuthorKey(Base):
    """Somebody who comments: a keyed hash of their e-mail address or member id, and how they did.

    Counts are kept in the transaction of each change.
    """

    __tablename__ = "author_keys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    standing: Mapped[Standing] = mapped_column(String(10), default=Standing.OPEN)
    pending: Mapped[int] = mapped_column(default=0)
    approved: Mapped[int] = mapped_column(default=0)
    spam: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    # The first days, by UTC, on which something was written that is approved; three are enough to trust.
    approved_days: Mapped[list[str]] = mapped_column(JSON, default=list)
    last_spam_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime | None]


class AuthorNote(Base):
    """What moderators tell each other about an author."""

    __tablename__ = "author_notes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    author_key_id: Mapped[int] = mapped_column(
        ForeignKey("author_keys.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    text: Mapped[str]
    at: Mapped[datetime]


class Tab(StrEnum):
    """The lists of the console in which a thing stands; `BLATANT` is shown in none."""

    NEEDS = "needs"
    REPORTED = "reported"
    SPAM = "spam"
    RECENT = "recent"
    REMOVED = "removed"
    BLATANT = "blatant"


class Check(StrEnum):
    """Whether another server, or the worker, still has to be heard."""

    # For the page that a link is said to stand on.
    SOURCE = "source"
    # For Akismet.
    WAITING = "waiting"
    DONE = "done"
    UNAVAILABLE = "unavailable"


class Case(Base):
    """One thing in the console's queue, with all that lists and filters need of it.

    `item_id` is the id of what it is about, by kind: a comment, for every kind of comment.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("kind", "item_id"),
        Index("ix_cases_tab", "tab", "arrived_at", "id"),
        Index("ix_cases_doubt", "tab", "doubt", "id", sqlite_where=text("tab = 'spam'"),
              postgresql_where=text("tab = 'spam'")),
        Index("ix_cases_author", "author_key_id", "tab", "arrived_at"),
        Index("ix_cases_post", "post_id", "tab", "arrived_at"),
        Index("ix_cases_group", "group_id", "tab", "arrived_at",
              sqlite_where=text("group_id IS NOT NULL"), postgresql_where=text("group_id IS NOT NULL")),
        Index("ix_cases_claimed", "claimed_by", sqlite_where=text("claimed_by IS NOT NULL"),
              postgresql_where=text("claimed_by IS NOT NULL")),
        Index("ix_cases_check", "check_state", "retry_at", sqlite_where=text("check_state <> 'done'"),
              postgresql_where=text("check_state <> 'done'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int] = mapped_column(BigId, index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    # Where it was said in a group: its own moderators decide about it, too.
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    author_key_id: Mapped[int | None] = mapped_column(
        ForeignKey("author_keys.id", ondelete="SET NULL")
    )
    tab: Mapped[Tab] = mapped_column(String(10))
    arrived_at: Mapped[datetime]
    # When it came to stand where it stands.
    moved_at: Mapped[datetime]
    check_state: Mapped[Check] = mapped_column(String(12), default=Check.DONE)
    # Which asking of another server comes next, and when.
    tries: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    # Each a dict of `code` and `because`, a sentence; `reason_codes` are the same codes between blanks.
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    reason_codes: Mapped[str] = mapped_column(String(500), default="")
    # What the local filter said, from 0 (good) to 1 (spam); None while it knows too little.
    score: Mapped[float | None] = mapped_column(Float)
    # What Akismet said: `ham`, `spam`, `discard`, or nothing.
    akismet: Mapped[str] = mapped_column(String(10), default="")
    # The chance that it stands in spam by mistake, from 0 to 1.
    doubt: Mapped[float] = mapped_column(Float, default=0.0)
    links: Mapped[int] = mapped_column(default=0)
    is_proved: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    claimed_at: Mapped[datetime | None]
    # Who gave it to whoever has claimed it; None where they took it themselves.
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    # Whoever has it open; said to others for 90 seconds.
    looked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    looked_at: Mapped[datetime | None]


class CaseCount(Base):
    """How many cases stand in a tab, by kind and group; kept in the transaction of each change."""

    __tablename__ = "case_counts"

    tab: Mapped[Tab] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    # 0: of what was said in no group.
    group_id: Mapped[int] = mapped_column(BigId, primary_key=True, default=0)
    number: Mapped[int] = mapped_column(default=0)


class Batch(Base):
    """One act on many cases, done piece by piece by the worker; can be undone for a day."""

    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    verb: Mapped[str] = mapped_column(String(20))
    # The filter as it stood in the address, or the ids that were chosen; and what was said with it.
    chosen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    # The last case that was looked at: where the next piece begins.
    reached: Mapped[int] = mapped_column(BigId, default=0)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    undo_asked_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    # How many were decided otherwise meanwhile, so that undoing left them alone.
    left_alone: Mapped[int] = mapped_column(default=0)
    # How many it did not show again, as their authors had taken them back.
    withdrawn: Mapped[int] = mapped_column(default=0, server_default="0")


class Decision(Base):
    """One entry of the log: who moved what from where to where, and what was to be learned of it.

    Only ever added to. It outlives the comment: no words are kept, only hashed features.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ix_decisions_item", "kind", "item_id"),
        Index("ix_decisions_at", "at", "id"),
        Index("ix_decisions_user", "user_id", "at", "id"),
        Index("ix_decisions_verb", "verb", "at", "id"),
        Index("ix_decisions_batch", "batch_id", "id", sqlite_where=text("batch_id IS NOT NULL"),
              postgresql_where=text("batch_id IS NOT NULL")),
        Index("ix_decisions_lessons", "id", sqlite_where=text("label <> ''"),
              postgresql_where=text("label <> ''")),
        Index("ix_decisions_text", "text_hash", "at", sqlite_where=text("text_hash <> ''"),
              postgresql_where=text("text_hash <> ''")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    # None: the program itself, by the reasons kept on the case.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    is_by_person: Mapped[bool] = mapped_column(default=True)
    kind: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int] = mapped_column(BigId)
    author_key_id: Mapped[int | None] = mapped_column(
        ForeignKey("author_keys.id", ondelete="SET NULL"), index=True
    )
    verb: Mapped[str] = mapped_column(String(20))
    was: Mapped[str] = mapped_column(String(10), default="")
    became: Mapped[str] = mapped_column(String(10), default="")
    # The item's version after this.
    version: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id", ondelete="SET NULL"))
    # To whom it was given, where that is what was done.
    given_to: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    # The decision that this one takes back.
    reverses_id: Mapped[int | None] = mapped_column(BigId, index=True)
    # `spam` or `ham` where the local filter learns of it; `unlearns` where it forgets instead.
    label: Mapped[str] = mapped_column(String(4), default="")
    unlearns: Mapped[bool] = mapped_column(default=False)
    features: Mapped[bytes | None] = mapped_column(LargeBinary)
    # For the caps: at most so many lessons a day from one text, author or domain.
    text_hash: Mapped[str] = mapped_column(String(32), default="")
    domains: Mapped[list[str]] = mapped_column(JSON, default=list)


class LearnedBlock(Base):
    """A piece of what the local filter has learned, as little-endian float32 numbers."""

    __tablename__ = "learned_blocks"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    values: Mapped[bytes] = mapped_column(LargeBinary)


class LearnedState(Base):
    """The decision up to which the blocks have learned, and numbers beside them. One row."""

    __tablename__ = "learned_state"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=1)
    seed: Mapped[int] = mapped_column(BigId)
    reached: Mapped[int] = mapped_column(BigId, default=0)
    # Raised by a rebuild, so that every process begins anew.
    generation: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ListedKind(StrEnum):
    """What an entry of a list is compared with."""

    WORD = "word"
    EMAIL = "email"
    DOMAIN = "domain"
    HOST = "host"
    NETWORK = "network"


class Listed(Base):
    """An entry of the block list, or a word that has a comment held."""

    __tablename__ = "listed"
    __table_args__ = (UniqueConstraint("effect", "kind", "value"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # `block` or `hold`.
    effect: Mapped[str] = mapped_column(String(10))
    kind: Mapped[ListedKind] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class SavedFilter(Base):
    """A moderator's own view of the queue."""

    __tablename__ = "saved_filters"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(500))


class Sampled(Base):
    """One of the ten likeliest mistakes put before a moderator each week, and what they said."""

    __tablename__ = "sampled"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    week: Mapped[str] = mapped_column(String(8), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    # None: not looked at yet.
    was_mistake: Mapped[bool | None]
    answered_at: Mapped[datetime | None]
