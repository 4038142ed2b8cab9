"""What a moderator does with comments and linkbacks; each verb can be taken back by another."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import NotFound
from app.core.events import record
from app.discussions.events import CommentPublished, CommentWithdrawn
from app.discussions.models import Comment, CommentStatus, Section, Thread
from app.discussions.pages import appear, vanish
from app.discussions.policy import require_moderator
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
    comment, thread = await _locked(session, comment_id)
    was = comment.status
    if was == status:
        return comment
    comment.status = status
    comment.version += 1
    if status == CommentStatus.APPROVED:
        comment.approved_at = comment.approved_at or clock.now()
        thread.approved_at = max(thread.approved_at or comment.approved_at, comment.approved_at)
        _count(thread, comment, 1)
        await _show(session, comment)
        record(session, CommentPublished(comment_id=comment.id, touches=touched_by(thread)))
    elif was == CommentStatus.APPROVED:
        _count(thread, comment, -1)
        await _hide(session, comment)
        record(session, CommentWithdrawn(comment_id=comment.id, touches=touched_by(thread)))
    elif comment.is_shown:
        # A tombstone may read differently now.
        record(session, CommentWithdrawn(comment_id=comment.id, touches=touched_by(thread)))
    await session.flush()
    return comment


def touched_by(thread: Thread) -> frozenset[str]:
    """The tags of pages that show something of this thread."""
    return frozenset({f"thread:{thread.id}", "comments"})


async def _locked(session: AsyncSession, comment_id: int) -> tuple[Comment, Thread]:
    # The thread's row is the lock of its counts and pages: two approvals at once follow each other.
    thread = await session.scalar(
        select(Thread)
        .join(Comment, Comment.thread_id == Thread.id)
        .where(Comment.id == comment_id)
        .with_for_update(of=Thread)
        .execution_options(populate_existing=True)
    )
    found = (
        select(Comment).where(Comment.id == comment_id).execution_options(populate_existing=True)
    )
    comment = await session.scalar(found)
    if thread is None or comment is None:
        raise NotFound(f"There is no comment {comment_id}.")
    return comment, thread


def _count(thread: Thread, comment: Comment, by: int) -> None:
    if comment.section == Section.COMMENTS:
        thread.comment_count += by
    else:
        thread.linkback_count += by


async def _show(session: AsyncSession, comment: Comment) -> None:
    """Show a comment, and the places of those it answers."""
    shown: Comment | None = comment
    while shown is not None and not shown.is_shown:
        shown.is_shown = True
        await session.flush()
        await appear(session, shown)
        shown = await session.get(Comment, shown.parent_id) if shown.parent_id else None


async def _hide(session: AsyncSession, comment: Comment) -> None:
    """Hide a comment unless answers are shown below it, and tombstones above that lost their last answer."""
    hidden: Comment | None = comment
    while (
        hidden is not None and not hidden.is_approved and not await _shown_answers(session, hidden)
    ):
        hidden.is_shown = False
        await session.flush()
        await vanish(session, hidden)
        hidden = await session.get(Comment, hidden.parent_id) if hidden.parent_id else None


async def _shown_answers(session: AsyncSession, comment: Comment) -> Sequence[int]:
    answers = select(Comment.id).where(Comment.parent_id == comment.id, Comment.is_shown).limit(1)
    return (await session.scalars(answers)).all()
