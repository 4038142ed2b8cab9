"""What is to be told to Akismet, and how it was the last time it was asked."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class Sending(StrEnum):
    """How far a correction has come. What was started is never started again, whatever became of it."""

    WAITING = "waiting"
    STARTED = "started"
    SENT = "sent"
    GIVEN_UP = "given-up"


class Correction(Base):
    """One mistake that Akismet is to be told of: a decision of a person against its opinion.

    Its words are those of the comment as it came in; they are not kept here a second time.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        Index("ix_corrections_waiting", "retry_at", "id", sqlite_where=text("state = 'waiting'"),
              postgresql_where=text("state = 'waiting'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), index=True
    )
    # The decision that it tells of: one is never told twice.
    decision_id: Mapped[int] = mapped_column(BigId, unique=True)
    # `ham` or `spam`.
    label: Mapped[str] = mapped_column(String(4))
    state: Mapped[Sending] = mapped_column(String(10), default=Sending.WAITING)
    written_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    # Why it was not sent the last time.
    trouble: Mapped[str] = mapped_column(String(10), default="")


class AkismetHealth(Base):
    """When Akismet answered last and when it did not, for the console. One row, or none."""

    __tablename__ = "akismet_health"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=1)
    answered_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    # What is wrong now; empty as soon as it has answered again.
    trouble: Mapped[str] = mapped_column(String(10), default="")
