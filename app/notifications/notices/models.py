"""What members were told, and how they want to hear of things."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.notifications.notices.kinds import Level

_UNREAD = text("read_at IS NULL AND gone_at IS NULL")
_READ = text("read_at IS NOT NULL AND gone_at IS NULL")
_TO_BE_MAILED = text("mail_at IS NOT NULL")


class Notice(Base):
    """Something a member was told: unread → read, and mailed at most once, before it was read."""

    __tablename__ = "notices"
    __table_args__ = (
        # The promise itself, kept by the database: what was mailed, read or is gone is not to be mailed.
        CheckConstraint(
            "mail_at IS NULL OR (mailed_at IS NULL AND read_at IS NULL AND gone_at IS NULL)",
            name="mailed_once",
        ),
        UniqueConstraint("user_id", "once", name="uq_notices_user_id_once"),
        Index("ix_notices_unread", "user_id", "id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_notices_read", "user_id", "id", sqlite_where=_READ, postgresql_where=_READ),
        Index(
            "ix_notices_to_be_mailed", "mail_at", "user_id",
            sqlite_where=_TO_BE_MAILED, postgresql_where=_TO_BE_MAILED,
        ),
        Index("ix_notices_about", "about"),
        Index("ix_notices_by_id", "by_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    # Whose act it was, if a member's.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    # What its words need: titles, a guest's name. Put into words when it is shown.
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # A path on this site.
    path: Mapped[str] = mapped_column(String(500))
    # What shows it, such as `comment:12`: whoever sees that has read this.
    about: Mapped[str] = mapped_column(String(80))
    # What hangs together in a mail program, such as `thread:7` or `promise:3`.
    thread: Mapped[str] = mapped_column(String(80), default="")
    group_id: Mapped[int | None] = mapped_column(BigId)
    # The same is told once.
    once: Mapped[str] = mapped_column(String(120))
    level: Mapped[Level] = mapped_column(String(10))
    created_at: Mapped[datetime]
    # When it is to be mailed, if it is not read before.
    mail_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    # What it tells of is no longer there.
    gone_at: Mapped[datetime | None]


class NoticeLevel(Base):
    """How somebody wants to hear of a family of things (`group_id` 0), or of a group (no family)."""

    __tablename__ = "notice_levels"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    family: Mapped[str] = mapped_column(String(20), primary_key=True)
    group_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    level: Mapped[Level] = mapped_column(String(10))


class NoticeMute(Base):
    """Somebody wants to hear nothing of one discussion."""

    __tablename__ = "notice_mutes"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    # As in `Notice.thread`.
    thread: Mapped[str] = mapped_column(String(80), primary_key=True)
