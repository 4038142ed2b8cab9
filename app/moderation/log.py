"""The log of decisions: written with each of them, only ever added to, read newest first."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.moderation.models import Decision

# Kinds of things that are no comments: the log tells them apart by these.
AUTHOR, THREAD = "author", "thread"


class LogEntry(NamedTuple):
    """A decision, and the name of who made it; no name where the program did."""

    decision: Decision
    name: str | None


async def last_decision(session: AsyncSession, kind: str, item_id: int) -> LogEntry | None:
    """What was decided last about a thing."""
    query = (
        select(Decision, User.name)
        .outerjoin(User, User.id == Decision.user_id)
        .where(Decision.kind == kind, Decision.item_id == item_id)
        .order_by(Decision.id.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else LogEntry(*row)


async def log_page(
    session: AsyncSession,
    *,
    before: tuple[datetime, int] | None = None,
    user_id: int | None = None,
    most: int,
) -> list[LogEntry]:
    """The newest entries before a moment and id; of one moderator, or of all."""
    query = select(Decision, User.name).outerjoin(User, User.id == Decision.user_id)
    if before is not None:
        query = query.where(tuple_(Decision.at, Decision.id) < before)
    if user_id is not None:
        query = query.where(Decision.user_id == user_id)
    query = query.order_by(Decision.at.desc(), Decision.id.desc()).limit(most)
    return [LogEntry(*row) for row in await session.execute(query)]
