"""Introductions, and what people have chosen about being introduced."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.networking.introductions.moves import Part, State, seen_as, state_at

LONGEST_ABOUT = 600
LONGEST_WHY = 400
LONGEST_ASK = 200
LONGEST_GIVE = 200
LONGEST_NOTE = 400
LONGEST_NAME = 80
A_MONTH = 2
MOST_A_MONTH = 10

_RUNS_OUT = text("due_at IS NOT NULL")


class Introduction(Base):
    """Three people; or two and somebody without an account, who has a name only.

    Whose words these are never changes: the connector adds a note, and touches nothing else.
    """

    __tablename__ = "introductions"
    __table_args__ = (
        Index("ix_introductions_requester", "requester_id", "id"),
        Index("ix_introductions_connector", "connector_id", "id"),
        Index("ix_introductions_target", "target_id", "id"),
        Index("ix_introductions_due", "due_at", sqlite_where=_RUNS_OUT, postgresql_where=_RUNS_OUT),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # Whoever erased their account is nobody here.
    requester_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    connector_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    # Of somebody without an account; empty for a member.
    target_name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    by_connector: Mapped[bool] = mapped_column(default=False, server_default=false())
    # It looks delivered to whoever began it, and nobody else ever sees it.
    goes_nowhere: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[State] = mapped_column(String(16))
    about_me: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    what_i_ask: Mapped[str] = mapped_column(default="")
    what_i_give: Mapped[str] = mapped_column(default="")
    # The connector's words to the target, and, where the connector began, to the first of the two.
    note: Mapped[str] = mapped_column(default="")
    note_to_first: Mapped[str] = mapped_column(default="")
    # A reason, which is for the connector alone.
    word_to_connector: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    passed_on_at: Mapped[datetime | None]
    introduced_at: Mapped[datetime | None]
    # When it came to its end without an introduction; or when both had talked.
    ended_at: Mapped[datetime | None]
    # When the present state runs out.
    due_at: Mapped[datetime | None]
    # When both were asked whether they talked, and what each answered.
    asked_whether_at: Mapped[datetime | None]
    requester_talked: Mapped[bool | None]
    target_talked: Mapped[bool | None]

    def state_at(self, at: datetime) -> State:
        """How it stands by the clock."""
        return state_at(self.state, self.due_at, at)

    def seen_at(self, at: datetime, part: Part) -> State:
        """The same, as one of the three sees it."""
        return seen_as(self.state_at(at), part)

    def part_of(self, user_id: int | None) -> Part | None:
        """Which of the three somebody is."""
        parts = {
            self.requester_id: Part.REQUESTER,
            self.connector_id: Part.CONNECTOR,
            self.target_id: Part.TARGET,
        }
        return parts.get(user_id) if user_id is not None else None


class IntroductionChoices(Base):
    """What somebody has chosen about introductions; who has no row has what the columns say by themselves."""

    __tablename__ = "introduction_choices"
    __table_args__ = (CheckConstraint("a_month BETWEEN 0 AND 10", name="a_month"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    # To how many people they want to be introduced in thirty days.
    a_month: Mapped[int] = mapped_column(default=A_MONTH)


class NeverIntroduced(Base):
    """Somebody does not want to be introduced to another, who never learns of it."""

    __tablename__ = "never_introduced"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    other_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]
