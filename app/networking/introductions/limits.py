"""How many introductions somebody may ask for, be asked about, or get: each limit says when it is over."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.networking.introductions.models import A_MONTH, Introduction, IntroductionChoices
from app.networking.introductions.moves import HOPED_FOR, MET, NOT_THIS_TIME, WAITS_FOR_A_YES, State

MOST_OPEN = 3
MOST_NEW, NEW_WITHIN = 5, timedelta(days=30)
MOST_OPEN_AT_CONNECTOR = 5
A_MONTH_IS = timedelta(days=30)
SAME_TARGET_AFTER = timedelta(days=180)
IN_VAIN, PAUSE = 3, timedelta(days=30)
# For who wants no introductions at all there is no day to name.
NEVER = datetime.max.replace(tzinfo=UTC)


def waits(at: datetime) -> ColumnElement[bool]:
    """That an answer is still wanted, by the clock: what has run out counts no more, written down or not."""
    return and_(Introduction.state.in_(WAITS_FOR_A_YES), Introduction.due_at > at)


async def too_many_open(session: AsyncSession, requester_id: int, at: datetime) -> datetime | None:
    """When one of somebody's open requests will be over at the latest, if they have as many as may be."""
    hoped_for = and_(Introduction.state.in_(HOPED_FOR), Introduction.due_at > at)
    theirs = and_(Introduction.requester_id == requester_id, _asked(), hoped_for)
    return _full(await _moments(session, Introduction.due_at, theirs), MOST_OPEN)


async def too_many_new(session: AsyncSession, requester_id: int, at: datetime) -> datetime | None:
    """When the first of somebody's last five requests is a month old."""
    theirs = and_(
        Introduction.requester_id == requester_id, _asked(), Introduction.asked_at > at - NEW_WITHIN
    )
    free = _full(await _moments(session, Introduction.asked_at, theirs), MOST_NEW)
    return free and free + NEW_WITHIN


async def paused_until(session: AsyncSession, requester_id: int, at: datetime) -> datetime | None:
    """A month's pause after three requests in a row of which nothing came.

    Declined and expired count alike: a pause after the one and not after the other would tell them apart.
    """
    ended = or_(
        Introduction.state.in_({*NOT_THIS_TIME, *MET, State.FORWARDED}),
        and_(Introduction.state.in_(HOPED_FOR), Introduction.due_at <= at),
    )
    query = (
        select(Introduction)
        .where(Introduction.requester_id == requester_id, _asked(), ended)
        .order_by(Introduction.id.desc())
        .limit(IN_VAIN)
    )
    last = (await session.scalars(query)).all()
    if len(last) < IN_VAIN or any(one.state_at(at) not in NOT_THIS_TIME for one in last):
        return None
    until = max((one.ended_at or one.due_at or at) for one in last) + PAUSE
    return until if until > at else None


async def connector_is_busy(
    session: AsyncSession, connector_id: int, at: datetime
) -> datetime | None:
    """When one of the open requests that a connector can see will be over at the latest."""
    theirs = and_(
        Introduction.connector_id == connector_id,
        Introduction.goes_nowhere.is_(False),
        waits(at),
    )
    return _full(await _moments(session, Introduction.due_at, theirs), MOST_OPEN_AT_CONNECTOR)


async def asked_before(
    session: AsyncSession, requester_id: int, target_id: int, at: datetime
) -> datetime | None:
    """When half a year is over since somebody asked to be introduced to the same person."""
    since = at - SAME_TARGET_AFTER
    same = and_(
        Introduction.requester_id == requester_id,
        Introduction.target_id == target_id,
        _asked(),
        Introduction.asked_at > since,
    )
    return _last(await _moments(session, Introduction.asked_at, same))


async def offered_before(
    session: AsyncSession, connector_id: int, one: int, other: int, at: datetime
) -> datetime | None:
    """When half a year is over since the same connector would have introduced the same two."""
    same = and_(
        Introduction.connector_id == connector_id,
        Introduction.requester_id.in_((one, other)),
        Introduction.target_id.in_((one, other)),
        Introduction.by_connector.is_(True),
        Introduction.asked_at > at - SAME_TARGET_AFTER,
    )
    return _last(await _moments(session, Introduction.asked_at, same))


async def enough_this_month(session: AsyncSession, user_id: int, at: datetime) -> datetime | None:
    """When somebody takes the next introduction; NEVER for who wants none."""
    chosen = await session.scalar(
        select(IntroductionChoices.a_month).where(IntroductionChoices.user_id == user_id)
    )
    most = A_MONTH if chosen is None else chosen
    if most == 0:
        return NEVER
    offered_to = and_(Introduction.requester_id == user_id, Introduction.by_connector)
    reached = and_(
        or_(Introduction.target_id == user_id, offered_to),
        Introduction.goes_nowhere.is_(False),
        Introduction.passed_on_at > at - A_MONTH_IS,
    )
    free = _full(await _moments(session, Introduction.passed_on_at, reached), most)
    return free and free + A_MONTH_IS


def _asked() -> ColumnElement[bool]:
    return Introduction.by_connector.is_(False)


def _full(moments: Sequence[datetime], most: int) -> datetime | None:
    """The moment after which fewer than `most` are left; None where there are fewer already."""
    return moments[len(moments) - most] if len(moments) >= most else None


def _last(moments: Sequence[datetime]) -> datetime | None:
    return moments[-1] + SAME_TARGET_AFTER if moments else None


async def _moments(
    session: AsyncSession, column: InstrumentedAttribute[Any], which: ColumnElement[bool]
) -> Sequence[datetime]:
    return sorted((await session.scalars(select(column).where(which))).all())
