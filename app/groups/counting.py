"""What moves in a group, counted as far as a page says it."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.groups.models import Membership, MemberState
from app.groups.queries import IS_INSIDE

# Templates say "100 or more".
MOST_COUNTED = 100


class Stir(NamedTuple):
    """What moves in a group, each counted up to `MOST_COUNTED`: more is not worth counting on every page."""

    joined: int
    # Who ask to join; 0 where nobody wanted to know.
    asking: int


STILL = Stir(0, 0)


async def stir_of(
    session: AsyncSession, group_id: int, since: datetime, *, counts_asking: bool
) -> Stir:
    """How many members came since then, and how many ask to join: one query, whatever the size of the group."""
    joined = _at_most(IS_INSIDE, Membership.group_id == group_id, Membership.joined_at > since)
    asks = Membership.state == MemberState.REQUESTED
    asking = _at_most(Membership.group_id == group_id, asks) if counts_asking else literal(0)
    return Stir(*(await session.execute(select(joined, asking))).one())


def _at_most(*where: ColumnElement[bool]) -> Any:
    some = select(Membership.user_id).where(*where).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
