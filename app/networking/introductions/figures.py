"""How many of somebody's introductions led to a talk: by the common rules, of which the pair is the two who met."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.moderation.kinds import ThingKind
from app.moderation.reports import is_disputed
from app.networking.common.counting import LOOKS_BACK, PAIR_WINDOW, CountedAct, countable
from app.networking.common.queries import Apart, accounts_of, apart_of
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import State


class _Talk(NamedTuple):
    id: int
    connector: int
    one: int
    other: int
    introduced_at: datetime
    is_reported: bool

    @property
    def people(self) -> tuple[int, int, int]:
        return (self.connector, self.one, self.other)


async def count_talks(session: AsyncSession, ids: Sequence[int], at: datetime) -> Mapping[int, int]:
    """How many talks each of these people brought about in the last twelve months."""
    talks = await _talks(session, ids, at)
    people = {person for talk in talks for person in talk.people}
    accounts, apart = await accounts_of(session, people), await apart_of(session, people)
    of_connectors = defaultdict[int, list[CountedAct]](list)
    for talk in talks:
        connector = accounts.get(talk.connector)
        if connector is not None and connector.is_trusted(talk.introduced_at):
            of_connectors[talk.connector].append(_act(talk, apart))
    return {
        connector: sum(
            act.at > at - LOOKS_BACK for act in countable(acts, accounts, at, mirrors_count=True)
        )
        for connector, acts in of_connectors.items()
    }


async def _talks(session: AsyncSession, ids: Sequence[int], at: datetime) -> Sequence[_Talk]:
    query: Any = (
        select(
            Introduction.id, Introduction.connector_id, Introduction.requester_id,
            Introduction.target_id, Introduction.introduced_at,
            is_disputed(ThingKind.INTRODUCTION, Introduction.id),
        )
        .where(
            Introduction.connector_id.in_(ids),
            Introduction.state == State.TALKED,
            Introduction.requester_id.is_not(None),
            Introduction.target_id.is_not(None),
            # What was before the year began may fill a pair's ninety days in it.
            Introduction.introduced_at > at - LOOKS_BACK - PAIR_WINDOW,
        )
    )  # fmt: skip
    return [_Talk(*row) for row in await session.execute(query)]


def _act(talk: _Talk, apart: Apart) -> CountedAct:
    pairs = ((talk.one, talk.other), (talk.connector, talk.one), (talk.connector, talk.other))
    return CountedAct(
        id=talk.id,
        by=talk.one,
        to=talk.other,
        begun_at=talk.introduced_at,
        at=talk.introduced_at,
        reported=talk.is_reported,
        blocked=any(apart.are(*pair) for pair in pairs),
    )
