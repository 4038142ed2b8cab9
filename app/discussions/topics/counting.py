"""Keeps topics, groups and members in step with what is shown, in the transaction of the change.

A thread's row is locked by whoever comes here; topic, group and member are locked after it, always in
this order.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import BigId
from app.core.events import record
from app.core.prepared import Prepared
from app.core.rows import Rows, flush_changes
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
_TOPIC = Topic.id == bindparam("topic", type_=BigId)
_LOCKED = Prepared(
    select(
        Topic.group_id, Topic.opening_id, Topic.is_shown, Topic.reply_count, Topic.created_at,
        Topic.author_name,
    )
    .where(_TOPIC)
    .with_for_update()
)  # fmt: skip
_KEEP = Prepared(
    update(Topic).where(_TOPIC), ("is_shown", "reply_count", "last_said_at", "last_said_by")
)
_TOPICS = Rows(Topic)
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
    assert thread.topic_id is not None
    ((group_id, opening_id, is_shown, replies, begun_at, begun_by),) = await _LOCKED.rows(
        session, {"topic": thread.topic_id}
    )
    last = await _last_said(session, thread) or _Last(begun_at, begun_by)
    is_opening = comment.id == opening_id
    if is_opening:
        is_shown = by > 0
        await count_topics(session, group_id, by)
    else:
        replies = max(replies + by, 0)
    kept = {"is_shown": is_shown, "reply_count": replies}
    await _write(session, thread.topic_id, **kept, last_said_at=last.at, last_said_by=last.by)
    if by > 0:
        posts = await tags_of_posts(session, thread.topic_id) if is_opening else frozenset[str]()
        record(session, SaidInTopic(comment_id=comment.id, touches=posts))
        await _liven(session, group_id, at)
        await _credit(session, group_id, comment.user_id)


async def _write(session: AsyncSession, topic_id: int, **values: Any) -> None:
    await _KEEP.rows(session, {"topic": topic_id, **values})
    if _TOPICS.known(session, topic_id) is not None:
        _TOPICS.read(session, {"id": topic_id, **values})


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
