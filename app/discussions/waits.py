"""How long what is held has waited of late."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.models import Comment, CommentKind, CommentStatus
from app.discussions.queries import REMEMBERED
from app.moderation.log import WITHDRAW
from app.moderation.models import Decision

# So many of the newest say how it usually is.
_MOST_WAITS = 500


async def waits_of_late(session: AsyncSession, at: datetime) -> list[timedelta]:
    """How long comments of the last 30 days waited until a person decided about them.

    What is older says nothing of today: it came with an import, or was found in a corner.
    """
    query = (
        select(Decision.at, Comment.created_at)
        .join(Comment, Comment.id == Decision.item_id)
        .where(
            Decision.at > at - REMEMBERED,
            Decision.kind == CommentKind.COMMENT,
            Decision.is_by_person,
            Decision.verb != WITHDRAW,
            Decision.was == CommentStatus.PENDING,
            Comment.created_at > at - REMEMBERED,
        )
        .order_by(Decision.at.desc())
        .limit(_MOST_WAITS)
    )
    return [decided - written for decided, written in await session.execute(query)]
