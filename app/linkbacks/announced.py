"""The log of what was told to other sites, newest first, for whoever may write the posts."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.policy import may_write_posts
from app.core.answers import require
from app.linkbacks.announcing import announcements_of
from app.linkbacks.sent import Announcement
from app.posts.actions import get_to_write
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
    query = (
        select(Announcement, Post.title)
        .join(Post, Post.id == Announcement.post_id)
        .where(_theirs(actor), older)
        .order_by(Announcement.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    return [Announced(*row) for row in await session.execute(query)]


async def announced_of(
    session: AsyncSession, actor: Actor, post_id: int
) -> tuple[Post, Sequence[Announced]]:
    """Of one post: all, in the order of its links. Raises SignInNeeded, Forbidden, NotFound."""
    post, _authors = await get_to_write(session, actor, post_id, locked=False)
    return post, [Announced(row, post.title) for row in await announcements_of(session, post_id)]


def _theirs(actor: Actor) -> ColumnElement[bool]:
    if actor.writes_every_post:
        return true()
    own = select(PostAuthor.post_id).where(PostAuthor.user_id == actor.user_id)
    return Announcement.post_id.in_(own)
