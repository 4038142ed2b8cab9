"""Who does not want to see whom: mutual, silent, and nobody but the one who did it ever learns of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    and_,
    bindparam,
    delete,
    exists,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.events import MembersParted
from app.accounts.holding import take_turns
from app.accounts.models import Block, User
from app.accounts.policy import may_have_account_page
from app.accounts.queries import get_user
from app.accounts.sessions import standing_tag
from app.core.answers import require
from app.core.db import BigId
from app.core.errors import Invalid
from app.core.events import record
from app.core.i18n import _
from app.core.prepared import Prepared

# In place of somebody's number, in a query that is made once for everybody.
_ME: Any = bindparam("me", type_=BigId)
_HIDDEN = Prepared(
    select(User.id, User.slug).where(
        User.id.in_(
            select(Block.blocked_id)
            .where(Block.user_id == _ME)
            .union(select(Block.user_id).where(Block.blocked_id == _ME))
        )
    )
)


async def block(session: AsyncSession, actor: Actor, user_id: int, at: datetime) -> None:
    """See nothing of somebody any more, nor be seen by them; twice is once. Raises Invalid, NotFound."""
    require(may_have_account_page(actor))
    if user_id == actor.user_id:
        raise Invalid(_("You cannot block yourself."))
    await get_user(session, user_id)
    await take_turns(session, actor.user_id)
    key = (actor.user_id, user_id)
    if await session.get(Block, key) is None:
        session.add(Block(user_id=actor.user_id, blocked_id=user_id, at=at))
        await session.flush()
        both = frozenset({standing_tag(actor.user_id or 0), standing_tag(user_id)})
        parted = MembersParted(user_id=actor.user_id or 0, blocked_id=user_id, touches=both)
        record(session, parted)


async def unblock(session: AsyncSession, actor: Actor, user_id: int) -> None:
    """Take it back; harmless where there is nothing to take back."""
    require(may_have_account_page(actor))
    mine = and_(Block.user_id == actor.user_id, Block.blocked_id == user_id)
    await session.execute(delete(Block).where(mine))


async def blocks_of(session: AsyncSession, actor: Actor) -> Sequence[tuple[int, str, datetime]]:
    """Whom somebody blocked, by number and name, and when; the last first."""
    query = (
        select(User.id, User.name, Block.at)
        .join(User, User.id == Block.blocked_id)
        .where(Block.user_id == actor.user_id)
        .order_by(Block.at.desc(), User.id)
    )
    return [(user_id, name, at) for user_id, name, at in await session.execute(query)]


async def is_blocked_between(session: AsyncSession, one: int, other: int) -> bool:
    """Whether either of two people blocked the other."""
    return bool(await session.scalar(select(exists().where(_between(one, other)))))


def seen_by(actor: Actor, user_id: Any) -> ColumnElement[bool]:
    """That neither `actor` nor the user in the column `user_id` blocked the other; true of nobody's things.

    What staff decide about they have to see: this is asked where people meet, not in the console.
    """
    if actor.user_id is None:
        return true()
    return or_(user_id.is_(None), ~exists().where(_between(actor.user_id, user_id)))


def unseen_by(actor: Actor) -> CompoundSelect[int]:
    """The ids of those whom `seen_by` hides: asked once where many are looked through."""
    blocked = select(Block.blocked_id).where(Block.user_id == actor.user_id)
    return blocked.union(select(Block.user_id).where(Block.blocked_id == actor.user_id))


async def hidden_from(session: AsyncSession, actor: Actor) -> dict[int, str]:
    """Whom the actor does not see, by a block of either; each with their handle."""
    if actor.user_id is None:
        return {}
    return dict(await _HIDDEN.rows(session, {"me": actor.user_id}))


def _between(one: int, other: Any) -> ColumnElement[bool]:
    return or_(
        and_(Block.user_id == one, Block.blocked_id == other),
        and_(Block.user_id == other, Block.blocked_id == one),
    )
