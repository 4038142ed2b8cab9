"""The log of what was changed about people and the site: narrowed, newest first, paged by key. Only reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import AuditEntry, User


@dataclass(frozen=True)
class AuditSought:
    """What is looked for; whatever is empty narrows nothing. `thing` is one, `user:12`, or a kind of things."""

    user_id: int | None = None
    # Whoever held the command line, who has no number.
    is_at_the_machine: bool = False
    what: str = ""
    thing: str = ""
    since: datetime | None = None
    before: datetime | None = None


class AuditLine(NamedTuple):
    """An entry, and the name of who did it; none for whoever held the command line."""

    entry: AuditEntry
    name: str | None


async def audit_page(
    session: AsyncSession,
    actor: Actor,
    sought: AuditSought,
    *,
    before: tuple[datetime, int] | None = None,
    most: int,
) -> list[AuditLine]:
    """The newest entries before a moment and id, as far as somebody may see them: owners all, others their own."""
    query = select(AuditEntry, User.name).outerjoin(User, User.id == AuditEntry.user_id)
    query = query.where(*_wanted(sought))
    if not actor.is_owner:
        query = query.where(AuditEntry.user_id == actor.user_id)
    if before is not None:
        query = query.where(tuple_(AuditEntry.at, AuditEntry.id) < before)
    query = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(most)
    return [AuditLine(*row) for row in await session.execute(query)]


def _wanted(sought: AuditSought) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if sought.is_at_the_machine:
        wanted.append(AuditEntry.user_id.is_(None))
    if sought.user_id is not None:
        wanted.append(AuditEntry.user_id == sought.user_id)
    if sought.what:
        wanted.append(func.lower(AuditEntry.what).contains(sought.what.lower(), autoescape=True))
    if sought.thing:
        of_kind = AuditEntry.thing.startswith(f"{sought.thing}:", autoescape=True)
        wanted.append(or_(AuditEntry.thing == sought.thing, of_kind))
    if sought.since is not None:
        wanted.append(AuditEntry.at >= sought.since)
    if sought.before is not None:
        wanted.append(AuditEntry.at < sought.before)
    return wanted
