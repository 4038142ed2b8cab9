"""The log of decisions: written with each of them, only ever added to, read newest first."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.moderation.models import Decision

# Kinds of things that are no comments: the log tells them apart by these.
AUTHOR, THREAD = "author", "thread"
_Other = aliased(User)


class LogEntry(NamedTuple):
    """A decision, and the name of who made it; no name where the program did.

    `other` is the name of whoever was given something.
    """

    decision: Decision
    name: str | None
    other: str | None


async def last_decision(session: AsyncSession, kind: str, item_id: int) -> LogEntry | None:
    """What was decided last about a thing; who is to see to it changes nothing of it."""
    query = (
        _entries()
        .where(Decision.kind == kind, Decision.item_id == item_id, Decision.became != "")
        .order_by(Decision.id.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else LogEntry(*row)


async def last_warning(session: AsyncSession, kind: str, item_id: int) -> LogEntry | None:
    """How its author was warned last for a thing."""
    query = (
        _entries()
        .where(Decision.kind == kind, Decision.item_id == item_id, Decision.verb == "warn")
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
    query = _entries()
    if before is not None:
        query = query.where(tuple_(Decision.at, Decision.id) < before)
    if user_id is not None:
        query = query.where(Decision.user_id == user_id)
    query = query.order_by(Decision.at.desc(), Decision.id.desc()).limit(most)
    return [LogEntry(*row) for row in await session.execute(query)]


def _entries() -> Select[Decision, str, str]:
    return (
        select(Decision, User.name, _Other.name)
        .outerjoin(User, User.id == Decision.user_id)
        .outerjoin(_Other, _Other.id == Decision.given_to)
    )
