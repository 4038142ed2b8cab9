"""The desk of whoever writes: the posts and pages that are theirs to change, state by state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, literal_column, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from app.accounts.actor import Actor
from app.core.db import UtcDateTime
from app.posts.models import Post, PostAuthor, PostKind, PostStatus
from app.posts.policy import may_write
from app.posts.queries import IS_PUBLISHED

PAGE_SIZE = 30
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Written out, so that the partial index is used.
_NOT_PUBLISHED: ColumnElement[bool] = literal_column("posts.status <> 'published'")


@dataclass(frozen=True)
class Place:
    """Where a page of the desk ends: the moment and the number of its last post."""

    at: datetime
    post_id: int


def theirs_to_write(actor: Actor, kind: PostKind) -> ColumnElement[bool]:
    """Their own; of whoever is an editor, all of them."""
    if may_write(actor, kind, ()):
        return Post.id.is_not(None)
    own = select(PostAuthor.post_id).where(PostAuthor.user_id == actor.user_id)
    return Post.id.in_(own)


async def on_desk(
    session: AsyncSession,
    actor: Actor,
    kind: PostKind,
    status: PostStatus,
    *,
    before: Place | None = None,
    also: ColumnElement[bool] | None = None,
) -> Sequence[Post]:
    """A page of what is theirs in a state, and one more if there is more; texts are left in the database.

    What is public stands by the day it came out, what will be by the day it will; all else by when
    it was last worked on.
    """
    moment = _moment_of(status)
    query = (
        select(Post)
        .options(defer(Post.body_source), defer(Post.body_html), defer(Post.teaser_html))
        .where(theirs_to_write(actor, kind), Post.kind == kind, _in_state(status))
        .order_by(moment.desc(), Post.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if also is not None:
        query = query.where(also)
    if before is not None:
        query = query.where(_earlier(moment, before))
    return (await session.scalars(query)).all()


def place_of(post: Post) -> Place:
    """The place of a post in the list of its state."""
    if post.status in (PostStatus.PUBLISHED, PostStatus.SCHEDULED):
        return Place(post.published_at or _LONG_AGO, post.id)
    return Place(post.updated_at or post.created_at or _LONG_AGO, post.id)


async def waiting(session: AsyncSession, actor: Actor, kind: PostKind) -> Mapping[PostStatus, int]:
    """How many of theirs are in each state but the public one, which is not counted."""
    query = (
        select(Post.status, func.count())
        .where(theirs_to_write(actor, kind), Post.kind == kind, _NOT_PUBLISHED)
        .group_by(Post.status)
    )
    return {PostStatus(row[0]): row[1] for row in await session.execute(query)}


def _moment_of(status: PostStatus) -> ColumnElement[Any]:
    if status in (PostStatus.PUBLISHED, PostStatus.SCHEDULED):
        return Post.published_at.expression
    # What was imported may have no date at all.
    return func.coalesce(Post.updated_at, Post.created_at, literal(_LONG_AGO, UtcDateTime()))


def _in_state(status: PostStatus) -> ColumnElement[bool]:
    if status == PostStatus.PUBLISHED:
        return IS_PUBLISHED
    return and_(Post.status == status, _NOT_PUBLISHED)


def _earlier(moment: ColumnElement[Any], before: Place) -> ColumnElement[bool]:
    key = tuple_(literal(before.at, UtcDateTime()), literal(before.post_id))
    return tuple_(moment, Post.id) < key
