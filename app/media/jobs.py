"""What is done later about files: smaller versions are made, the bytes of what was deleted go."""

from collections.abc import AsyncIterator
from datetime import timedelta

from sqlalchemy import delete, or_, select

from app.core import clock
from app.core.jobs import Tools, job
from app.core.storage import Store
from app.core.stores import store_of
from app.media.actions import Brought, add_sizes
from app.media.drawing import in_turn
from app.media.files import PICTURES, Nature, StoredFile
from app.media.models import Upload
from app.media.queries import IS_COMING
from app.media.smaller import Smaller, versions_of

# What has its path and no file after so long broke off.
_BROKE_OFF = timedelta(days=1)


@job("make-sizes")
async def make_sizes(tools: Tools, *, upload_id: int) -> None:
    """Make the smaller versions of a picture that was handed in. Done again, it makes the same ones."""
    folder = store_of(tools.settings)
    async with tools.work.reading() as session:
        upload = await session.get(Upload, upload_id)
    if upload is None or not upload.is_stored or upload.mime not in PICTURES:
        return
    nature = Nature(upload.mime, upload.width, upload.height)
    async with folder.receive(folder.read(upload.path, 0, upload.size or 0)) as original:
        versions = await in_turn(versions_of, original.path, nature)
    brought = [await _kept(folder, upload, version) for version in versions]
    async with tools.work.unit_of_work() as session:
        # Deleted meanwhile: then so are these, of which nothing was said yet.
        is_there = await add_sizes(session, upload_id, brought)
    if not is_there:
        for one in brought:
            await folder.delete(one.file.path)


@job("remove-files")
async def remove_files(tools: Tools, *, upload_id: int) -> None:
    """Remove the bytes of an upload that was deleted, and of its sizes."""
    its = or_(Upload.id == upload_id, Upload.variant_of_id == upload_id)
    async with tools.work.reading() as session:
        query = select(Upload.path).where(its, Upload.deleted_at.is_not(None))
        paths = list(await session.scalars(query))
    for path in paths:
        await store_of(tools.settings).delete(path)


@job("tidy-uploads")
async def tidy_uploads(tools: Tools) -> None:
    """Forget uploads that broke off between having a path and being there."""
    unfinished = IS_COMING, Upload.created_at < clock.now() - _BROKE_OFF
    async with tools.work.reading() as session:
        left = (await session.execute(select(Upload.id, Upload.path).where(*unfinished))).all()
    for upload_id, path in left:
        async with tools.work.unit_of_work() as session:
            await session.execute(delete(Upload).where(Upload.id == upload_id, *unfinished))
        await store_of(tools.settings).delete(path)


async def _kept(folder: Store, upload: Upload, version: Smaller) -> Brought:
    # Named by what the picture is: no other file has this name, and a second try finds it again.
    stem = upload.path.rpartition(".")[0]
    path = f"{stem}-{version.nature.width}w-{upload.sha256[:8]}.{version.ending}"
    async with folder.receive(_whole(version.content)) as incoming:
        await incoming.keep(path)
    file = StoredFile(path, version.nature, incoming.size, incoming.sha256)
    return Brought(upload.id, file, is_variant=True)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
