"""What is counted of promises, night by night, and what of it others may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import Block, User
from app.moderation.kinds import ThingKind
from app.moderation.reports import is_disputed
from app.networking.common.counting import (
    LOOKS_BACK,
    PAIR_WINDOW,
    Account,
    CountedAct,
    countable,
)
from app.networking.promises.dates import beginning_of, today_in
from app.networking.promises.models import Promise, PromiseRecord, SourceKind
from app.networking.promises.moves import State

# The mark "Follows through", and the number beside it.
FROM_KEPT = 5
FROM_PEOPLE = 4
FROM_RATIO = 0.8
WITHDRAWN_FREE = 2
A_DAY = timedelta(days=1)
TOGETHER = 200

# And whether it is reported, without an answer or with one that agrees.
_Read: TypeAlias = tuple[Promise, bool]
_BAD = (State.LAPSED, State.UNRESOLVED, State.WITHDRAWN)


@dataclass(frozen=True)
class Shown:
    """What a profile shows of somebody's promises; nothing at all means nothing."""

    kept: int = 0
    follows_through: bool = False


def shown_of(record: PromiseRecord) -> Shown:
    """What others see, if its owner likes."""
    if not record.is_shown or record.kept < FROM_KEPT:
        return Shown()
    return Shown(record.kept, follows_through(record))


def follows_through(record: PromiseRecord) -> bool:
    """Whether somebody has the mark; taking back two in a year costs nothing."""
    taken_back = max(0, record.withdrawn - WITHDRAWN_FREE)
    all_of_them = record.kept + record.lapsed + record.unresolved + taken_back
    is_enough = record.kept >= FROM_KEPT and record.people >= FROM_PEOPLE
    return is_enough and record.kept / all_of_them >= FROM_RATIO


async def count_batch(session: AsyncSession, after: int, at: datetime) -> int | None:
    """Count anew for the next so many people after a number; the last one's number, None after the last."""
    ids = await _next_people(session, after, at)
    if not ids:
        return None
    accounts = await _accounts(session, ids)
    promises = await _promises(session, ids, at)
    blocked = await _blocks(session, ids)
    known = {row.user_id: row for row in await session.scalars(_records(ids))}
    acts = [
        _act(one, blocked, reported=disputed)
        for one, disputed in promises
        if one.state == State.KEPT and is_earnest(one)
    ]
    counted = countable(acts, accounts | await _accounts(session, _others(acts)), at)
    for user_id in ids:
        record = known.get(user_id) or PromiseRecord(user_id=user_id, is_shown=False)
        kept = [act for act in counted if act.by == user_id and act.at > at - LOOKS_BACK]
        record.kept, record.people = len(kept), len({act.to for act in kept})
        record.lapsed, record.unresolved, record.withdrawn = _went_wrong(promises, user_id, at)
        record.counted_at = at
        session.add(record)
    await session.flush()
    return ids[-1]


def is_earnest(promise: Promise) -> bool:
    """It comes of something said here, or there was at least a day to keep it."""
    if promise.source_kind != SourceKind.NONE:
        return True
    agreed = today_in(promise.zone, promise.accepted_at or promise.made_at)
    return (
        promise.due_on >= agreed + A_DAY
        and beginning_of(promise.due_on, promise.zone) > promise.made_at
    )


def _went_wrong(promises: Iterable[_Read], user_id: int, at: datetime) -> tuple[int, ...]:
    mine = [
        one.state
        for one, disputed in promises
        if one.promiser_id == user_id and not disputed and (one.ended_at or at) > at - LOOKS_BACK
    ]
    return tuple(mine.count(state) for state in _BAD)


def _act(promise: Promise, blocked: set[tuple[int, int]], *, reported: bool) -> CountedAct:
    by, to = promise.promiser_id or 0, promise.promisee_id or 0
    begun = promise.accepted_at or promise.made_at
    return CountedAct(
        id=promise.id,
        by=by,
        to=to,
        begun_at=begun,
        at=promise.done_at or promise.ended_at or begun,
        reported=reported,
        blocked=(by, to) in blocked or (to, by) in blocked,
    )


def _others(acts: Iterable[CountedAct]) -> Sequence[int]:
    return sorted({person for act in acts for person in (act.by, act.to)})


async def _next_people(session: AsyncSession, after: int, at: datetime) -> Sequence[int]:
    promised = select(Promise.promiser_id).where(Promise.ended_at > at - LOOKS_BACK)
    counted = select(PromiseRecord.user_id)
    which = and_(User.id > after, or_(User.id.in_(promised), User.id.in_(counted)))
    return (
        await session.scalars(select(User.id).where(which).order_by(User.id).limit(TOGETHER))
    ).all()


async def _promises(session: AsyncSession, ids: Sequence[int], at: datetime) -> Sequence[_Read]:
    # What was kept before the year began may fill a pair's ninety days in it.
    since = at - LOOKS_BACK - PAIR_WINDOW
    either: ColumnElement[bool] = or_(Promise.promiser_id.in_(ids), Promise.promisee_id.in_(ids))
    query = select(Promise, is_disputed(ThingKind.PROMISE, Promise.id))
    query = query.where(either, Promise.ended_at > since).order_by(Promise.id)
    rows = await session.execute(query.execution_options(populate_existing=True))
    return [(promise, bool(disputed)) for promise, disputed in rows]


async def _accounts(session: AsyncSession, ids: Sequence[int]) -> dict[int, Account]:
    query = select(User.id, User.email_confirmed_at, User.created_at).where(User.id.in_(ids))
    return {user_id: Account(*facts) for user_id, *facts in await session.execute(query)}


async def _blocks(session: AsyncSession, ids: Sequence[int]) -> set[tuple[int, int]]:
    query = select(Block.user_id, Block.blocked_id)
    query = query.where(or_(Block.user_id.in_(ids), Block.blocked_id.in_(ids)))
    return {(one, other) for one, other in await session.execute(query)}


def _records(ids: Sequence[int]) -> Select[Any]:
    return select(PromiseRecord).where(PromiseRecord.user_id.in_(ids))
