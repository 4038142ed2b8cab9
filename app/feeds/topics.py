"""What is said in groups as feeds need it: of groups that everybody may read, or that one member does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR, Actor
from app.accounts.blocks import seen_by, unseen_by
from app.core.i18n import _
from app.core.markup import SafeHtml, read_elsewhere
from app.core.text import plain_text, shorten
from app.discussions.models import Comment, Section, Thread
from app.discussions.queries import IS_APPROVED
from app.feeds.model import AnswerTo, Entry, Label, Person
from app.groups.models import Group, Topic
from app.groups.queries import groups_read_by

_LAST_APPROVED = (Comment.approved_at.desc(), Comment.id.desc())


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
    # A range of `ix_comments_group_approved`, which alone tells what is left out of it: however far down
    # a page begins, and whoever said what lies before it, no rows are read but its own.
    ids = (
        select(Comment.id)
        .where(
            Comment.group_id == group_id,
            Comment.is_opening.is_(of == Of.TOPICS),
            IS_APPROVED,
            *_is_seen(actor, group_id),
        )
        .order_by(*_LAST_APPROVED)
        .offset(skip)
        .limit(limit)
        .subquery()
    )
    # The column serves the index: who reads what is asked of the topic, and where that is now.
    where = and_(Comment.id.in_(select(ids.c.id)), Topic.group_id == Comment.group_id)
    return await _read(session, _newest(actor, where))


def _is_seen(actor: Actor, group_id: int) -> list[ColumnElement[bool]]:
    """What `_newest` asks of topics and people, by lists that are made once and not by each comment."""
    threads = select(Thread.id).join(Topic, Topic.id == Thread.topic_id)
    threads = threads.where(Topic.group_id == group_id)
    is_shown = Comment.thread_id.not_in(threads.where(~Topic.is_shown))
    if actor.user_id is None:
        return [is_shown]
    unseen = unseen_by(actor)
    return [
        is_shown,
        Comment.thread_id.not_in(threads.where(Topic.user_id.in_(unseen))),
        or_(Comment.user_id.is_(None), Comment.user_id.not_in(unseen)),
    ]


async def newest_in_topic(
    session: AsyncSession, thread_id: int, *, skip: int, limit: int, actor: Actor = VISITOR
) -> list[FeedTopic]:
    """What was said in one topic, named by its thread, its opening text included, last approved first."""
    # By the comments' own column, so that its index gives them in this order.
    query = _newest(actor, Comment.thread_id == thread_id)
    return await _read(session, query.offset(skip).limit(limit))


async def newest_among(
    session: AsyncSession,
    actor: Actor,
    ids: Select[Any] | Sequence[int],
    *,
    skip: int,
    limit: int,
) -> list[FeedTopic]:
    """What `ids` names of all that was said in groups, as far as `actor` may read it."""
    return await _read(session, _newest(actor, Comment.id.in_(ids)).offset(skip).limit(limit))


def _newest(actor: Actor, where: ColumnElement[bool]) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Comment.id, Comment.guid, Comment.author_name, Comment.body_html, Comment.created_at,
        Comment.approved_at, Topic.id, Topic.guid, Topic.title, Topic.slug, Topic.tags, Group.slug,
        Comment.id == Topic.opening_id,
    )  # fmt: skip
    return (
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
        .order_by(*_LAST_APPROVED)
    )


async def _read(session: AsyncSession, query: Select[Any]) -> list[FeedTopic]:
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
