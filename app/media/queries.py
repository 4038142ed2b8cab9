"""How uploads are read. Files are public, as they were under WordPress: nobody asks who is asking."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.media.models import Upload

_SIZE = re.compile(r"-\d+x\d+(?=\.\w+$)")


@dataclass(frozen=True)
class Known:
    """What is known of an upload before its file is looked for."""

    id: int
    path: str
    source_url: str
    is_stored: bool
    variant_of_id: int | None


async def all_uploads(session: AsyncSession) -> list[Known]:
    """Every upload, in the order of ids."""
    columns = (Upload.id, Upload.path, Upload.source_url, Upload.is_stored, Upload.variant_of_id)
    rows = await session.execute(select(*columns).order_by(Upload.id))
    return [Known(*row) for row in rows]


@dataclass(frozen=True)
class ServedFile:
    """What the answer to a request for a file needs."""

    path: str
    mime: str
    sha256: str
    created_at: datetime | None


async def find_file(session: AsyncSession, path: str) -> ServedFile | None:
    """The stored file at this path."""
    return next(iter(await _stored(session, (path,))), None)


async def find_original(session: AsyncSession, path: str) -> str | None:
    """The path of the picture that `…/name-300x200.jpg` is a size of, if that is stored."""
    base = _SIZE.sub("", path)
    if base == path:
        return None
    stem, dot, suffix = base.rpartition(".")
    # WordPress keeps what was larger than 2560 pixels under the second name.
    found = await _stored(session, (base, f"{stem}-scaled{dot}{suffix}"))
    return found[0].path if found else None


async def _stored(session: AsyncSession, paths: Iterable[str]) -> list[ServedFile]:
    columns = (Upload.path, Upload.mime, Upload.sha256, Upload.created_at)
    rows = await session.execute(
        select(*columns).where(Upload.path.in_(paths), Upload.is_stored).order_by(Upload.path)
    )
    return [ServedFile(*row) for row in rows]
