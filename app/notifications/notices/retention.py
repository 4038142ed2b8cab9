"""Notices that were read long ago go; and nothing is left of, or said about, who is erased or unseen."""

from datetime import timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, String, and_, cast, delete, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.events import MembersParted
from app.core import clock
from app.core.jobs import Tools, job
from app.discussions.models import Thread
from app.groups.models import Topic
from app.notifications.notices.models import Notice, NoticeLevel, NoticeMute
from app.notifications.notices.telling import make_gone
from app.notifications.notices.unread import note_unread

# Long enough that nobody looks for them; what was never read waits another year for its reader.
READ_KEPT = timedelta(days=365)
UNREAD_KEPT = timedelta(days=730)
_AT_ONCE = 500


class OfAMember(Protocol):
    """An event about somebody's account."""

    @property
    def user_id(self) -> int:
        """Whose."""


@job("forget_notices")
async def forget_notices(tools: Tools) -> None:
    """Delete those that nobody will look for."""
    now = clock.now()
    is_over = or_(
        Notice.read_at < now - READ_KEPT,
        Notice.gone_at < now - READ_KEPT,
        Notice.created_at < now - UNREAD_KEPT,
    )
    oldest = select(Notice.id).where(is_over).order_by(Notice.id).limit(_AT_ONCE)
    while True:
        async with tools.work.unit_of_work() as db:
            ids = (await db.scalars(oldest)).all()
            gone = delete(Notice).where(Notice.id.in_(ids))
            found = await db.execute(gone.returning(Notice.user_id, Notice.read_at, Notice.gone_at))
            for user_id, read_at, gone_at in found:
                note_unread(db, user_id, 0 if read_at or gone_at else -1)
        if len(ids) < _AT_ONCE:
            return


async def forget_member(session: AsyncSession, event: OfAMember) -> None:
    """Nothing that somebody was told is kept, nor how they heard of it; others find no name of theirs."""
    for table in (Notice, NoticeLevel, NoticeMute):
        await session.execute(delete(table).where(table.user_id == event.user_id))
    theirs = update(Notice).where(Notice.by_id == event.user_id)
    await session.execute(theirs.values(by_id=None))


async def forget_each_other(session: AsyncSession, event: MembersParted) -> None:
    """Who does not want to see somebody finds nothing of theirs, and is mailed nothing."""
    one, other = event.user_id, event.blocked_id
    between = or_(
        and_(Notice.user_id == one, or_(Notice.by_id == other, _in_what_was_begun_by(other))),
        and_(Notice.user_id == other, or_(Notice.by_id == one, _in_what_was_begun_by(one))),
    )
    await make_gone(session, between)


def _in_what_was_begun_by(user_id: int) -> ColumnElement[bool]:
    """That a notice tells of a discussion which somebody began in a group, whoever said something in it."""
    name = literal("thread:") + cast(Thread.id, String)
    begun = select(name).join(Topic, Topic.id == Thread.topic_id).where(Topic.user_id == user_id)
    return Notice.thread.in_(begun)


async def leave_group(session: AsyncSession, user_id: int, group_id: int) -> None:
    """Somebody is in a group no longer: what they were told of it they find no more."""
    await make_gone(session, and_(Notice.user_id == user_id, Notice.group_id == group_id))
