"""People before things: whoever changes what several share holds their accounts first, in one order.

So nobody is erased in the middle of it, and of two transactions never each waits for the other. On SQLite, where
one writes at a time, it only says who has an account.
"""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.accounts.queries import HAS_ACCOUNT


async def hold_people(session: AsyncSession, *people: int | None) -> set[int]:
    """Who of these has an account: they keep it until this transaction ends. Many may hold the same."""
    return await _there(session, people, read=True)


async def take_turns(session: AsyncSession, *people: int | None) -> set[int]:
    """The same; and of several who want a turn with the same person, one goes after the other."""
    return await _there(session, people, read=False)


async def _there(session: AsyncSession, people: tuple[int | None, ...], *, read: bool) -> set[int]:
    ids = {person for person in people if person is not None}
    query: Select[Any] = select(User.id).where(User.id.in_(ids), HAS_ACCOUNT).order_by(User.id)
    # A row that points to somebody may be written meanwhile; they may not be locked whole, as who is erased is.
    return set(await session.scalars(query.with_for_update(read=read, key_share=True)))
