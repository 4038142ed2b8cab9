"""The links that a post has, for programs."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.text import plain_text
from app.discussions.models import Comment, CommentStatus, Section, Thread
from app.linkbacks.protocols.trackback import ListedPing

MOST = 100


async def listed_pings(session: AsyncSession, post_id: int) -> list[ListedPing]:
    """The newest links to a post that are shown, oldest first."""
    found = await session.execute(
        select(Comment.author_name, Comment.author_url, Comment.body_html)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(
            Thread.post_id == post_id,
            Comment.section == Section.LINKBACKS,
            Comment.status == CommentStatus.APPROVED,
        )
        .order_by(Comment.place.desc())
        .limit(MOST)
    )
    pings = [ListedPing(name, url, plain_text(html)) for name, url, html in found]
    return pings[::-1]
