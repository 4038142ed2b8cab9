"""Files out of an archive: each is looked at as if somebody had just handed it in, and only then named as stored."""

from collections.abc import AsyncIterator, Callable, Sequence

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Work
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.storage import Store
from app.groups.profiles.models import Profile
from app.media.actions import describe
from app.media.files import PICTURES, StoredFile, nature_of, store
from app.media.models import Upload
from app.media.portraits import SIZES, portrait_path
from app.porting.archive.opening import ArchiveFile, MediaLine
from app.porting.archive.report import ArchiveReport
from app.resources.files import Accepted, accept
from app.resources.models import ResourceVersion

_IN_ONE_UNIT = 50
_PORTRAITS = "portraits/"

Told = Callable[[str, int, int], None]


async def bring_files(
    work: Work, folder: Store, archive: ArchiveFile, report: ArchiveReport, told: Told
) -> None:
    """Put the files of the archive in their places; those no row names are left out."""
    done = 0
    async for part in _parts(archive):
        async with work.reading() as session:
            wanted = await _wanted(session, [found.path for found in part])
        stored: dict[str, StoredFile | Accepted] = {}
        for found in part:
            done += 1
            told(_("Bringing files"), done, archive.manifest.media.files)
            try:
                stored |= await _bring(folder, archive, found.path, wanted.get(found.path))
            except Invalid as refused:
                report.files_left_out[found.path] = refused.detail
        async with work.unit_of_work() as session:
            await _note(session, stored)
    report.files -= len(report.files_left_out)


async def _parts(archive: ArchiveFile) -> AsyncIterator[list[MediaLine]]:
    part: list[MediaLine] = []
    for _line, found in archive.media():
        if not found.missing:
            part.append(found)
        if len(part) == _IN_ONE_UNIT:
            yield part
            part = []
    if part:
        yield part


async def _wanted(session: AsyncSession, paths: Sequence[str]) -> dict[str, str]:
    """By path, as what the rows name each file: `upload`, `portrait`, or the file name of a resource."""
    versions = select(ResourceVersion.storage_key, ResourceVersion.file_name)
    rows = await session.execute(versions.where(ResourceVersion.storage_key.in_(paths)))
    wanted = {row[0]: f"resource {row[1]}" for row in rows}
    uploads = select(Upload.path).where(Upload.path.in_(paths))
    wanted |= dict.fromkeys(await session.scalars(uploads), "upload")
    photos = {
        path.removeprefix(_PORTRAITS).rpartition("-")[0]
        for path in paths
        if path.startswith(_PORTRAITS)
    }
    for photo in await session.scalars(select(Profile.photo).where(Profile.photo.in_(photos))):
        wanted |= {portrait_path(photo, size): "portrait" for size in SIZES}
    return wanted


async def _bring(
    folder: Store, archive: ArchiveFile, path: str, wanted: str | None
) -> dict[str, StoredFile | Accepted]:
    """Put one file in its place. Raises Invalid for what can't be one of these."""
    if wanted is None:
        raise Invalid(_("nothing names it"))
    blocks = archive.blocks(path)
    if wanted == "upload":
        return {path: await store(folder, path, blocks)}
    async with folder.receive(blocks) as incoming:
        if wanted == "portrait":
            nature = await to_thread.run_sync(nature_of, incoming.path)
            if nature.mime not in PICTURES:
                raise Invalid(_("it is no picture"))
            await incoming.keep(path)
            return {}
        accepted = await to_thread.run_sync(accept, incoming.path, wanted.partition(" ")[2])
        await incoming.keep(path)
        return {path: accepted}


async def _note(session: AsyncSession, stored: dict[str, StoredFile | Accepted]) -> None:
    uploads = select(Upload).where(Upload.path.in_(stored))
    for upload in await session.scalars(uploads):
        file = stored[upload.path]
        if isinstance(file, StoredFile):
            describe(upload, file)
    versions = select(ResourceVersion).where(ResourceVersion.storage_key.in_(stored))
    for version in await session.scalars(versions):
        accepted = stored[version.storage_key]
        if isinstance(accepted, Accepted):
            version.file_name, version.mime = accepted.file_name, accepted.mime
