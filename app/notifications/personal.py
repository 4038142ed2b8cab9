"""What somebody follows and was mailed, as they take it away."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.models import Thread
from app.moderation.authors import normalised_email
from app.notifications.blog.models import BlogFollower
from app.notifications.models import Follow, Letter
from app.posts.addresses import address
from app.posts.models import Post


async def own_follows(
    session: AsyncSession, user_id: int, email: str, base_url: str
) -> list[dict[str, Any]]:
    """Where they are told of answers."""
    theirs = or_(Follow.user_id == user_id, Follow.email == email)
    query = (
        select(Follow, Post.title, Post.path)
        .join(Thread, Thread.id == Follow.thread_id)
        .outerjoin(Post, Post.id == Thread.post_id)
        .where(theirs)
        .order_by(Follow.id)
    )
    return [
        {
            "post": title or "",
            "address": base_url + address(path or "/"),
            "since": follow.created_at,
            "ended_at": follow.ended_at,
        }
        for follow, title, path in await session.execute(query)
    ]


async def own_following(
    session: AsyncSession, email: str, user_id: int | None = None
) -> list[dict[str, Any]]:
    """Since when new posts are mailed to them, or were asked for; with or without an account."""
    theirs = BlogFollower.email == normalised_email(email)
    if user_id is not None:
        theirs = or_(theirs, BlogFollower.user_id == user_id)
    return [
        {"address": one.email, "asked_at": one.asked_at, "since": one.confirmed_at}
        for one in await session.scalars(select(BlogFollower).where(theirs))
    ]


async def own_letters(session: AsyncSession, email: str) -> list[dict[str, Any]]:
    """Letters that were sent to them and are still kept. Links in them that work once stay out.

    One that waits is not theirs yet: its subject may name what they must not read any more.
    """
    sent = Letter.recipient == email, Letter.sent_at.is_not(None)
    query = select(Letter).where(*sent).order_by(Letter.id)
    return [
        {"subject": one.subject, "written_at": one.created_at, "sent_at": one.sent_at}
        for one in await session.scalars(query)
    ]
