"""The log of decisions: written with each of them, only ever added to, read newest first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.models import User
from app.moderation.models import Decision

# Kinds of things that are no comments: the log tells them apart by these.
AUTHOR, THREAD = "author", "thread"
# What an author does with their own comment. It stands in the log, and is nobody's judgement.
WITHDRAW = "withdraw"
_Other = aliased(User)


class By(StrEnum):
    """Whoever decides and has no name: somebody at the command line, or the program itself."""

    MACHINE = "machine"
    PROGRAM = "program"


@dataclass(frozen=True)
class LogSought:
    """What is looked for in the log; whatever is empty narrows nothing."""

    by: By | None = None
    user_id: int | None = None
    verb: str = ""
    since: datetime | None = None
    before: datetime | None = None


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
    actor: Actor,
    sought: LogSought,
    *,
    before: tuple[datetime, int] | None = None,
    most: int,
) -> list[LogEntry]:
    """The newest entries before a moment and id, as far as somebody may see them: owners all, others their own."""
    query = _entries().where(*_wanted(sought))
    if not actor.is_owner:
        query = query.where(Decision.user_id == actor.user_id)
    if before is not None:
        query = query.where(tuple_(Decision.at, Decision.id) < before)
    query = query.order_by(Decision.at.desc(), Decision.id.desc()).limit(most)
    return [LogEntry(*row) for row in await session.execute(query)]


def _wanted(sought: LogSought) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if sought.by is not None:
        nobody = Decision.user_id.is_(None)
        is_machine = Decision.is_by_person == (sought.by == By.MACHINE)
        # A guest has no account either.
        wanted.append(and_(nobody, is_machine, Decision.verb != WITHDRAW))
    if sought.user_id is not None:
        wanted.append(Decision.user_id == sought.user_id)
    if sought.verb:
        wanted.append(Decision.verb == sought.verb)
    if sought.since is not None:
        wanted.append(Decision.at >= sought.since)
    if sought.before is not None:
        wanted.append(Decision.at < sought.before)
    return wanted


def _entries() -> Select[Decision, str, str]:
    return (
        select(Decision, User.name, _Other.name)
        .outerjoin(User, User.id == Decision.user_id)
        .outerjoin(_Other, _Other.id == Decision.given_to)
    )
