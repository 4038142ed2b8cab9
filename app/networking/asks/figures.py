"""How many asks of others somebody met, as those say who asked; by the common rules of counting."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.models import CommentKind
from app.groups.models import Topic, TopicKind
from app.moderation.reports import is_disputed
from app.networking.asks.models import Ask
from app.networking.asks.moves import AskState
from app.networking.common.counting import LOOKS_BACK, PAIR_WINDOW, CountedAct, countable
from app.networking.common.queries import accounts_of, apart_of


class _Met(NamedTuple):
    topic_id: int
    by: int
    to: int
    at: datetime
    is_reported: bool


async def count_met(session: AsyncSession, ids: Sequence[int], at: datetime) -> Mapping[int, int]:
    """How many asks each of these people met in the last twelve months."""
    met = await _met(session, ids, at)
    accounts = await accounts_of(session, {person for one in met for person in (one.by, one.to)})
    apart = await apart_of(session, ids)
    acts = [
        CountedAct(
            id=one.topic_id,
            by=one.by,
            to=one.to,
            begun_at=one.at,
            at=one.at,
            reported=one.is_reported,
            blocked=apart.are(one.by, one.to),
        )
        for one in met
    ]
    counted = countable(acts, accounts, at, mirrors_count=True)
    return Counter(act.by for act in counted if act.at > at - LOOKS_BACK)


async def _met(session: AsyncSession, ids: Sequence[int], at: datetime) -> Sequence[_Met]:
    """What they met, and what of theirs was met: a pair's two in ninety days are whoever's of the two."""
    asked = select(Topic.id).where(Topic.user_id.in_(ids), Topic.kind == TopicKind.ASK)
    query: Any = (
        select(
            Ask.topic_id,
            Ask.met_by,
            Topic.user_id,
            Ask.ended_at,
            is_disputed(CommentKind.COMMENT, Topic.opening_id),
        )
        .join(Topic, Topic.id == Ask.topic_id)
        .where(
            and_(Ask.met_by.is_not(None), Topic.user_id.is_not(None)),
            or_(Ask.met_by.in_(ids), Ask.topic_id.in_(asked)),
            Ask.state == AskState.MET,
            Ask.ended_at > at - LOOKS_BACK - PAIR_WINDOW,
        )
    )
    return [_Met(*row) for row in await session.execute(query)]
