"""Letters and whoever asked for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class Follow(Base):
    """Somebody asked to be told of answers: to one comment, or of everything said in a thread."""

    __tablename__ = "follows"
    __table_args__ = (
        Index("ix_follows_thread", "thread_id", "comment_id"),
        Index("ix_follows_email", "email"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    # None: everything that is said in the thread.
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
    # Guests confirm by mail before they get any.
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Refusal(Base):
    """Somebody wants no more letters from here, but those they ask for themselves."""

    __tablename__ = "refusals"

    # A keyed hash: not even who wants no mail is kept in the open.
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]


class Bounce(Base):
    """An address that a server refused for good, and how often in a row; or that complained, without any refusal."""

    __tablename__ = "bounces"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    times: Mapped[int]
    at: Mapped[datetime]
    trouble: Mapped[str] = mapped_column(String(500), default="")
    # From when on it gets no more letters.
    stopped_at: Mapped[datetime | None]

    @property
    def is_complaint(self) -> bool:
        """Whether its reader called a letter unwanted; no server has refused one."""
        return self.times == 0


class Letter(Base):
    """A mail that was sent or waits to be."""

    __tablename__ = "letters"
    __table_args__ = (
        Index("ix_letters_waiting", "id", sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
              postgresql_where=text("sent_at IS NULL AND failed_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    subject: Mapped[str] = mapped_column(String(300))
    body_text: Mapped[str]
    body_html: Mapped[str] = mapped_column(default="")
    # Beyond the usual: `List-Id`, `List-Unsubscribe`, `References`, …
    headers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Stable, so that one that is sent twice is seen as one (RFC 5322 §3.6.4).
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    # What it is about, so that it is written once: such as `comment:12 follow:7`.
    about: Mapped[str] = mapped_column(String(100), default="", index=True)
    created_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    # Whoever takes it for sending puts this ahead, so that no other does meanwhile.
    retry_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(String(500), default="")
    # When somebody had it sent once more: from then on its days are counted anew.
    resent_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]


# Written out: SQLite uses a partial index only where the query names the same condition.
IS_WAITING = and_(Letter.sent_at.is_(None), Letter.failed_at.is_(None))
