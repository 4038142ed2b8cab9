"""Texts of a comment before and after: the old ones are kept, a new one may have to wait."""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import BigId
from app.core.events import record
from app.core.prepared import Prepared
from app.core.rows import flush_changes
from app.discussions.events import CommentEdited
from app.discussions.models import Comment, CommentEdit, Thread
from app.discussions.showing import touched_by
from app.moderation.submission import text_hash

# Hardly ever there, and looked for with each decision.
_WAITING = Prepared(
    select(CommentEdit.id)
    .where(CommentEdit.comment_id == bindparam("comment", type_=BigId), CommentEdit.is_waiting)
    .order_by(CommentEdit.id.desc())
    .limit(1)
)


async def waiting_edit(session: AsyncSession, comment_id: int) -> CommentEdit | None:
    """The new text that waits while the old one is shown, if there is one."""
    await flush_changes(session)
    rows = await _WAITING.rows(session, {"comment": comment_id})
    return await session.get(CommentEdit, rows[0][0]) if rows else None


async def replace_text(
    session: AsyncSession, comment: Comment, thread: Thread, edit: CommentEdit, at: datetime
) -> None:
    """Let a comment say what an edit says; the edit's row then keeps what it said before."""
    new_source, new_html = edit.body_source, edit.body_html
    edit.body_source, edit.body_html = comment.body_source, comment.body_html
    edit.is_waiting = False
    comment.body_source, comment.body_html = new_source, new_html
    comment.text_hash = text_hash(new_source)
    comment.version += 1
    if comment.is_approved:
        comment.edited_at = at
        record(session, CommentEdited(comment_id=comment.id, touches=touched_by(thread)))
    await session.flush()


async def latest_edit(session: AsyncSession, comment_id: int) -> CommentEdit | None:
    """What a comment said before its text was changed last."""
    query = select(CommentEdit).where(CommentEdit.comment_id == comment_id)
    found: CommentEdit | None = await session.scalar(query.order_by(CommentEdit.id.desc()).limit(1))
    return found


async def restore_text(
    session: AsyncSession, comment: Comment, thread: Thread, edit: CommentEdit
) -> None:
    """Take back that an edit was let through: the older text is shown again, the new one waits again."""
    others = select(func.max(CommentEdit.at)).where(
        CommentEdit.comment_id == comment.id, CommentEdit.id != edit.id
    )
    await replace_text(session, comment, thread, edit, edit.at)
    edit.is_waiting = True
    comment.edited_at = await session.scalar(others)


async def drop_waiting_edit(session: AsyncSession, comment_id: int) -> bool:
    """A new text that was not let through is forgotten: the comment never said that. Whether there was one."""
    edit = await waiting_edit(session, comment_id)
    if edit is not None:
        await session.delete(edit)
        await session.flush()
    return edit is not None
