"""What is done later about files: smaller versions are made, the bytes of what was deleted go."""

from collections.abc import AsyncIterator
from datetime import timedelta

from sqlalchemy import delete, or_, select

from app.core import clock
from app.core.errors import Invalid
from app.core.jobs import Tools, job
from app.core.leisure import Leisure
from app.core.logs import get_logger
from app.core.storage import Store
from app.core.stores import store_of
from app.media.actions import Brought, add_sizes
from app.media.drawing import in_turn
from app.media.files import PICTURES, Nature, StoredFile
from app.media.models import Upload
from app.media.queries import IS_COMING, next_without_sizes
from app.media.smaller import Smaller, versions_of

log = get_logger()

# What has its path and no file after so long broke off.
_BROKE_OFF = timedelta(days=1)


@job("make-sizes")
async def make_sizes(tools: Tools, *, upload_id: int) -> None:
    """Make the smaller versions of a picture that was handed in. Done again, it makes the same ones."""
    async with tools.work.reading() as session:
        upload = await session.get(Upload, upload_id)
    if upload is not None and upload.is_stored and upload.mime in PICTURES:
        await _make(tools, upload)


@job("make-missing-sizes")
async def make_missing_sizes(tools: Tools) -> None:
    """Make those of all pictures that came from elsewhere and have none.

    One after the other, in one place of the worker's: nothing waits for thousands of them. Begun
    again, it goes on where it was.
    """
    leisure, reached = Leisure(), 0
    while True:
        async with tools.work.reading() as session:
            upload = await next_without_sizes(session, reached)
        if upload is None:
            return
        reached = upload.id
        if await store_of(tools.settings).look(upload.path) is None:
            continue
        try:
            await _make(tools, upload)
        except Invalid as refusal:
            # Damaged or vast: it is shown as it is, and the others get theirs.
            log.info("no smaller versions", path=upload.path, because=refusal.detail)
        await leisure.rest()


async def _make(tools: Tools, upload: Upload) -> None:
    folder = store_of(tools.settings)
    nature = Nature(upload.mime, upload.width, upload.height)
    async with folder.receive(folder.read(upload.path, 0, upload.size or 0)) as original:
        versions = await in_turn(versions_of, original.path, nature)
    brought = [await _kept(folder, upload, version) for version in versions]
    async with tools.work.unit_of_work() as session:
        # Deleted meanwhile: then so are these, of which nothing was said yet.
        is_there = await add_sizes(session, upload.id, brought)
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
