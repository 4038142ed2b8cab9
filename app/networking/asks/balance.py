"""How much somebody asked and answered. For that member alone: nobody is blocked for asking, nor shown it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.groups.models import Topic
from app.networking.asks.models import Ask, Helping, HelpWay, Passing

LATELY = timedelta(days=90)
MANY = 3


@dataclass(frozen=True, slots=True)
class Balance:
    """What somebody asked and answered in the last 90 days."""

    asked: int = 0
    answered: int = 0

    @property
    def is_one_sided(self) -> bool:
        """Whether the form first shows what they could help with."""
        return self.asked >= MANY and self.answered == 0


async def balance_of(session: AsyncSession, actor: Actor, at: datetime) -> Balance:
    """The actor's own numbers: asks begun; help offered, or somebody told who may."""
    if actor.user_id is None:
        return Balance()
    since = at - LATELY
    asked = (
        select(func.count())
        .select_from(Ask)
        .join(Topic, Topic.id == Ask.topic_id)
        .where(Topic.user_id == actor.user_id, Topic.created_at > since)
    )
    helped = select(func.count()).where(
        Helping.user_id == actor.user_id, Helping.way != HelpWay.WISH, Helping.made_at > since
    )
    passed = select(func.count()).where(Passing.from_id == actor.user_id, Passing.at > since)
    row = await session.execute(
        select(asked.scalar_subquery(), helped.scalar_subquery(), passed.scalar_subquery())
    )
    begun, given, told = row.one()
    return Balance(begun, given + told)
