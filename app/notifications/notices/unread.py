"""How many notices somebody has not read: one number in their row, right at the end of every transaction."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock
from app.core.events import record
from app.core.rows import flush_changes
from app.notifications.notices.events import InboxesChanged
from app.notifications.notices.models import Notice

# One tag for all inboxes: a topic in a large group is told to ten thousand members at once.
INBOXES = "inboxes"
_KEY = "changes of unread notices"
_IS_UNREAD = and_(Notice.read_at.is_(None), Notice.gone_at.is_(None))


def note_unread(session: AsyncSession, user_id: int, by: int) -> None:
    """Remember a change of somebody's number until the unit of work ends."""
    if _KEY not in session.info:
        record(session, InboxesChanged(touches=frozenset({INBOXES})))
    changes: Counter[int] = session.info.setdefault(_KEY, Counter())
    changes[user_id] += by


async def unread_of(session: AsyncSession, user_ids: Collection[int]) -> dict[int, int]:
    """How many notices each of these has not read."""
    query = select(User.id, User.unread_notices).where(User.id.in_(user_ids))
    return {row.id: row.unread_notices for row in await session.execute(query)}


async def keep_unread(session: AsyncSession) -> None:
    """Write the changes: last of all and in order, so that no two transactions wait for each other."""
    changes: Counter[int] = session.info.pop(_KEY, Counter())
    rows = [{"user": user_id, "by": by} for user_id, by in sorted(changes.items()) if by]
    if rows:
        await flush_changes(session)
        connection = await session.connection()
        await connection.execute(_ADD, rows)


async def mark_read(session: AsyncSession, user_id: int, notice_ids: Sequence[int]) -> int:
    """Somebody has seen these of their own; how many of them were new to them."""
    return await _read(session, user_id, Notice.id.in_(notice_ids))


async def mark_all_read(session: AsyncSession, user_id: int, *, up_to: int) -> int:
    """Somebody has seen all there was; what came after the notice `up_to` stays new."""
    return await _read(session, user_id, Notice.id <= up_to)


async def mark_seen(
    session: AsyncSession, user_id: int, things: Sequence[str], at: datetime
) -> int:
    """Somebody looked at things, such as `comment:12`, at `at`: what they had been told of these they have read."""
    return await _read(session, user_id, and_(Notice.about.in_(things), Notice.created_at <= at))


async def _read(session: AsyncSession, user_id: int, which: ColumnElement[bool]) -> int:
    unread = and_(Notice.user_id == user_id, _IS_UNREAD, which)
    read = update(Notice).where(unread).values(read_at=clock.now(), mail_at=None)
    found = (await session.scalars(read.returning(Notice.id))).all()
    note_unread(session, user_id, -len(found))
    return len(found)


assert isinstance(User.__table__, Table)
_ADD = (
    update(User.__table__)
    .where(User.__table__.c.id == bindparam("user"))
    .values(unread_notices=User.__table__.c.unread_notices + bindparam("by"))
)
