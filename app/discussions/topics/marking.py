"""How far somebody has read a topic, and whether they want to be told of what is said there."""

from datetime import datetime

from sqlalchemy import Boolean, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.core import clock
from app.core.answers import YES, no, require
from app.core.db import UtcDateTime
from app.core.i18n import _
from app.core.prepared import Prepared
from app.core.rows import flush_changes
from app.discussions.models import Comment, Section
from app.discussions.topics.reading import TopicHere, get_topic

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


async def first_unread(session: AsyncSession, actor: Actor, found: TopicHere) -> int | None:
    """The first reply that somebody was not shown yet, in a topic they have read some of."""
    seen = found.reading.comment_id if found.reading else 0
    place = select(Comment.place).where(Comment.id == seen).scalar_subquery()
    query = (
        select(Comment.id)
        .where(
            Comment.thread_id == found.thread.id,
            Comment.section == Section.COMMENTS,
            Comment.is_shown,
            Comment.place > place,
            seen_by(actor, Comment.user_id),
        )
        .order_by(Comment.place)
        .limit(1)
    )
    return await session.scalar(query)


# How far they have read stays as it is.
_FOLLOW = text(
    "INSERT INTO topic_readings (user_id, topic_id, comment_id, at, follows)"
    " VALUES (:user, :topic, 0, :at, :follows)"
    " ON CONFLICT (user_id, topic_id) DO UPDATE SET follows = excluded.follows"
).bindparams(bindparam("at", type_=UtcDateTime()), bindparam("follows", type_=Boolean()))


async def follow_topic(
    session: AsyncSession, actor: Actor, slug: str, topic_id: int, *, follows: bool | None
) -> TopicHere:
    """Be told of what is said in a topic, or never; None for what follows from having taken part.

    An answer to oneself, or being named, is told all the same. Raises NotFound, Forbidden.
    """
    found = await get_topic(session, actor, slug, topic_id)
    require(YES if found.here.is_inside else no(_("Only members can follow what is said here.")))
    values = {"user": actor.user_id, "topic": topic_id, "at": clock.now(), "follows": follows}
    await session.execute(_FOLLOW, values)
    return found


_CARRY = text(
    "INSERT INTO topic_readings (user_id, topic_id, comment_id, at, follows)"
    " SELECT user_id, :into, 0, at, follows FROM topic_readings"
    " WHERE topic_id = :was AND follows IS NOT NULL"
    " ON CONFLICT (user_id, topic_id) DO UPDATE SET follows = excluded.follows"
    " WHERE topic_readings.follows IS NULL"
)


async def carry_follows(session: AsyncSession, was: int, into: int) -> None:
    """Who follows a topic, or wants to hear nothing of it, does so where it goes, but for who chose there already."""
    await session.execute(_CARRY, {"was": was, "into": into})
