"""Who knows whom, by the word of both."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.networking.connections.moves import Sides, State, state_of

_CONFIRMED = text("state = 'confirmed'")


class Connection(Base):
    """Two members: the one with the smaller number stands first, whoever spoke first."""

    __tablename__ = "connections"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id <= second_id", name="in_order"),
        # Found from the second one's side, too.
        Index("ix_connections_second", "second_id", "first_id"),
        Index(
            "ix_connections_confirmed", "first_id", "second_id",
            sqlite_where=_CONFIRMED, postgresql_where=_CONFIRMED,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    state: Mapped[State] = mapped_column(String(10), default=State.PROPOSED)
    # What brought it up: nothing for "we know each other", else such as `introduction` and its number.
    source_kind: Mapped[str] = mapped_column(String(20), default="")
    source_id: Mapped[int | None] = mapped_column(BigId)
    proposed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    first_says_yes: Mapped[bool] = mapped_column(default=False, server_default=false())
    second_says_yes: Mapped[bool] = mapped_column(default=False, server_default=false())
    first_removed: Mapped[bool] = mapped_column(default=False, server_default=false())
    second_removed: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Whether people who look for a way to one may be told that the other knows them: both have to allow it.
    first_allows_paths: Mapped[bool] = mapped_column(default=False, server_default=false())
    second_allows_paths: Mapped[bool] = mapped_column(default=False, server_default=false())

    def other_than(self, user_id: int) -> int:
        """The other of the two."""
        return self.second_id if user_id == self.first_id else self.first_id

    def sides_of(self, user_id: int) -> Sides:
        """How it stands, seen by one of the two."""
        first = (self.first_says_yes, self.first_removed)
        second = (self.second_says_yes, self.second_removed)
        mine, theirs = (first, second) if user_id == self.first_id else (second, first)
        return Sides(mine[0], theirs[0], mine[1], theirs[1])

    def set_sides(self, user_id: int, sides: Sides, at: datetime) -> None:
        """Let it stand otherwise, as one of the two wants it."""
        mine, theirs = (sides.mine, sides.removed_by_me), (sides.theirs, sides.removed_by_them)
        first, second = (mine, theirs) if user_id == self.first_id else (theirs, mine)
        self.first_says_yes, self.first_removed = first
        self.second_says_yes, self.second_removed = second
        self.state = state_of(sides)
        self.confirmed_at = (self.confirmed_at or at) if self.state == State.CONFIRMED else None
        if self.state == State.REMOVED:
            self.first_allows_paths = self.second_allows_paths = False

    def allows_paths(self, user_id: int) -> bool:
        """Whether one of the two lets it be named to others who look for a way."""
        return self.first_allows_paths if user_id == self.first_id else self.second_allows_paths

    def let_paths(self, user_id: int, allowed: bool) -> None:
        """One of the two lets it be named, or not any more."""
        if user_id == self.first_id:
            self.first_allows_paths = allowed
        else:
            self.second_allows_paths = allowed
