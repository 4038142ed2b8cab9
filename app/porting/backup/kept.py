"""What is remembered of backups: when the last one was taken, where it went, and how large it was."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.accounts.audit import record_audit
from app.accounts.models import AuditEntry
from app.core.db import Work
from app.porting.backup.making import Taken

_THING = "backup"


@dataclass(frozen=True)
class LastBackup:
    """`file` is a path of the machine that took it; `size` in bytes."""

    at: datetime
    file: str
    size: int


async def note_backup(work: Work, taken: Taken) -> None:
    """Write down, for doctor and the page of health, that there is a backup."""
    after = {"file": str(taken.path.absolute()), "size": taken.size, "files": taken.files}
    async with work.unit_of_work() as session:
        record_audit(session, OWNER_AT_THE_MACHINE, "backup taken", _THING, after=after)


async def last_backup(session: AsyncSession) -> LastBackup | None:
    """The last one that was taken of this site; None where nobody ever took one."""
    query = select(AuditEntry).where(AuditEntry.thing == _THING)
    entry = await session.scalar(query.order_by(AuditEntry.at.desc()).limit(1))
    if entry is None:
        return None
    return LastBackup(entry.at, str(entry.after.get("file", "")), int(entry.after.get("size", 0)))
