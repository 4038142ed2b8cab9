"""What is said in groups as feeds need it: of groups that everybody may read, or that one member does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR, Actor
from app.accounts.blocks import seen_by
from app.core.i18n import _
from app.core.markup import SafeHtml, read_elsewhere
from app.core.text import plain_text, shorten
from app.discussions.models import Comment, Section, Thread
from app.discussions.queries import IS_APPROVED
from app.feeds.model import AnswerTo, Entry, Label, Person
from app.groups.models import Group, Topic
from app.groups.queries import groups_read_by


class Of(StrEnum):
    """Which of a group's words a feed has: what was begun, or all that was answered."""

    TOPICS = "topics"
    REPLIES = "replies"


@dataclass(frozen=True, slots=True)
class FeedTopic:
    """One thing said in a group, with the topic it opens or answers."""

    comment_id: int
    guid: str
    author: str
    html: SafeHtml
    created_at: datetime
    approved_at: datetime
    topic_id: int
    topic_guid: str
    topic_title: str
    topic_slug: str
    tags: list[str]
    group_slug: str
    opens: bool


async def newest_in_group(
    session: AsyncSession, group_id: int, of: Of, *, skip: int, limit: int, actor: Actor = VISITOR
) -> list[FeedTopic]:
    """What was begun or answered in a group, last approved first; nothing of one that `actor` may not read."""
    opens = Comment.id == Topic.opening_id
    which = opens if of == Of.TOPICS else ~opens
    return await _newest(session, actor, and_(Topic.group_id == group_id, which), skip, limit)


async def newest_in_topic(
    session: AsyncSession, thread_id: int, *, skip: int, limit: int, actor: Actor = VISITOR
) -> list[FeedTopic]:
    """What was said in one topic, named by its thread, its opening text included, last approved first."""
    # By the comments' own column, so that its index gives them in this order.
    return await _newest(session, actor, Comment.thread_id == thread_id, skip, limit)


async def newest_among(
    session: AsyncSession,
    actor: Actor,
    ids: Select[Any] | Sequence[int],
    *,
    skip: int,
    limit: int,
) -> list[FeedTopic]:
    """What `ids` names of all that was said in groups, as far as `actor` may read it."""
    return await _newest(session, actor, Comment.id.in_(ids), skip, limit)


async def _newest(
    session: AsyncSession, actor: Actor, where: ColumnElement[bool], skip: int, limit: int
) -> list[FeedTopic]:
    columns: tuple[Any, ...] = (
        Comment.id, Comment.guid, Comment.author_name, Comment.body_html, Comment.created_at,
        Comment.approved_at, Topic.id, Topic.guid, Topic.title, Topic.slug, Topic.tags, Group.slug,
        Comment.id == Topic.opening_id,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Topic, Topic.id == Thread.topic_id)
        .join(Group, Group.id == Topic.group_id)
        .where(
            where,
            Topic.is_shown,
            groups_read_by(actor),
            seen_by(actor, Topic.user_id),
            seen_by(actor, Comment.user_id),
            IS_APPROVED,
            Comment.section == Section.COMMENTS,
        )
        .order_by(Comment.approved_at.desc(), Comment.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [FeedTopic(*row) for row in await session.execute(query)]


def topic_entry(said: FeedTopic, base_url: str) -> Entry:
    """What was said as an entry; its id is a topic's own where it opens one."""
    group = f"{base_url}/groups/{said.group_slug}/"
    name = f"{said.topic_id}-{said.topic_slug}" if said.topic_slug else str(said.topic_id)
    topic_url = f"{group}d/{name}/"
    url = topic_url if said.opens else f"{group}r/{said.comment_id}"
    title = said.topic_title
    if not said.opens:
        title = _("%(name)s on %(title)s") % {"name": said.author, "title": said.topic_title}
    return Entry(
        guid=said.topic_guid if said.opens else said.guid,
        url=url,
        title=title,
        published=said.created_at,
        updated=said.approved_at,
        summary=shorten(plain_text(str(said.html))),
        content_html=str(read_elsewhere(said.html, topic_url)),
        authors=(Person(said.author),) if said.author else (),
        labels=tuple(Label(tag) for tag in said.tags) if said.opens else (),
        answer_to=None if said.opens else AnswerTo(said.topic_guid, topic_url),
    )
