"""What was counted of somebody last night, what of it they show, and what others see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.networking.promises.figures import NO_PROMISES, PromiseNumbers


class Figure(StrEnum):
    """What a profile may say of what its owner did for others."""

    PROMISES = "promises"
    TALKS = "talks"
    ASKS = "asks"
    THANKS = "thanks"


# Nobody sees a smaller one, whoever switched it on.
SHOWN_FROM: Mapping[Figure, int] = {
    Figure.PROMISES: 5,
    Figure.TALKS: 3,
    Figure.ASKS: 3,
    Figure.THANKS: 3,
}


@dataclass(frozen=True)
class Counted:
    """What was counted of one member, of the last twelve months."""

    promises: PromiseNumbers = NO_PROMISES
    talks: int = 0
    asks_met: int = 0
    thanked_by: int = 0


@dataclass(frozen=True)
class Shown:
    """What others see: each figure that is shown, and the mark. That something is missing means nothing."""

    numbers: Mapping[Figure, int]
    follows_through: bool = False

    def __bool__(self) -> bool:
        return bool(self.numbers)


NOTHING = Shown({})


def _no() -> Mapped[bool]:
    return mapped_column(default=False, server_default=false())


def _nought() -> Mapped[int]:
    return mapped_column(default=0, server_default="0")


class MemberFigures(Base):
    """One member's: the numbers the job writes, the switches their owner."""

    __tablename__ = "member_figures"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    shows_promises: Mapped[bool] = _no()
    shows_talks: Mapped[bool] = _no()
    shows_asks: Mapped[bool] = _no()
    shows_thanks: Mapped[bool] = _no()
    kept: Mapped[int] = _nought()
    # For so many people; this and the next three stand behind the mark, and nobody else sees them.
    kept_for: Mapped[int] = _nought()
    lapsed: Mapped[int] = _nought()
    unresolved: Mapped[int] = _nought()
    withdrawn: Mapped[int] = _nought()
    talks: Mapped[int] = _nought()
    asks_met: Mapped[int] = _nought()
    thanked_by: Mapped[int] = _nought()

    @property
    def counted(self) -> Counted:
        """The numbers."""
        promises = PromiseNumbers(
            self.kept, self.kept_for, self.lapsed, self.unresolved, self.withdrawn
        )
        return Counted(promises, self.talks, self.asks_met, self.thanked_by)

    def count(self, counted: Counted) -> None:
        """Put other numbers in the place of these."""
        promises = counted.promises
        self.kept, self.kept_for = promises.kept, promises.people
        self.lapsed, self.unresolved = promises.lapsed, promises.unresolved
        self.withdrawn, self.talks = promises.withdrawn, counted.talks
        self.asks_met, self.thanked_by = counted.asks_met, counted.thanked_by

    @property
    def switched_on(self) -> frozenset[Figure]:
        """What their owner lets others see."""
        switches = {
            Figure.PROMISES: self.shows_promises,
            Figure.TALKS: self.shows_talks,
            Figure.ASKS: self.shows_asks,
            Figure.THANKS: self.shows_thanks,
        }
        return frozenset(figure for figure, is_on in switches.items() if is_on)

    def switch_on(self, figures: Collection[Figure]) -> None:
        """Let others see these, and no others."""
        self.shows_promises = Figure.PROMISES in figures
        self.shows_talks = Figure.TALKS in figures
        self.shows_asks = Figure.ASKS in figures
        self.shows_thanks = Figure.THANKS in figures

    @property
    def numbers(self) -> Mapping[Figure, int]:
        """Each figure as it was counted, for its owner alone."""
        return {
            Figure.PROMISES: self.kept,
            Figure.TALKS: self.talks,
            Figure.ASKS: self.asks_met,
            Figure.THANKS: self.thanked_by,
        }

    @property
    def shown(self) -> Shown:
        """What others see of it."""
        numbers = {
            figure: number
            for figure, number in self.numbers.items()
            if figure in self.switched_on and number >= SHOWN_FROM[figure]
        }
        has_mark = Figure.PROMISES in numbers and self.counted.promises.follows_through
        return Shown(numbers, has_mark)
