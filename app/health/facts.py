"""What is known of a site without asking anybody's server: read in a few statements, whatever its size."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.errors import AppError
from app.core.job_queue import next_due, numbers
from app.core.jobs import JobState, JobWorker
from app.core.schema import current_version, is_known, wanted_version
from app.core.storage import folder_at
from app.moderation.akismet.health import AkismetState, akismet_state
from app.notifications.models import IS_WAITING, Letter
from app.porting.backup.kept import LastBackup, last_backup
from app.porting.backup.unfinished import is_any_unfinished
from app.settings import Settings

# So many of the newest letters say how mail fares; of those that wait no more are counted.
_LETTERS, _MANY = 200, 1000


class Schema(StrEnum):
    """Which schema the database has."""

    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    AWAY = "away"
    MISSING = "missing"


@dataclass(frozen=True)
class Disk:
    """The data folder and what lies on its disk, in bytes."""

    free: int
    total: int
    is_writable: bool
    takes_files: bool


@dataclass(frozen=True)
class Queue:
    """The jobs: how many wait and failed, since when the first is due, when a worker was seen last."""

    waiting: int
    failed: int
    due_since: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True)
class Outbox:
    """The mail: how many letters wait and since when, when the last one went, and why one did not."""

    waiting: int
    waiting_since: datetime | None
    sent_at: datetime | None
    trouble: str


@dataclass(frozen=True)
class Facts:
    """Everything the checks look at. What needs the database is None where its schema is not current."""

    at: datetime
    settings: Settings
    schema: Schema
    disk: Disk
    is_half_restored: bool
    database_bytes: int | None = None
    # How far the database's clock is ahead of this machine's.
    database_ahead: timedelta = timedelta()
    queue: Queue | None = None
    outbox: Outbox | None = None
    akismet: AkismetState | None = None
    backup: LastBackup | None = None


def schema_of(settings: Settings) -> Schema:
    """Which schema the database has that the settings name."""
    if settings.is_sqlite and not settings.sqlite_path.exists():
        return Schema.MISSING
    try:
        version = current_version(settings.database)
    except AppError:
        return Schema.AWAY
    if version == wanted_version():
        return Schema.CURRENT
    return Schema.OLDER if version is None or is_known(version) else Schema.NEWER


def facts_without_database(settings: Settings, schema: Schema) -> Facts:
    """What is known of a site whose database can't be asked."""
    unfinished = is_any_unfinished(settings)
    return Facts(clock.now(), settings, schema, _disk(settings), unfinished)


async def gather_facts(session: AsyncSession, settings: Settings) -> Facts:
    """What is known of a site whose schema is current."""
    at = clock.now()
    return Facts(
        at=at,
        settings=settings,
        schema=Schema.CURRENT,
        disk=_disk(settings),
        is_half_restored=is_any_unfinished(settings),
        database_bytes=await _database_bytes(session, settings),
        database_ahead=await _ahead(session),
        queue=await _queue(session),
        outbox=await _outbox(session),
        akismet=await akismet_state(session),
        backup=await last_backup(session),
    )


def _disk(settings: Settings) -> Disk:
    # A folder that is not there yet is made in the one above it.
    data = _nearest(settings.data)
    usage = shutil.disk_usage(data)
    is_bucket = settings.media_url.startswith("s3:")
    files = data if is_bucket else _nearest(_files(settings))
    return Disk(
        free=usage.free,
        total=usage.total,
        is_writable=_takes_files(data),
        takes_files=_takes_files(files),
    )


def _files(settings: Settings) -> Path:
    return folder_at(settings.media_url, settings.data / "uploads").root


def _takes_files(place: Path) -> bool:
    # A file that stands where the folder should be can be written to, too.
    return place.is_dir() and os.access(place, os.W_OK)


def _nearest(folder: Path) -> Path:
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    return place


async def _database_bytes(session: AsyncSession, settings: Settings) -> int:
    if not settings.is_sqlite:
        return await session.scalar(text("SELECT pg_database_size(current_database())")) or 0
    beside = (
        settings.sqlite_path.with_name(settings.sqlite_path.name + end) for end in ("", "-wal")
    )
    return sum(path.stat().st_size for path in beside if path.exists())


async def _ahead(session: AsyncSession) -> timedelta:
    # SQLite has no clock of its own.
    if session.get_bind().dialect.name == "sqlite":
        return timedelta()
    before = clock.now()
    there: datetime = await session.scalar(text("SELECT clock_timestamp()")) or before
    return there - (before + (clock.now() - before) / 2)


async def _queue(session: AsyncSession) -> Queue:
    counted = await numbers(session)
    return Queue(
        waiting=counted.get(JobState.WAITING, 0),
        failed=counted.get(JobState.FAILED, 0),
        due_since=await next_due(session),
        seen_at=await session.scalar(select(func.max(JobWorker.seen_at))),
    )


async def _outbox(session: AsyncSession) -> Outbox:
    newest = select(Letter.sent_at, Letter.trouble).order_by(Letter.id.desc()).limit(_LETTERS)
    letters = (await session.execute(newest)).all()
    waiting = select(Letter.created_at).where(IS_WAITING).order_by(Letter.id).limit(_MANY)
    since = (await session.scalars(waiting)).all()
    return Outbox(
        waiting=len(since),
        waiting_since=since[0] if since else None,
        sent_at=max((sent_at for sent_at, _trouble in letters if sent_at), default=None),
        trouble=next((trouble for sent_at, trouble in letters if trouble and not sent_at), ""),
    )
