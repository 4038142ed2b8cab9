"""Ending it: at once, and nothing is kept, nor what waits in the box for them."""

from sqlalchemy import ColumnElement, delete, or_
from sqlalchemy.ext.asyncio import AsyncSession

from app.notifications.blog.models import BlogFollower
from app.notifications.models import IS_WAITING, Letter

# What a letter about post 12 says that it is about.
NEWS = "post:{post_id} news"
_IS_NEWS = Letter.about.like("post:% news")


async def leave(session: AsyncSession, key: str) -> bool:
    """Somebody wants no more posts by mail. Ended twice is ended; whether they followed."""
    return await _forget(session, BlogFollower.key == key) > 0


async def forget_follower(session: AsyncSession, email: str, user_id: int | None = None) -> None:
    """Somebody is not to be known here any more."""
    whose = [BlogFollower.email == email] if email else []
    if user_id is not None:
        whose.append(BlogFollower.user_id == user_id)
    await _forget(session, or_(*whose))


async def _forget(session: AsyncSession, whose: ColumnElement[bool]) -> int:
    # The row first: a batch that is being written holds it, and its letters are seen once it is done.
    gone = await session.scalars(delete(BlogFollower).where(whose).returning(BlogFollower.email))
    addresses = gone.all()
    if addresses:
        await session.execute(
            delete(Letter).where(Letter.recipient.in_(addresses), _IS_NEWS, IS_WAITING)
        )
    return len(addresses)
