"""Thank-you notes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId

LONGEST_THANKS = 500


class ThankedFor(StrEnum):
    """What somebody can be thanked for."""

    COMMENT = "comment"
    REPLY = "reply"
    LEAD = "lead"
    INTRODUCTION = "introduction"
    PROMISE = "promise"
    ASK = "ask"


class Thanks(Base):
    """One member thanks another for one thing, once. Shown to others only if both want it."""

    __tablename__ = "thanks"
    __table_args__ = (
        UniqueConstraint("from_id", "to_id", "source_kind", "source_id"),
        Index("ix_thanks_to", "to_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    to_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    source_kind: Mapped[ThankedFor] = mapped_column(String(16))
    source_id: Mapped[int] = mapped_column(BigId)
    note: Mapped[str] = mapped_column(default="")
    # Whether the sender lets others read it; the receiver's yes is `agreed_at`.
    is_public: Mapped[bool] = mapped_column(default=False, server_default=false())
    sent_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
