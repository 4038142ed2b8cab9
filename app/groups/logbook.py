"""What was done in a group and by whom: the entries of the site's log that are about it."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.models import AuditEntry, User


class LogEntry(NamedTuple):
    """One act; `whom` is the name of the member it was about, if it was about one."""

    at: datetime
    name: str
    what: str
    after: dict[str, Any]
    whom: str


async def log_of(session: AsyncSession, group_id: int, most: int = 50) -> list[LogEntry]:
    """The newest acts in a group. For those who keep it: whoever calls has asked."""
    whom = aliased(User)
    about = AuditEntry.after["user"].as_integer()
    query = (
        select(AuditEntry.at, User.name, AuditEntry.what, AuditEntry.after, whom.name)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .outerjoin(whom, whom.id == about)
        .where(AuditEntry.thing == f"group:{group_id}")
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(most)
    )
    return [
        LogEntry(at, name or "", what, after, of or "")
        for at, name, what, after, of in await session.execute(query)
    ]
