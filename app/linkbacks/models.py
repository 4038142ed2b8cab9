"""What is kept of a link from elsewhere besides the comment it is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class LookState(StrEnum):
    """waiting → found / missing / away; found → gone; each looked at again when it is sent once more."""

    WAITING = "waiting"
    FOUND = "found"
    # The page is there and does not link here.
    MISSING = "missing"
    # The page could not be read.
    AWAY = "away"
    # It did link here once; its author has taken it back.
    GONE = "gone"


class Linkback(Base):
    """One page that says it links to one post. However often and by whatever way it is sent, it is one row."""

    __tablename__ = "linkbacks"
    __table_args__ = (
        Index("uq_linkbacks_post_id_source_key", "post_id", "source_key", unique=True),
    )

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    # Of the source's address, normalised: however it is spelled, it is one page.
    source_key: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(1000))
    # The address of ours that is said to stand there.
    target: Mapped[str] = mapped_column(String(1000))
    # The network address it came from, until its page was looked at.
    asked_by: Mapped[str] = mapped_column(String(45), default="")
    state: Mapped[LookState] = mapped_column(String(10), default=LookState.WAITING)
    # What its status page says of the last look.
    says: Mapped[str] = mapped_column(default="")
    # How often it was sent, and which of these the last look answers: what came meanwhile is one look more.
    sent: Mapped[int] = mapped_column(BigId, default=1)
    looked: Mapped[int] = mapped_column(BigId, default=0)
    # Looks in vain, one after the other.
    tries: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[datetime | None]
    # How often its page was asked for on the day (UTC) of the last look.
    looks_that_day: Mapped[int] = mapped_column(default=0)
