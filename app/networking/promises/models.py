"""Promises, what was done about them, and what is counted of them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.networking.promises.moves import Act, Part, State, Tally, state_at

LONGEST_TEXT = 280
LONGEST_NOTE = 400

_RUNS_OUT = text("runs_out_at IS NOT NULL")
_REMINDS = text("remind_at IS NOT NULL")


class SourceKind(StrEnum):
    """What a promise came of."""

    COMMENT = "comment"
    ASK = "ask"
    OFFER = "offer"
    LEAD = "lead"
    INTRODUCTION = "introduction"
    CALL = "call"
    NONE = "none"


class Promise(Base):
    """One person's word to another. Nobody else ever sees it, unless both say so."""

    __tablename__ = "promises"
    __table_args__ = (
        Index("ix_promises_promiser", "promiser_id", "id"),
        Index("ix_promises_promisee", "promisee_id", "id"),
        Index("ix_promises_source", "source_kind", "source_id"),
        Index("ix_promises_runs_out", "runs_out_at", sqlite_where=_RUNS_OUT, postgresql_where=_RUNS_OUT),
        Index("ix_promises_reminds", "remind_at", sqlite_where=_REMINDS, postgresql_where=_REMINDS),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # Whoever erased their account is nobody here.
    promiser_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    promisee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    # Offered by the promiser; else requested by the promisee.
    by_promiser: Mapped[bool]
    # It looks delivered to whoever made it, and nobody else ever sees it.
    goes_nowhere: Mapped[bool] = mapped_column(default=False, server_default=false())
    text: Mapped[str]
    due_on: Mapped[date]
    # The promiser's, when it was made: the day is a day there.
    zone: Mapped[str] = mapped_column(String(60))
    source_kind: Mapped[SourceKind] = mapped_column(String(20))
    source_id: Mapped[int | None] = mapped_column(BigId)
    state: Mapped[State] = mapped_column(String(12))
    # One more with each change: who acts on an older one is told how it stands now.
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # When the present state ends by itself.
    runs_out_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    moves: Mapped[int] = mapped_column(default=0)
    not_yets: Mapped[int] = mapped_column(default=0)
    # It is shown where it was made when both have ticked this.
    promiser_shows: Mapped[bool] = mapped_column(default=False, server_default=false())
    promisee_shows: Mapped[bool] = mapped_column(default=False, server_default=false())

    def state_at(self, at: datetime) -> State:
        """How it stands by the clock."""
        return state_at(self.state, self.runs_out_at, at)

    def part_of(self, user_id: int | None) -> Part | None:
        """Which side somebody is; None for everybody else."""
        if user_id is None:
            return None
        sides = {self.promiser_id: Part.PROMISER, self.promisee_id: Part.PROMISEE}
        return sides.get(user_id)

    def other_than(self, part: Part) -> int | None:
        """The number of who is on the other side."""
        return self.promisee_id if part == Part.PROMISER else self.promiser_id

    @property
    def tally(self) -> Tally:
        """How often it was moved, and said not to be done yet."""
        return Tally(self.moves, self.not_yets)


class PromiseStep(Base):
    """One thing that was done about a promise, as both sides may read it."""

    __tablename__ = "promise_steps"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    promise_id: Mapped[int] = mapped_column(
        ForeignKey("promises.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    act: Mapped[Act] = mapped_column(String(12))
    part: Mapped[Part] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(default="")
    # The new day, where it was moved.
    due_on: Mapped[date | None]
