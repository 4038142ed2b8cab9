"""“Introductions that led to a talk”: of the last twelve months, from three on, and only for who wants it shown."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.models import Block, User
from app.moderation.kinds import ThingKind
from app.moderation.reports import is_disputed
from app.networking.introductions.models import Introduction, IntroductionChoices
from app.networking.introductions.moves import State
from app.networking.thanks.counting import are_old_enough, within_the_cap

OF_THE_LAST = timedelta(days=365)
SHOWN_FROM = 3


async def talks_shown(session: AsyncSession, user_id: int, at: datetime) -> int | None:
    """The figure for a profile; None where it is switched off, or too small to be shown."""
    wanted = select(IntroductionChoices.shows_talks).where(IntroductionChoices.user_id == user_id)
    if not await session.scalar(wanted):
        return None
    number = await talks_brought_about(session, user_id, at)
    return number if number >= SHOWN_FROM else None


async def talks_brought_about(session: AsyncSession, user_id: int, at: datetime) -> int:
    """How many of somebody's introductions led to a talk, by the common rules; for them alone."""
    one, other, connector = aliased(User), aliased(User), aliased(User)
    people = (one, other, connector)
    begun: list[Any] = [person.created_at for person in people]
    query: Select[Any] = select(
        Introduction.requester_id, Introduction.target_id, Introduction.introduced_at, *begun
    )
    ids = (Introduction.requester_id, Introduction.target_id, Introduction.connector_id)
    for person, person_id in zip(people, ids, strict=True):
        query = query.join(person, person.id == person_id)
        query = query.where(person.email_confirmed_at.is_not(None))
    query = query.where(
        Introduction.connector_id == user_id,
        Introduction.state == State.TALKED,
        Introduction.introduced_at > at - OF_THE_LAST,
        ~_blocked(user_id).exists(),
        ~is_disputed(ThingKind.INTRODUCTION, Introduction.id),
    )
    of_pairs: defaultdict[frozenset[int], list[datetime]] = defaultdict(list)
    for requester, target, introduced_at, *since in await session.execute(query):
        if are_old_enough(since, introduced_at):
            of_pairs[frozenset((requester, target))].append(introduced_at)
    return sum(len(within_the_cap(moments)) for moments in of_pairs.values())


def _blocked(user_id: int) -> Select[int]:
    two = (Introduction.requester_id, Introduction.target_id)
    return select(Block.user_id).where(
        or_(
            and_(Block.user_id == user_id, Block.blocked_id.in_(two)),
            and_(Block.user_id.in_(two), Block.blocked_id == user_id),
            and_(Block.user_id.in_(two), Block.blocked_id.in_(two)),
        )
    )
