"""Conversations of a few people, each about one thing, and what was said in them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.core.markup import CleanHtml, SafeHtml

LONGEST_MESSAGE = 5_000
LONGEST_SUBJECT = 200

_CLOSED = text("closed_at IS NOT NULL")


class OwnerKind(StrEnum):
    """What a conversation can belong to: nobody writes to anybody without one of these."""

    INTRODUCTION = "introduction"
    PROMISE = "promise"
    CALL = "call"
    RSVP = "rsvp"


class Conversation(Base):
    """Open, then closed and still readable, then gone a year later."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("owner_kind", "owner_id"),
        Index("ix_conversations_closed", "closed_at", sqlite_where=_CLOSED, postgresql_where=_CLOSED),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    owner_kind: Mapped[OwnerKind] = mapped_column(String(16))
    owner_id: Mapped[int] = mapped_column(BigId)
    opened_at: Mapped[datetime]
    # The time of its last message, or of its opening.
    moved_at: Mapped[datetime] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Whether its parties may still write."""
        return self.closed_at is None


class Party(Base):
    """Somebody takes part in a conversation, until they leave."""

    __tablename__ = "conversation_parties"

    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class Message(Base):
    """What one party wrote."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_conversation", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    # None once their account is erased.
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    body_source: Mapped[str]
    body_html: Mapped[SafeHtml] = mapped_column(CleanHtml)
    at: Mapped[datetime]
