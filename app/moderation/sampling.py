"""The weekly ten: the likeliest mistakes in spam, put before a person, and what they say of the filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, sqrt

from sqlalchemy import Integer, Select, bindparam, cast, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import BigId
from app.core.prepared import Prepared
from app.moderation.models import Case, Sampled
from app.moderation.queue import IN_SPAM

A_WEEK = 10
# The rate is told over this time.
MEASURED_OVER = timedelta(weeks=12)
# In so many standard errors lies the truth nineteen times in twenty.
_Z = 1.96

_OF_CASE = update(Sampled).where(Sampled.case_id == bindparam("case", type_=BigId))
_ANSWERS = ("was_mistake", "answered_at")
_ANSWER = Prepared(_OF_CASE.where(Sampled.answered_at.is_(None)), _ANSWERS)
_FORGET = Prepared(_OF_CASE, _ANSWERS)


@dataclass(frozen=True)
class Measured:
    """How many of the likeliest mistakes were looked at, and how many of them were mistakes."""

    answered: int
    mistakes: int

    @property
    def percent(self) -> int | None:
        """The share of mistakes among them; None while nobody has looked at any."""
        return round(100 * self.mistakes / self.answered) if self.answered else None

    @property
    def between(self) -> tuple[int, int]:
        """The per cent between which that share lies, nineteen times in twenty.

        Wilson's interval, which keeps its word with few answers and with no mistakes among them.
        """
        number = max(self.answered, 1)
        share, spread = self.mistakes / number, _Z * _Z / number
        middle = share + spread / 2
        reach = sqrt(spread * (share * (1 - share) + spread / 4))
        low, high = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
        return floor(100 * max(low, 0)), ceil(100 * min(high, 1))


@dataclass(frozen=True)
class ThisWeek:
    """How many were put before people this week, and how many of them were looked at."""

    chosen: int
    answered: int

    @property
    def left(self) -> int:
        """How many still wait for an answer."""
        return self.chosen - self.answered


def week_of(at: datetime) -> str:
    """A week's name: 2026-W48 (ISO 8601)."""
    year, week, _day = at.isocalendar()
    return f"{year}-W{week:02}"


async def pick_sample(session: AsyncSession, at: datetime) -> int:
    """Choose this week's ten, unless they are chosen already. Returns how many."""
    week = week_of(at)
    known = await session.scalar(select(Sampled.id).where(Sampled.week == week).limit(1))
    if known is not None:
        return 0
    asked = select(Sampled.case_id).where(Sampled.case_id == Case.id).exists()
    likeliest = (
        select(Case.id)
        .where(IN_SPAM, Case.doubt > 0, ~asked)
        .order_by(Case.doubt.desc(), Case.id.desc())
        .limit(A_WEEK)
    )
    chosen: Sequence[int] = (await session.scalars(likeliest)).all()
    session.add_all(Sampled(week=week, case_id=case_id) for case_id in chosen)
    await session.flush()
    return len(chosen)


async def answer_sample(
    session: AsyncSession, case_id: int, *, was_mistake: bool, at: datetime
) -> None:
    """Somebody decided about a case; if it is one of the ten, that is the answer."""
    answered = {"case": case_id, "was_mistake": was_mistake, "answered_at": at}
    await _ANSWER.rows(session, answered)


async def forget_answer(session: AsyncSession, case_id: int) -> None:
    """The decision was taken back: nobody has answered yet."""
    await _FORGET.rows(session, {"case": case_id, "was_mistake": None, "answered_at": None})


async def measured(session: AsyncSession, at: datetime) -> Measured:
    """What the samples of the last weeks say; a few hundred rows at most."""
    answered = func.count(Sampled.answered_at)
    mistakes = func.coalesce(func.sum(cast(Sampled.was_mistake, Integer)), 0)
    row = (
        await session.execute(
            select(answered, mistakes)
            .select_from(Sampled)
            .join(Case, Case.id == Sampled.case_id)
            .where(Sampled.week >= week_of(at - MEASURED_OVER))
        )
    ).one()
    return Measured(*row)


def asked_this_week(at: datetime) -> Select[int]:
    """The ids of this week's cases that nobody has answered yet."""
    return select(Sampled.case_id).where(Sampled.week == week_of(at), Sampled.answered_at.is_(None))


async def this_week(session: AsyncSession, at: datetime) -> ThisWeek:
    """How far this week's ten are answered; ten rows are read."""
    query = select(func.count(), func.count(Sampled.answered_at)).where(Sampled.week == week_of(at))
    return ThisWeek(*(await session.execute(query)).one())
