"""How often somebody may do something, right on any number of processes: counted in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import JSON, String, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Allowance(Base):
    """When one subject did one kind of thing lately, as Unix seconds; its row is the lock of counting."""

    __tablename__ = "allowances"

    # Such as `comment:address:…`, hashed where it names a person.
    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    times: Mapped[list[float]] = mapped_column(JSON, default=list)
    # When all of it is too old to count, Unix seconds.
    stale_at: Mapped[float] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many times within any stretch of time as long as this."""

    times: int
    within: timedelta


_MAKE = text(
    "INSERT INTO allowances (subject, times, stale_at) VALUES (:subject, '[]', 0)"
    " ON CONFLICT (subject) DO NOTHING"
)


async def take(
    session: AsyncSession, subject: str, limits: Sequence[Limit], at: datetime
) -> timedelta | None:
    """Do it once more: None when that is allowed, and counted; else how long to wait.

    Whoever else asks for the same subject waits until the end of this transaction, so that of six
    at once no more get through than may.
    """
    row = await _locked_row(session, subject)
    now = at.timestamp()
    longest = max(limit.within for limit in limits).total_seconds()
    times = sorted(time for time in row.times if time > now - longest)
    wait = max(_wait(times, limit, now) for limit in limits)
    if wait > 0:
        return timedelta(seconds=wait)
    row.times, row.stale_at = [*times, now], now + longest
    await session.flush()
    return None


async def _locked_row(session: AsyncSession, subject: str) -> Allowance:
    query = select(Allowance).where(Allowance.subject == subject).with_for_update()
    query = query.execution_options(populate_existing=True)
    row: Allowance | None = None
    while row is None:
        # Two may make the row at once; one row comes of it. If it was too old and went while this
        # waited for it, there is one to be made again.
        await session.execute(_MAKE, {"subject": subject})
        row = await session.scalar(query)
    return row


async def time_to_wait(
    session: AsyncSession, subject: str, limits: Sequence[Limit], at: datetime
) -> timedelta | None:
    """What `take` would answer just now; counts nothing, waits for nobody, and promises nothing."""
    times = await session.scalar(select(Allowance.times).where(Allowance.subject == subject))
    wait = max(_wait(sorted(times or ()), limit, at.timestamp()) for limit in limits)
    return timedelta(seconds=wait) if wait > 0 else None


async def forget_old_allowances(session: AsyncSession, at: datetime) -> None:
    """Delete the rows that count for nothing any more."""
    await session.execute(delete(Allowance).where(Allowance.stale_at < at.timestamp()))


def _wait(times: Sequence[float], limit: Limit, now: float) -> float:
    """Seconds until the oldest that still counts has passed out of the window."""
    window = limit.within.total_seconds()
    counted = [time for time in times if time > now - window]
    return counted[-limit.times] + window - now if len(counted) >= limit.times else 0.0
