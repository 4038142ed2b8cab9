"""How far somebody has read a topic."""

from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.db import UtcDateTime
from app.core.prepared import Prepared
from app.core.rows import flush_changes

# Forward only: two browsers of one person may tell in any order.
_MARK = Prepared(
    text(
        "INSERT INTO topic_readings (user_id, topic_id, comment_id, at)"
        " VALUES (:user, :topic, :comment, :at)"
        " ON CONFLICT (user_id, topic_id) DO UPDATE SET"
        " comment_id = CASE WHEN excluded.comment_id > topic_readings.comment_id"
        " THEN excluded.comment_id ELSE topic_readings.comment_id END,"
        " at = CASE WHEN excluded.at > topic_readings.at THEN excluded.at ELSE topic_readings.at END"
    ).bindparams(bindparam("at", type_=UtcDateTime()))
)


async def mark_read(
    session: AsyncSession, actor: Actor, topic_id: int, comment_id: int, at: datetime
) -> None:
    """Remember that somebody was shown a topic up to a comment, at a moment; visitors leave no trace."""
    if actor.user_id is None:
        return
    values = {"user": actor.user_id, "topic": topic_id, "comment": comment_id, "at": at}
    await flush_changes(session)
    await _MARK.rows(session, values)
