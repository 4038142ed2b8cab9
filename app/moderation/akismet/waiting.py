"""What waits for Akismet: taken by one worker at a time, put off while it can't be heard."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.moderation.models import Case, Check

# How long after each try in vain the next one is made; after the last a person decides without it.
WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
# A worker that died in the middle gives back after this what it had taken.
LEASE = timedelta(minutes=2)

# Written out, not bound: SQLite uses a partial index only where the query names the same constant.
_IS_OPEN = Case.check_state != literal_column("'done'")
# What has just come in is due at once; what was tried often enough never is.
_WAITS = and_(_IS_OPEN, or_(Case.check_state == Check.WAITING, Case.retry_at.is_not(None)))
_DUE_AT = func.coalesce(Case.retry_at, Case.arrived_at)


async def take_waiting(session: AsyncSession, at: datetime, *, most: int) -> Sequence[Case]:
    """The next that are due, which nobody else gets now; `retry_at` says until when."""
    due = (
        select(Case)
        .where(_WAITS, at >= _DUE_AT)
        .order_by(Case.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    cases = (await session.scalars(due)).all()
    for case in cases:
        case.retry_at = at + LEASE
    await session.flush()
    return cases


def put_off(case: Case, at: datetime) -> None:
    """It was asked about in vain once more: later again, or never."""
    case.check_state = Check.UNAVAILABLE
    case.retry_at = at + WAITS[case.tries] if case.tries < len(WAITS) else None
    case.tries += 1


async def wake(session: AsyncSession, at: datetime) -> None:
    """Akismet can be heard again: whatever still was to be asked is asked now."""
    asleep = _IS_OPEN, Case.check_state == Check.UNAVAILABLE, Case.retry_at > at
    # Whoever holds one just now decides about it anyway: nobody need wait for anybody.
    free = select(Case.id).where(*asleep).with_for_update(skip_locked=True)
    await session.execute(update(Case).where(Case.id.in_(free)).values(retry_at=at))


async def next_check_at(session: AsyncSession) -> datetime | None:
    """When the next of them is due."""
    first: datetime | None = await session.scalar(select(func.min(_DUE_AT)).where(_WAITS))
    return first
