"""What a change of a comment's status does to its thread: what is shown, counted and told."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, NotFound
from app.core.events import record
from app.core.i18n import _
from app.core.rows import Rows
from app.discussions.events import CommentPublished, CommentWithdrawn, ReplyPublished
from app.discussions.models import Comment, CommentStatus, Section, Thread
from app.discussions.pages import appear, vanish
from app.discussions.topics.counting import keep_topic

COMMENTS, THREADS = Rows(Comment), Rows(Thread)


async def change_status(
    session: AsyncSession, comment: Comment, thread: Thread, status: CommentStatus, at: datetime
) -> None:
    """Give a comment another status, whoever decided it; `thread` is its thread's locked row.

    Counts, pages and events follow; nothing does where the status is what it was.
    """
    was = comment.status
    if was == status:
        return
    if status == CommentStatus.APPROVED:
        await _approve(session, comment, thread, at)
        if thread.topic_id is not None:
            await keep_topic(session, thread, comment, at, by=1)
        published = CommentPublished if thread.topic_id is None else ReplyPublished
        record(session, published(comment_id=comment.id, touches=touched_by(thread)))
        return
    comment.status, comment.decided_at = status, at
    comment.version += 1
    if status == CommentStatus.REMOVED:
        comment.status_before = was
    if was == CommentStatus.APPROVED:
        _count(thread, comment, -1)
        await _hide(session, comment)
        if thread.topic_id is not None:
            await keep_topic(session, thread, comment, at, by=-1)
        record(session, CommentWithdrawn(comment_id=comment.id, touches=touched_by(thread)))
    elif comment.is_shown:
        # A tombstone may read differently now.
        record(session, CommentWithdrawn(comment_id=comment.id, touches=touched_by(thread)))
    await session.flush()


async def _approve(session: AsyncSession, comment: Comment, thread: Thread, at: datetime) -> None:
    """Write it at once, not at the next flush: most of what comes in is approved as it comes."""
    approved_at, was_shown = comment.approved_at or at, comment.is_shown
    newest = max(thread.approved_at or approved_at, approved_at)
    counted = "comment_count" if comment.section == Section.COMMENTS else "linkback_count"
    one_more = {counted: getattr(thread, counted) + 1}
    await THREADS.write(session, thread, approved_at=newest, **one_more)
    await COMMENTS.write(
        session, comment, status=CommentStatus.APPROVED, decided_at=at, approved_at=approved_at,
        version=comment.version + 1, is_shown=True,
    )  # fmt: skip
    if not was_shown:
        await appear(session, comment)
        await _show_above(session, comment)


def touched_by(thread: Thread) -> frozenset[str]:
    """The tags of pages that show something of this thread."""
    if thread.group_id is not None:
        return frozenset({f"thread:{thread.id}", f"group:{thread.group_id}"})
    return frozenset({f"thread:{thread.id}", "comments"})


async def locked_comment(session: AsyncSession, comment_id: int) -> tuple[Comment, Thread]:
    """A comment and its thread as they are now, the thread locked. Raises NotFound."""
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
        raise NotFound(_("There is no comment %(number)s.") % {"number": comment_id})
    if comment.thread_id != thread.id:
        # While this waited for the lock; that of the other thread may not be waited for with this one held.
        raise Conflict(_("It was moved just now. Please try again."))
    return comment, thread


def _count(thread: Thread, comment: Comment, by: int) -> None:
    if comment.section == Section.COMMENTS:
        thread.comment_count += by
    else:
        thread.linkback_count += by


async def _show_above(session: AsyncSession, comment: Comment) -> None:
    """Show the places of those that a comment answers."""
    shown = comment
    while shown.parent_id:
        shown = await session.get_one(Comment, shown.parent_id)
        if shown.is_shown:
            return
        await COMMENTS.write(session, shown, is_shown=True)
        await appear(session, shown)


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
