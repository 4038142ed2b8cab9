"""What is counted of promises: how many somebody kept for how many people, and what came to nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.moderation.kinds import ThingKind
from app.moderation.reports import is_disputed
from app.networking.common.counting import (
    LOOKS_BACK,
    PAIR_WINDOW,
    CountedAct,
    countable,
)
from app.networking.common.queries import Apart, accounts_of, apart_of
from app.networking.promises.dates import beginning_of, today_in
from app.networking.promises.models import Promise, SourceKind
from app.networking.promises.moves import State

# The mark "Follows through".
MARK_FROM_KEPT = 5
MARK_FROM_PEOPLE = 4
MARK_FROM_RATIO = 0.8
WITHDRAWN_FREE = 2
A_DAY = timedelta(days=1)

# And whether it is reported, without an answer or with one that agrees.
_Read: TypeAlias = tuple[Promise, bool]
_BAD = (State.LAPSED, State.UNRESOLVED, State.WITHDRAWN)


@dataclass(frozen=True)
class PromiseNumbers:
    """What became of somebody's promises in the last twelve months, as far as it counts."""

    kept: int = 0
    people: int = 0
    lapsed: int = 0
    unresolved: int = 0
    withdrawn: int = 0

    @property
    def follows_through(self) -> bool:
        """Whether somebody has the mark; taking back two in a year costs nothing."""
        taken_back = max(0, self.withdrawn - WITHDRAWN_FREE)
        all_of_them = self.kept + self.lapsed + self.unresolved + taken_back
        is_enough = self.kept >= MARK_FROM_KEPT and self.people >= MARK_FROM_PEOPLE
        return is_enough and self.kept / all_of_them >= MARK_FROM_RATIO


NO_PROMISES = PromiseNumbers()


async def count_promises(
    session: AsyncSession, ids: Sequence[int], at: datetime
) -> Mapping[int, PromiseNumbers]:
    """The numbers of these people; nothing but noughts of whom there is nothing."""
    promises = await _promises(session, ids, at)
    apart = await apart_of(session, ids)
    acts = [
        _act(one, apart, reported=disputed)
        for one, disputed in promises
        if one.state == State.KEPT and is_earnest(one)
    ]
    accounts = await accounts_of(session, {person for act in acts for person in (act.by, act.to)})
    kept = defaultdict[int, list[int]](list)
    for act in countable(acts, accounts, at):
        if act.at > at - LOOKS_BACK:
            kept[act.by].append(act.to)
    wrong = _went_wrong(promises, at)
    return {
        user_id: PromiseNumbers(len(kept[user_id]), len(set(kept[user_id])), *wrong(user_id))
        for user_id in ids
    }


def is_earnest(promise: Promise) -> bool:
    """It comes of something said here, or there was at least a day to keep it."""
    if promise.source_kind != SourceKind.NONE:
        return True
    agreed = today_in(promise.zone, promise.accepted_at or promise.made_at)
    return (
        promise.due_on >= agreed + A_DAY
        and beginning_of(promise.due_on, promise.zone) > promise.made_at
    )


async def _promises(session: AsyncSession, ids: Sequence[int], at: datetime) -> Sequence[_Read]:
    # What was kept before the year began may fill a pair's ninety days in it.
    since = at - LOOKS_BACK - PAIR_WINDOW
    either: ColumnElement[bool] = or_(Promise.promiser_id.in_(ids), Promise.promisee_id.in_(ids))
    query = select(Promise, is_disputed(ThingKind.PROMISE, Promise.id))
    query = query.where(either, Promise.ended_at > since).order_by(Promise.id)
    rows = await session.execute(query.execution_options(populate_existing=True))
    return [(promise, bool(disputed)) for promise, disputed in rows]


def _act(promise: Promise, apart: Apart, *, reported: bool) -> CountedAct:
    by, to = promise.promiser_id or 0, promise.promisee_id or 0
    begun = promise.accepted_at or promise.made_at
    return CountedAct(
        id=promise.id,
        by=by,
        to=to,
        begun_at=begun,
        at=promise.done_at or promise.ended_at or begun,
        reported=reported,
        blocked=apart.are(by, to),
    )


def _went_wrong(promises: Iterable[_Read], at: datetime) -> Callable[[int], tuple[int, ...]]:
    of_people = defaultdict[int | None, list[State]](list)
    for one, disputed in promises:
        if not disputed and (one.ended_at or at) > at - LOOKS_BACK:
            of_people[one.promiser_id].append(State(one.state))
    return lambda user_id: tuple(of_people[user_id].count(state) for state in _BAD)
