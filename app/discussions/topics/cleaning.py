"""All that somebody said in a group is taken away at once: each removal in the log, and undone together for a day."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.core.answers import require
from app.discussions.batches import begin_batch
from app.discussions.models import Comment, CommentStatus, Thread
from app.groups.policy import may_moderate_here
from app.groups.queries import Standing
from app.moderation.models import Batch


async def clean_up(
    session: AsyncSession, actor: Actor, here: Standing, user_id: int
) -> Batch | None:
    """Have the worker remove all that somebody has waiting or shown in a group; None for nothing."""
    require(may_moderate_here(actor, here))
    chosen = {"member": user_id, "group": here.group.id}
    batch = await begin_batch(session, actor, "remove", chosen, reason="banned")
    if batch is not None:
        thing, after = f"group:{here.group.id}", {"user": user_id, "number": batch.total}
        record_audit(session, actor, "member cleaned up", thing, after=after)
    return batch


async def said_by_member(session: AsyncSession, group_id: int, user_id: int) -> int:
    """How much somebody has waiting or shown in a group."""
    query = (
        select(func.count())
        .select_from(Comment)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(
            Thread.group_id == group_id,
            Comment.user_id == user_id,
            Comment.status.in_((CommentStatus.PENDING, CommentStatus.APPROVED)),
        )
    )
    return await session.scalar(query) or 0
