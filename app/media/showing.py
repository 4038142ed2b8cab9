"""Which pictures a text shows, and in which versions they are there."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core.pictures import Drawn, Version, path_of
from app.media.files import PICTURES
from app.media.models import Upload

UPLOADS = "/wp-content/uploads/"
# A text with more pictures than that is shown with those it would have without us.
_MOST = 400
_ADDRESS = re.compile(re.escape(UPLOADS) + r"([^\s\"?#<>]+)")


def uploads_named(html: str) -> set[str]:
    """The paths of the files that clean HTML names, each as its row has it."""
    if UPLOADS not in html:
        return set()
    return {path_of(written.rstrip(",")) for written in _ADDRESS.findall(html)}


async def pictures_at(session: AsyncSession, paths: Iterable[str]) -> dict[str, Drawn]:
    """The stored pictures of these paths, by their addresses; their versions are those made here."""
    some = sorted(set(paths))[:_MOST]
    if not some:
        return {}
    size = aliased(Upload)
    here = and_(size.variant_of_id == Upload.id, size.is_stored, size.is_fixed)
    rows = await session.execute(
        select(
            Upload.path, Upload.mime, Upload.width, Upload.height, size.path, size.mime, size.width
        )
        .outerjoin(size, here)
        .where(
            Upload.path.in_(some),
            Upload.is_stored,
            Upload.mime.in_(PICTURES),
            Upload.width.is_not(None),
        )
        .order_by(Upload.id, size.width, size.id)
    )
    wholes = dict[str, tuple[Version, int]]()
    versions = dict[str, list[Version]]()
    for path, mime, width, height, size_path, size_mime, size_width in rows:
        wholes[path] = Version(_url(path), mime, width or 1), height or 1
        if size_path is not None:
            one = Version(_url(size_path), size_mime, size_width or 1)
            versions.setdefault(path, []).append(one)
    return {
        UPLOADS + path: Drawn(whole, height, versions.get(path, ()))
        for path, (whole, height) in wholes.items()
    }


def _url(path: str) -> str:
    # A blank or a comma would end it in a list of versions.
    return quote(UPLOADS + path, safe="/")
