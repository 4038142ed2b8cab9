"""The log of what was told to other sites, newest first, for whoever may write the posts."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.policy import may_write_posts
from app.core.answers import require
from app.linkbacks.announcing import get_to_announce
from app.linkbacks.sent import Announcement
from app.posts.models import Post, PostAuthor

PAGE_SIZE = 50


class Announced(NamedTuple):
    """One page that was told, or is to be, and the post that links to it."""

    told: Announcement
    title: str


async def announced_lately(
    session: AsyncSession, actor: Actor, before_id: int | None = None
) -> Sequence[Announced]:
    """Of all posts that somebody may write: one page, and one more where there are more.

    Raises SignInNeeded, Forbidden.
    """
    require(may_write_posts(actor))
    older = true() if before_id is None else Announcement.id < before_id
    return await _announced(session, and_(_theirs(actor), older), PAGE_SIZE + 1)


async def announced_of(
    session: AsyncSession, actor: Actor, post_id: int
) -> tuple[Post, Sequence[Announced]]:
    """Of one post: all. Raises SignInNeeded, Forbidden, NotFound."""
    require(may_write_posts(actor))
    post = await get_to_announce(session, actor, post_id)
    return post, await _announced(session, Announcement.post_id == post_id, None)


def _theirs(actor: Actor) -> ColumnElement[bool]:
    if actor.writes_every_post:
        return true()
    own = select(PostAuthor.post_id).where(PostAuthor.user_id == actor.user_id)
    return Announcement.post_id.in_(own)


async def _announced(
    session: AsyncSession, where: ColumnElement[bool], most: int | None
) -> Sequence[Announced]:
    query = (
        select(Announcement, Post.title)
        .join(Post, Post.id == Announcement.post_id)
        .where(where)
        .order_by(Announcement.id.desc())
        .limit(most)
    )
    return [Announced(*row) for row in await session.execute(query)]
