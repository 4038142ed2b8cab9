"""What a moderator does with comments and linkbacks; each verb can be taken back by another."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.discussions.models import Comment, CommentStatus, Thread
from app.discussions.policy import require_moderator
from app.discussions.showing import change_status, locked_comment
from app.posts.events import PostWritten


async def open_thread(session: AsyncSession, event: PostWritten) -> None:
    """Every post owns exactly one thread, from the moment it is written."""
    known = await session.scalar(select(Thread.id).where(Thread.post_id == event.post_id))
    if known is None:
        session.add(Thread(post_id=event.post_id))
        await session.flush()


async def approve(session: AsyncSession, actor: Actor, comment_id: int) -> Comment:
    """Let everybody read it, above tombstones where what it answers is not shown."""
    return await _decide(session, actor, comment_id, CommentStatus.APPROVED)


async def hold(session: AsyncSession, actor: Actor, comment_id: int) -> Comment:
    """Take it out of sight until somebody decides."""
    return await _decide(session, actor, comment_id, CommentStatus.PENDING)


async def mark_as_spam(session: AsyncSession, actor: Actor, comment_id: int) -> Comment:
    """File it as spam."""
    return await _decide(session, actor, comment_id, CommentStatus.SPAM)


async def remove(session: AsyncSession, actor: Actor, comment_id: int) -> Comment:
    """Remove it; where answers to it are shown, a line keeps its place."""
    return await _decide(session, actor, comment_id, CommentStatus.REMOVED)


async def _decide(
    session: AsyncSession, actor: Actor, comment_id: int, status: CommentStatus
) -> Comment:
    require_moderator(actor)
    comment, thread = await locked_comment(session, comment_id)
    await change_status(session, comment, thread, status, clock.now())
    return comment
