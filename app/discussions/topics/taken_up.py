"""What is said under a post, or the post itself, is taken up in a group: found, linked back to, and shown there.

A topic keeps what it was taken up from. Only what everybody may read is taken up, and only to who may
read a topic does a post say that it is discussed there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    cast,
    exists,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import coalesce

from app.accounts.actor import VISITOR, Actor
from app.accounts.blocks import seen_by
from app.core import clock
from app.core.db import BigId
from app.core.prepared import Prepared
from app.core.text import plain_text, shorten
from app.discussions.models import Comment, Section, Thread
from app.discussions.queries import IS_APPROVED, page_number_of
from app.groups.models import (
    Group,
    GroupState,
    MemberRole,
    Membership,
    MemberState,
    Topic,
    TopicKind,
)
from app.groups.policy import may_start
from app.groups.queries import Standing, groups_read_by
from app.posts.models import Post
from app.posts.queries import posts_visible_to

# So many are named under a post, and so many groups are to choose from.
MOST_SHOWN = 10
_MOST_GROUPS = 200
_WORDS, _LETTERS = 120, 800


class TakenUp(NamedTuple):
    """A topic in which a post, or something said under it, is discussed."""

    topic_id: int
    topic_slug: str
    title: str
    thread_id: int
    group_slug: str
    group_name: str


class Discussed(NamedTuple):
    """Where a post is discussed, and whether whoever looks at it may begin another discussion."""

    topics: Sequence[TakenUp] = ()
    may_begin: bool = False


NOT_DISCUSSED = Discussed()


async def taken_up(session: AsyncSession, actor: Actor, post_id: int) -> Discussed:
    """The topics about a post that the actor may read, the newest first, and the door to another; one query."""
    if actor.user_id is None:
        rows = await _FOR_VISITORS.rows(session, {"post": post_id})
        return Discussed([TakenUp._make(row) for row in rows])
    found = _about(actor).subquery()
    # One row even where there is no topic.
    door = select(exists(_begun_by(actor, clock.now())).label("may_begin")).subquery()
    query = select(door, found).outerjoin(found, true())
    answer = (await session.execute(query, {"post": post_id})).all()
    topics = [TakenUp._make(row[1:]) for row in answer if row[1] is not None]
    return Discussed(topics, bool(answer[0][0]))


def _about(actor: Actor) -> Any:
    taken = aliased(Topic)
    # What was put into another topic is discussed there.
    where = select(coalesce(taken.moved_to, taken.id))
    where = where.where(taken.about_post_id == bindparam("post", type_=BigId))
    return (
        select(Topic.id, Topic.slug, Topic.title, Thread.id.label("thread"),
               Group.slug.label("group"), Group.name)
        .join(Thread, Thread.topic_id == Topic.id)
        .join(Group, Group.id == Topic.group_id)
        .where(
            Topic.id.in_(where), Topic.is_shown, groups_read_by(actor), seen_by(actor, Topic.user_id)
        )
        .order_by(Topic.created_at.desc(), Topic.id.desc())
        .limit(MOST_SHOWN)
    )  # fmt: skip


_FOR_VISITORS = Prepared(_about(VISITOR))


def _begun_by(actor: Actor, at: datetime) -> Any:
    """The groups in which the actor may begin a discussion: the `where` of `may_start`, which is asked anew."""
    mine, keeps = Membership, Membership.role.in_((MemberRole.MODERATOR, MemberRole.OWNER))
    is_open = and_(
        Group.state == GroupState.ACTIVE,
        or_(Group.read_only_until.is_(None), Group.read_only_until <= at),
        Group.members_start,
    )
    speaks = or_(
        mine.state == MemberState.ACTIVE,
        and_(mine.state == MemberState.MUTED, mine.until <= at),
    )
    return (
        select(Group, Membership)
        .join(Membership, Membership.group_id == Group.id)
        .where(
            mine.user_id == actor.user_id,
            speaks,
            Group.state != GroupState.CLOSED,
            or_(keeps, is_open),
            # As JSON writes it, between quotes.
            cast(Group.kinds, String).contains(f'"{TopicKind.DISCUSSION}"'),
        )
    )


async def places_to_begin(session: AsyncSession, actor: Actor) -> list[Standing]:
    """The groups in which somebody may begin a discussion, by name."""
    at = clock.now()
    query = _begun_by(actor, at).order_by(Group.name, Group.id).limit(_MOST_GROUPS)
    found = [Standing(*row) for row in await session.execute(query)]
    return [here for here in found if may_start(actor, here, TopicKind.DISCUSSION, at)]


class Subject(NamedTuple):
    """What is taken up: a post, or a comment under one; where it stands, and its first words."""

    post_id: int
    post_title: str
    post_path: str
    thread_id: int | None
    # Of a comment alone: its number, by whom, and the page of the thread on which it stands.
    comment_id: int | None
    name: str
    page: int
    words: str


async def find_subject(
    session: AsyncSession, post_id: int | None, comment_id: int | None
) -> Subject | None:
    """A post that everybody may read, or with a comment's number that comment under it; else None.

    With both, the post alone where the comment is not shown under it any more.
    """
    is_it = and_(
        Comment.id == comment_id,
        Comment.thread_id == Thread.id,
        Comment.section == Section.COMMENTS,
        IS_APPROVED,
    )
    query = (
        select(Post.id, Post.title, Post.path, Post.summary, Thread.id,
               Comment.id, Comment.author_name, Comment.body_html, page_number_of())
        .outerjoin(Thread, Thread.post_id == Post.id)
        .outerjoin(Comment, is_it)
        .where(_is_asked_for(post_id), Post.path.is_not(None), posts_visible_to(VISITOR))
    )  # fmt: skip
    row = (await session.execute(query)).first()
    if row is None:
        return None
    number, title, path, summary, thread_id, comment, name, html, page = row
    words = summary if comment is None else plain_text(str(html))
    said = shorten(words, _WORDS, _LETTERS)
    return Subject(number, title, path or "/", thread_id, comment, name or "", page or 1, said)


def _is_asked_for(post_id: int | None) -> ColumnElement[bool]:
    return Comment.id.is_not(None) if post_id is None else Post.id == post_id


async def tags_of_posts(session: AsyncSession, topic_id: int) -> frozenset[str]:
    """What becomes stale where a topic is to be seen from now on: the posts it is about, or was put together about."""
    about = select(Topic.about_post_id).where(
        or_(Topic.id == topic_id, Topic.moved_to == topic_id), Topic.about_post_id.is_not(None)
    )
    return frozenset(f"post:{post_id}" for post_id in await session.scalars(about))
