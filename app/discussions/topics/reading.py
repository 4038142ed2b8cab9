"""How topics are read. Who may see one is a condition of every query: of its group, and of who began it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.accounts.actor import Actor, Role
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.core.db import BigId
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.core.prepared import Prepared
from app.discussions.models import Comment, CommentStatus, Section, Thread
from app.discussions.queries import IS_APPROVED, page_count_of_thread, page_number_of
from app.groups.models import Group, MemberRole, Membership, Reading, Topic, TopicKind
from app.groups.queries import Standing, groups_read_by, is_inside

ON_PAGE = 30
# Written out, not bound: so a query with it can be put together once and asked many times.
_STEWARDS: list[Any] = [
    literal_column(f"'{role}'") for role in (MemberRole.MODERATOR, MemberRole.OWNER)
]
# Made once: that costs more than the queries it stands in.
_MINE = aliased(Membership)
# What solved a topic, as long as it is there: removed or withdrawn it solves nothing, brought back it does again.
SOLUTION = (
    select(Comment.id)
    .where(Comment.id == Topic.solved_by, IS_APPROVED)
    .correlate(Topic)
    .scalar_subquery()
)
# In place of somebody's number, in a query that is made once for everybody.
_ME: Any = bindparam("me", type_=BigId)


def topics_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The topics the actor may read, in a query that has their group: what waits, its author and moderators see."""
    # What was merged is not shown, but its address leads on.
    is_open = or_(Topic.is_shown, Topic.moved_to.is_not(None))
    if actor.user_id is None:
        return and_(groups_read_by(actor), is_open)
    keeps = exists().where(
        _MINE.group_id == Topic.group_id,
        _MINE.user_id == actor.user_id,
        _MINE.role.in_(_STEWARDS),
        is_inside(_MINE),
    )
    own = Topic.user_id == actor.user_id
    shown = or_(is_open, own, keeps, _true(actor.moderates))
    return and_(groups_read_by(actor), shown, seen_by(actor, Topic.user_id))


def if_shown(actor: Actor, what: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """A title, or a group's slug, for whoever may read the topic now; empty for others, such as who was put out."""
    return case((topics_visible_to(actor), what), else_="")


def _true(is_so: bool) -> ColumnElement[bool]:
    return ~false() if is_so else false()


@dataclass(frozen=True, slots=True)
class TopicHere:
    """A topic where it stands, and what whoever looks at it is there."""

    here: Standing
    topic: Topic
    thread: Thread
    pages: int
    reading: Reading | None
    # The reply that solved it and is there to be read.
    solved_by: int | None = None


async def get_topic(
    session: AsyncSession, actor: Actor, slug: str, topic_id: int, *, lock: bool = False
) -> TopicHere:
    """A topic of a group, or of any where `slug` is empty; with `lock`, its thread's row locked. Raises NotFound."""
    query = _topic_for(actor.roles, is_signed_in=actor.is_signed_in)
    if lock:
        # First, by itself: what is read beside a row that had to be waited for is from before the wait.
        own = select(Thread.id).where(Thread.topic_id == topic_id).with_for_update()
        await session.execute(own)
        query = query.execution_options(populate_existing=True)
    if slug:
        query = query.where(Group.slug == slug)
    asked = {"topic": topic_id, "me": actor.user_id}
    row = (await session.execute(query, asked)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such discussion."))
    group, membership, topic, thread, pages, reading, solved_by = row
    return TopicHere(Standing(group, membership), topic, thread, pages, reading, solved_by)


@lru_cache(maxsize=64)
def _topic_for(roles: frozenset[Role], *, is_signed_in: bool) -> Any:
    """The query of `get_topic` for all with these roles: making it costs more than asking."""
    anybody = Actor(user_id=_ME if is_signed_in else None, roles=roles)
    mine = and_(Membership.group_id == Group.id, Membership.user_id == anybody.user_id)
    read = and_(Reading.topic_id == Topic.id, Reading.user_id == anybody.user_id)
    return (
        select(Group, Membership, Topic, Thread, page_count_of_thread(), Reading, SOLUTION)
        .join(Topic, Topic.group_id == Group.id)
        .join(Thread, Thread.topic_id == Topic.id)
        .outerjoin(Membership, mine)
        .outerjoin(Reading, read)
        .where(Topic.id == bindparam("topic", type_=BigId), topics_visible_to(anybody))
    )


class Opening(NamedTuple):
    """The text a topic began with."""

    author_name: str
    author_slug: str | None
    body_html: SafeHtml
    created_at: datetime
    edited_at: datetime | None


_OPENING = Prepared(
    select(Comment.author_name, User.slug, Comment.body_html, Comment.created_at, Comment.edited_at)
    .outerjoin(User, User.id == Comment.user_id)
    .where(Comment.id == bindparam("id", type_=BigId), IS_APPROVED)
)


async def opening_of(session: AsyncSession, topic: Topic) -> Opening | None:
    """The text of a topic that was found; None where it is not shown."""
    rows = await _OPENING.rows(session, {"id": topic.opening_id})
    return Opening._make(rows[0]) if rows else None


class ListedTopic(NamedTuple):
    """A topic as a list shows it."""

    id: int
    kind: TopicKind
    title: str
    slug: str
    author_name: str
    author_slug: str | None
    tags: Sequence[str]
    is_shown: bool
    is_pinned: bool
    is_locked: bool
    is_solved: bool
    reply_count: int
    created_at: datetime
    last_said_at: datetime
    # None: somebody whom the actor does not see.
    last_said_by: str | None
    # When whoever looks at the list looked at it; None for never.
    read_at: datetime | None


class TopicCursor(NamedTuple):
    """Where a list of topics goes on: behind this one."""

    is_pinned: bool
    last_said_at: datetime
    id: int


async def topics_listed(
    session: AsyncSession,
    actor: Actor,
    group_id: int,
    *,
    kinds: Collection[TopicKind] = tuple(TopicKind),
    tag: str = "",
    after: TopicCursor | None = None,
    most: int = ON_PAGE,
) -> list[ListedTopic]:
    """Topics of a group, what is pinned first, then what was answered last; and one more where there are more."""
    query = _listed(actor).where(Topic.group_id == group_id, Topic.kind.in_(kinds), Topic.is_shown)
    if tag:
        # As JSON writes it, between quotes: no tag has one in it.
        query = query.where(cast(Topic.tags, String).contains(json.dumps(tag), autoescape=True))
    if after is not None:
        key = tuple_(Topic.is_pinned, Topic.last_said_at, Topic.id)
        query = query.where(key < tuple_(*after))
    order = (Topic.is_pinned.desc(), Topic.last_said_at.desc(), Topic.id.desc())
    return [
        ListedTopic(*row) for row in await session.execute(query.order_by(*order).limit(most + 1))
    ]


# Who said the last thing in a topic of a list.
_LAST_AUTHOR = (
    select(Comment.user_id)
    .join(Thread, Thread.id == Comment.thread_id)
    .where(
        Thread.topic_id == Topic.id,
        IS_APPROVED,
        Comment.is_shown,
        Comment.section == Section.COMMENTS,
    )
    .order_by(Comment.place.desc())
    .limit(1)
    .correlate(Topic)
    .scalar_subquery()
)


async def last_said_by(session: AsyncSession, actor: Actor, topic_id: int) -> str | None:
    """Who said the last thing in a topic that was found; None where the actor does not see them."""
    query = select(_last_name(actor)).where(Topic.id == topic_id)
    name: str | None = await session.scalar(query)
    return name


def _last_name(actor: Actor) -> ColumnElement[str | None]:
    return case((seen_by(actor, _LAST_AUTHOR), Topic.last_said_by), else_=None)


def _listed(actor: Actor) -> Any:
    read = and_(Reading.topic_id == Topic.id, Reading.user_id == actor.user_id)
    return (
        select(
            Topic.id, Topic.kind, Topic.title, Topic.slug, Topic.author_name, User.slug,
            Topic.tags, Topic.is_shown, Topic.is_pinned, Topic.is_locked,
            SOLUTION.is_not(None), Topic.reply_count, Topic.created_at,
            Topic.last_said_at, _last_name(actor),
            Reading.at,
        )
        .join(Group, Group.id == Topic.group_id)
        .outerjoin(User, User.id == Topic.user_id)
        .outerjoin(Reading, read)
        .where(topics_visible_to(actor), Topic.moved_to.is_(None))
    )  # fmt: skip


async def waiting_here(session: AsyncSession, actor: Actor, group_id: int) -> list[ListedTopic]:
    """What the actor began in a group that still waits for a moderator."""
    # Not what was withdrawn, or removed.
    waits = exists().where(Comment.id == Topic.opening_id, Comment.status == CommentStatus.PENDING)
    mine = and_(Topic.group_id == group_id, Topic.user_id == actor.user_id)
    query = _listed(actor).where(mine, ~Topic.is_shown, waits)
    return [ListedTopic(*row) for row in await session.execute(query.order_by(Topic.id).limit(20))]


class Place(NamedTuple):
    """Where a reply stands."""

    topic_id: int
    topic_slug: str
    page: int


async def place_of_reply(session: AsyncSession, actor: Actor, slug: str, comment_id: int) -> Place:
    """The topic of a group in which a reply is shown, and its page. Raises NotFound."""
    query = (
        select(Topic.id, Topic.slug, page_number_of())
        .join(Group, Group.id == Topic.group_id)
        .join(Thread, Thread.topic_id == Topic.id)
        .join(Comment, Comment.thread_id == Thread.id)
        .where(
            Group.slug == slug,
            Comment.id == comment_id,
            Comment.is_shown,
            topics_visible_to(actor),
            seen_by(actor, Comment.user_id),
        )
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such reply."))
    return Place(*row)
