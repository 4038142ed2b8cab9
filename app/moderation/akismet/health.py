"""Whether Akismet can be heard: written after each round of questions, read by the console."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import UtcDateTime
from app.moderation.akismet.client import Trouble
from app.moderation.akismet.models import AkismetHealth

_WRITE = text(
    "INSERT INTO akismet_health (id, answered_at, failed_at, trouble)"
    " VALUES (1, :answered_at, :failed_at, :trouble) ON CONFLICT (id) DO UPDATE SET"
    " answered_at = COALESCE(excluded.answered_at, akismet_health.answered_at),"
    " failed_at = COALESCE(excluded.failed_at, akismet_health.failed_at),"
    " trouble = excluded.trouble"
).bindparams(
    bindparam("answered_at", type_=UtcDateTime()), bindparam("failed_at", type_=UtcDateTime())
)


@dataclass(frozen=True)
class AkismetState:
    """The last good answer, the last failure, and what is wrong now, if anything."""

    answered_at: datetime | None
    failed_at: datetime | None
    trouble: Trouble | None


async def akismet_state(session: AsyncSession) -> AkismetState:
    """How Akismet was when it was asked last. Whether it is asked at all is in the settings."""
    row = await session.scalar(select(AkismetHealth))
    if row is None:
        return AkismetState(None, None, None)
    return AkismetState(
        row.answered_at, row.failed_at, Trouble(row.trouble) if row.trouble else None
    )


async def note_health(session: AsyncSession, trouble: Trouble | None, at: datetime) -> None:
    """Keep how the newest question fared."""
    moments = {"answered_at": None if trouble else at, "failed_at": at if trouble else None}
    await session.execute(_WRITE, {**moments, "trouble": trouble or ""})
