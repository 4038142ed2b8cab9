"""What whoever listens to a topic is told: two numbers, never a word of what was said."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.errors import NotFound
from app.core.i18n import _
from app.discussions.models import Comment, Section, Thread
from app.discussions.queries import IS_APPROVED
from app.discussions.topics.reading import topics_visible_to
from app.groups.models import Group, Topic


class Said(NamedTuple):
    """How much is said in a topic, and the newest of it."""

    total: int
    newest: int
    # Where it was when this was read: elsewhere, others may read it.
    group_id: int


async def thread_to_hear(session: AsyncSession, actor: Actor, topic_id: int) -> int:
    """The thread of a topic that the actor may read. Raises NotFound, for a merged one, too."""
    thread_id = await session.scalar(
        select(Thread.id)
        .join(Topic, Topic.id == Thread.topic_id)
        .join(Group, Group.id == Topic.group_id)
        .where(Topic.id == topic_id, Topic.moved_to.is_(None), topics_visible_to(actor))
    )
    if thread_id is None:
        raise NotFound(_("There is no such discussion."))
    return thread_id


async def said_in(session: AsyncSession, thread_id: int, hidden: Collection[int] = ()) -> Said:
    """What is said in a topic's thread, but by those who are `hidden` from who asks. Whoever calls has asked."""
    approved = (Comment.thread_id == thread_id, IS_APPROVED, Comment.section == Section.COMMENTS)
    newest = select(Comment.id).where(*approved)
    unseen: Select[int] = select(literal(0))
    if hidden:
        newest = newest.where(Comment.user_id.is_(None) | Comment.user_id.not_in(hidden))
        unseen = select(func.count()).where(*approved, Comment.user_id.in_(hidden))
    newest = newest.order_by(Comment.approved_at.desc(), Comment.id.desc()).limit(1)
    query = select(
        Thread.comment_count, Thread.group_id, newest.scalar_subquery(), unseen.scalar_subquery()
    ).where(Thread.id == thread_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return Said(0, 0, 0)
    total, group_id, last, unseen_total = row
    return Said(max(total - unseen_total, 0), last or 0, group_id or 0)
