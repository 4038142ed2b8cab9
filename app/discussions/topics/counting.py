"""Keeps topics, groups and members in step with what is shown, in the transaction of the change.

A thread's row is locked by whoever comes here; topic, group and member are locked after it, always in
this order.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import BigId
from app.core.events import record
from app.core.prepared import Prepared
from app.core.rows import flush_changes
from app.discussions.events import AuthorForgotten, SaidInTopic
from app.discussions.models import Comment, CommentStatus, Section, Thread
from app.discussions.queries import IS_APPROVED
from app.discussions.topics.taken_up import tags_of_posts
from app.groups.models import Group, Membership, Topic

_GROUP = bindparam("group", type_=BigId)
_LIVEN = Prepared(update(Group).where(Group.id == _GROUP), ("last_said_at",))
_CREDIT = Prepared(
    update(Membership)
    .where(Membership.group_id == _GROUP, Membership.user_id == bindparam("user", type_=BigId))
    .values(approved=Membership.approved + 1)
)
_LAST_SAID = Prepared(
    select(Comment.created_at, Comment.author_name)
    .where(
        Comment.thread_id == bindparam("thread", type_=BigId),
        IS_APPROVED,
        Comment.is_shown,
        Comment.section == Section.COMMENTS,
    )
    .order_by(Comment.place.desc())
    .limit(1)
)


async def keep_topic(
    session: AsyncSession, thread: Thread, comment: Comment, at: datetime, by: int
) -> None:
    """One thing more (`by` 1) or less (-1) is shown in a topic's thread."""
    await flush_changes(session)
    topic = await session.get_one(
        Topic, thread.topic_id, with_for_update=True, populate_existing=True
    )
    last = await _last_said(session, thread)
    if comment.id == topic.opening_id:
        topic.is_shown = by > 0
        await count_topics(session, topic.group_id, by)
    else:
        topic.reply_count = max(topic.reply_count + by, 0)
    topic.last_said_at = last.at if last else topic.created_at
    topic.last_said_by = last.by if last else topic.author_name
    if by > 0:
        is_opening = comment.id == topic.opening_id
        posts = await tags_of_posts(session, topic.id) if is_opening else frozenset[str]()
        record(session, SaidInTopic(comment_id=comment.id, touches=posts))
        await _liven(session, topic.group_id, at)
        await _credit(session, topic.group_id, comment.user_id)
    await session.flush()


async def recount(session: AsyncSession, topic: Topic, thread: Thread) -> None:
    """Count a topic's replies anew, after comments went from one thread to another; both are locked."""
    approved = select(func.count()).where(
        Comment.thread_id == thread.id,
        Comment.section == Section.COMMENTS,
        Comment.status == CommentStatus.APPROVED,
    )
    number = await session.scalar(approved) or 0
    thread.comment_count = number
    topic.reply_count = max(number - int(topic.is_shown), 0)
    last = await _last_said(session, thread)
    topic.last_said_at = last.at if last else topic.created_at
    topic.last_said_by = last.by if last else topic.author_name
    await session.flush()


class _Last(NamedTuple):
    at: datetime
    by: str


async def _last_said(session: AsyncSession, thread: Thread) -> _Last | None:
    # What was changed before is written before: prepared queries see no more.
    await flush_changes(session)
    rows = await _LAST_SAID.rows(session, {"thread": thread.id})
    return _Last(*rows[0]) if rows else None


async def count_topics(session: AsyncSession, group_id: int, by: int) -> None:
    """A group shows so many topics more, or less."""
    counted = case((Group.topic_count + by < 0, 0), else_=Group.topic_count + by)
    await session.execute(update(Group).where(Group.id == group_id).values(topic_count=counted))


async def _liven(session: AsyncSession, group_id: int, at: datetime) -> None:
    await _LIVEN.rows(session, {"group": group_id, "last_said_at": at})


async def _credit(session: AsyncSession, group_id: int, user_id: int | None) -> None:
    """Something of a member was approved here: so their next things need not be read first."""
    await _CREDIT.rows(session, {"group": group_id, "user": user_id})


async def forget_last_name(session: AsyncSession, event: AuthorForgotten) -> None:
    """No list of topics says any longer who it was that said something last."""
    thread = select(Thread.topic_id, Comment.created_at)
    thread = thread.join(Comment, Comment.thread_id == Thread.id)
    row = (await session.execute(thread.where(Comment.id == event.comment_id))).one_or_none()
    if row is None or row[0] is None:
        return
    last = update(Topic).where(Topic.id == row[0], Topic.last_said_at <= row[1])
    await session.execute(last.values(last_said_by=""))
