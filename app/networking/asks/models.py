"""What an ask and an offer are beside the topic they stand in, and how members answer them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.networking.asks.moves import (
    AskState,
    HelpState,
    OfferState,
    ask_state_at,
    offer_state_at,
)


class HelpKind(StrEnum):
    """What is needed, or can be had."""

    INTRODUCTION = "introduction"
    INFORMATION = "information"
    REVIEW = "review"
    CONTACT = "contact"
    SKILL = "skill"
    OTHER = "other"


class Ask(Base):
    """The ask of a topic: what is needed and by when. Its title, text and tags are the topic's."""

    __tablename__ = "asks"
    __table_args__ = (
        Index("ix_asks_listed", "state", "needed_by", "topic_id"),
        Index(
            "ix_asks_running", "expires_at",
            sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
        ),
    )  # fmt: skip

    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[HelpKind] = mapped_column(String(20))
    # A day by the site's calendar, and the moment when nobody is asked any more.
    needed_by: Mapped[date] = mapped_column(Date)
    expires_at: Mapped[datetime]
    is_extended: Mapped[bool] = mapped_column(default=False)
    is_commercial: Mapped[bool] = mapped_column(default=False)
    state: Mapped[AskState] = mapped_column(String(10), default=AskState.OPEN)
    ended_at: Mapped[datetime | None]
    # How it went, in the words of whoever asked; and who met it, which only the two of them see.
    outcome: Mapped[str] = mapped_column(String(500), default="")
    met_by: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    # Promises made for it that were kept.
    kept: Mapped[int] = mapped_column(default=0)

    def state_at(self, at: datetime) -> AskState:
        """Its state, whether or not the clock's moves are written down."""
        return ask_state_at(AskState(self.state), self.expires_at, at)


class Offer(Base):
    """The offer of a topic: what can be had, how many times, and until when."""

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("taken BETWEEN 0 AND times", name="no_more_than_offered"),
        Index("ix_offers_listed", "state", "valid_until", "topic_id"),
        Index(
            "ix_offers_running", "expires_at",
            sqlite_where=text("state IN ('open', 'full')"),
            postgresql_where=text("state IN ('open', 'full')"),
        ),
    )  # fmt: skip

    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[HelpKind] = mapped_column(String(20))
    times: Mapped[int]
    # Promised or given.
    taken: Mapped[int] = mapped_column(default=0)
    valid_until: Mapped[date] = mapped_column(Date)
    expires_at: Mapped[datetime]
    is_commercial: Mapped[bool] = mapped_column(default=False)
    state: Mapped[OfferState] = mapped_column(String(10), default=OfferState.OPEN)
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(500), default="")
    kept: Mapped[int] = mapped_column(default=0)

    def state_at(self, at: datetime) -> OfferState:
        """Its state, whether or not the clock's moves are written down."""
        return offer_state_at(OfferState(self.state), self.expires_at, at)


class HelpWay(StrEnum):
    """How somebody answers: by doing it, by knowing who can, or, to an offer, by wanting it."""

    HELP = "help"
    INTRODUCTION = "introduction"
    WISH = "wish"


class Helping(Base):
    """One member's answer to an ask or an offer: the words of what becomes a promise."""

    __tablename__ = "helpings"
    __table_args__ = (
        UniqueConstraint("topic_id", "user_id", name="uq_helpings_once"),
        Index("ix_helpings_user", "user_id", "made_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    way: Mapped[HelpWay] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(280))
    # By when it is done.
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[HelpState] = mapped_column(String(10), default=HelpState.WAITING)
    made_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Passing(Base):
    """A member told another member of the same group of an ask or an offer."""

    __tablename__ = "ask_passings"
    __table_args__ = (Index("ix_ask_passings_from", "from_id", "at"),)

    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True
    )
    from_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    to_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]
