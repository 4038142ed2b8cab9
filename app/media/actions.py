"""Verbs that change uploads. Files go into the folder first, rows say so afterwards."""

from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import record
from app.core.page_cache import EVERYTHING
from app.core.storage import Store
from app.media.events import UploadsStored
from app.media.files import StoredFile, store
from app.media.models import Upload


@dataclass(frozen=True)
class Brought:
    """A file that came in for the upload `upload_id`, or as another size of it."""

    upload_id: int
    file: StoredFile
    is_variant: bool = False


async def store_upload(
    session: AsyncSession, folder: Store, upload: Upload, chunks: AsyncIterable[bytes]
) -> None:
    """Put an upload's file in its place and let its row say what it is. Raises Invalid.

    If the row is rolled back its file stays behind, unserved, until it is stored again.
    """
    describe(upload, await store(folder, upload.path, chunks))
    await _told(session)


async def record_files(session: AsyncSession, brought: Sequence[Brought]) -> None:
    """Let the rows say of files in the folder what they are; other sizes get rows of their own."""
    ids = {item.upload_id for item in brought}
    found = await session.scalars(select(Upload).where(Upload.id.in_(ids)))
    uploads = {upload.id: upload for upload in found}
    for item in brought:
        # Gone, if somebody removed it while its file was on the way.
        upload = uploads.get(item.upload_id)
        if upload is not None and item.is_variant:
            session.add(_variant(upload, item.file))
        elif upload is not None:
            describe(upload, item.file)
    await _told(session)


def describe(upload: Upload, file: StoredFile) -> None:
    """Let a row say what its file is."""
    upload.mime, upload.size, upload.sha256 = file.nature.mime, file.size, file.sha256
    upload.width, upload.height = file.nature.width, file.nature.height
    upload.is_stored = True


def _variant(upload: Upload, file: StoredFile) -> Upload:
    variant = Upload(
        path=file.path,
        variant_of_id=upload.id,
        title=upload.title,
        alt=upload.alt,
        created_at=upload.created_at,
    )
    describe(variant, file)
    return variant


async def _told(session: AsyncSession) -> None:
    await session.flush()
    # A picture's size or a recording's length may stand on any page and in any feed.
    record(session, UploadsStored(touches=frozenset({EVERYTHING})))
