"""How uploads are read. Files are public, as they were under WordPress: nobody asks who is asking."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.media.files import PICTURES
from app.media.models import Upload
from app.media.smaller import WIDTHS

_AT_ONCE = 400
# Somebody hands it in just now, or broke off.
IS_COMING = and_(Upload.is_fixed, ~Upload.is_stored, Upload.mime == "", Upload.deleted_at.is_(None))
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
    """Every upload, in the order of ids: not what was deleted, nor what is being handed in just now."""
    columns = (Upload.id, Upload.path, Upload.source_url, Upload.is_stored, Upload.variant_of_id)
    here = and_(Upload.deleted_at.is_(None), ~IS_COMING)
    rows = await session.execute(select(*columns).where(here).order_by(Upload.id))
    return [Known(*row) for row in rows]


async def next_without_sizes(session: AsyncSession, after: int) -> Upload | None:
    """The next picture by its id that came from elsewhere, is wide enough, and has no size made here."""
    size = aliased(Upload)
    made = select(size.id).where(size.variant_of_id == Upload.id, size.is_fixed).exists()
    wanted = and_(
        Upload.variant_of_id.is_(None), Upload.is_stored, ~Upload.is_fixed, Upload.id > after,
        Upload.mime.in_(PICTURES), Upload.width > min(WIDTHS), ~made,
    )  # fmt: skip
    found: Upload | None = await session.scalar(
        select(Upload).where(wanted).order_by(Upload.id).limit(1)
    )
    return found


@dataclass(frozen=True)
class ServedFile:
    """What the answer to a request for a file needs."""

    path: str
    mime: str
    sha256: str
    created_at: datetime | None
    is_fixed: bool


async def find_file(session: AsyncSession, path: str) -> ServedFile | None:
    """The stored file at this path."""
    return next(iter(await _stored(session, (path,))), None)


async def find_original(session: AsyncSession, path: str) -> str | None:
    """The path of the picture that `…/name-300x200.jpg` is a size of, if that is stored."""
    found = await _stored(session, _originals_of(path))
    return found[0].path if found else None


async def uploads_at(session: AsyncSession, paths: Iterable[str]) -> set[int]:
    """The ids of the files at these paths; of a picture's size, be it here or not, the picture's."""
    named = {path: (path, *_originals_of(path)) for path in paths}
    meant = sorted({path for readings in named.values() for path in readings})
    known = dict[str, int]()
    for at in range(0, len(meant), _AT_ONCE):
        query = select(Upload.path, func.coalesce(Upload.variant_of_id, Upload.id)).where(
            Upload.path.in_(meant[at : at + _AT_ONCE]), Upload.deleted_at.is_(None)
        )
        known |= dict((await session.execute(query)).all())
    found = (next((known[path] for path in all_ if path in known), None) for all_ in named.values())
    return {upload_id for upload_id in found if upload_id is not None}


def _originals_of(path: str) -> tuple[str, ...]:
    """Where the picture may be that a path, by its name, is a size of."""
    base = _SIZE.sub("", path)
    if base == path:
        return ()
    stem, dot, suffix = base.rpartition(".")
    # WordPress keeps what was larger than 2560 pixels under the second name.
    return base, f"{stem}-scaled{dot}{suffix}"


async def _stored(session: AsyncSession, paths: Iterable[str]) -> list[ServedFile]:
    columns = (Upload.path, Upload.mime, Upload.sha256, Upload.created_at, Upload.is_fixed)
    rows = await session.execute(
        select(*columns).where(Upload.path.in_(paths), Upload.is_stored).order_by(Upload.path)
    )
    return [ServedFile(*row) for row in rows]
