"""What has to be read of people before it can be said what counts between them."""

from collections.abc import Collection, Iterable

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import Block, User
from app.networking.common.counting import Account

# A statement takes no more than some thirty thousand values.
_TOGETHER = 5_000


class Apart:
    """Who does not want to see whom."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self._pairs = {frozenset(pair) for pair in pairs}

    def are(self, one: int, other: int) -> bool:
        """Whether either of two people blocked the other."""
        return frozenset((one, other)) in self._pairs


async def accounts_of(session: AsyncSession, people: Collection[int]) -> dict[int, Account]:
    """What has to be known of these people's accounts."""
    found: dict[int, Account] = {}
    for ids in _in_parts(people):
        query = select(User.id, User.email_confirmed_at, User.created_at).where(User.id.in_(ids))
        found |= {user_id: Account(*facts) for user_id, *facts in await session.execute(query)}
    return found


async def apart_of(session: AsyncSession, people: Collection[int]) -> Apart:
    """Who blocked one of these people, or was blocked by one."""
    found: set[tuple[int, int]] = set()
    for ids in _in_parts(people):
        query = select(Block.user_id, Block.blocked_id)
        query = query.where(or_(Block.user_id.in_(ids), Block.blocked_id.in_(ids)))
        found |= {(one, other) for one, other in await session.execute(query)}
    return Apart(found)


def _in_parts(people: Collection[int]) -> Iterable[list[int]]:
    ids = sorted(set(people))
    return (ids[start : start + _TOGETHER] for start in range(0, len(ids), _TOGETHER))
