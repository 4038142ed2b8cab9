"""What a moderator does with comments and linkbacks; each verb can be taken back by another."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.discussions.deciding import decide
from app.discussions.models import Comment, Thread
from app.posts.events import PostWritten


async def open_thread(session: AsyncSession, event: PostWritten) -> None:
    """Every post owns exactly one thread, from the moment it is written."""
    known = await session.scalar(select(Thread.id).where(Thread.post_id == event.post_id))
    if known is None:
        session.add(Thread(post_id=event.post_id))
        await session.flush()


async def approve(session: AsyncSession, actor: Actor, comment_id: int) -> Comment:
    """Let everybody read it, above tombstones where what it answers is not shown."""
    return (await decide(session, actor, comment_id, "approve"))[0]


async def hold(session: AsyncSession, actor: Actor, comment_id: int) -> Comment:
    """Take it out of sight until somebody decides."""
    return (await decide(session, actor, comment_id, "hold"))[0]


async def mark_as_spam(session: AsyncSession, actor: Actor, comment_id: int) -> Comment:
    """File it as spam."""
    return (await decide(session, actor, comment_id, "spam"))[0]


async def remove(session: AsyncSession, actor: Actor, comment_id: int) -> Comment:
    """Remove it; where answers to it are shown, a line keeps its place."""
    return (await decide(session, actor, comment_id, "remove"))[0]
