"""Verbs that change uploads. Files go into the folder first, rows say so afterwards."""

from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid
from app.core.events import record
from app.core.i18n import _
from app.core.page_cache import EVERYTHING
from app.core.storage import Store
from app.core.text import clean_text, one_line
from app.media.events import UploadDeleted, UploadDescribed, UploadsStored
from app.media.files import StoredFile, store
from app.media.library import get_changeable, users_of
from app.media.models import Upload
from app.media.policy import may_change


@dataclass(frozen=True)
class Brought:
    """A file that came in for the upload `upload_id`, or as another size of it."""

    upload_id: int
    file: StoredFile
    is_variant: bool = False


@dataclass(frozen=True)
class Words:
    """What somebody says of a file. `alt` is for those who can't see it."""

    title: str = ""
    alt: str = ""
    caption: str = ""
    description: str = ""

    def checked(self) -> dict[str, str]:
        """Clean, by the names of the columns. Raises Invalid for what is too long."""
        said = {
            "title": one_line(self.title),
            "alt": one_line(self.alt),
            "caption": one_line(self.caption),
            "description": clean_text(self.description).strip(),
        }
        says = _("At most %(number)s characters, please.")
        wrong = {
            name: says % {"number": LONGEST[name]}
            for name in said
            if len(said[name]) > LONGEST[name]
        }
        if wrong:
            raise Invalid(next(iter(wrong.values())), fields=wrong)
        return said


LONGEST = {"title": 200, "alt": 1000, "caption": 2000, "description": 20_000}


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


async def add_sizes(session: AsyncSession, upload_id: int, brought: Sequence[Brought]) -> bool:
    """Let smaller versions of a picture be known, each once; False where the picture itself is gone."""
    query = select(Upload).where(Upload.id == upload_id, Upload.is_stored).with_for_update()
    upload = await session.scalar(query)
    if upload is None:
        return False
    its = select(Upload.path).where(Upload.variant_of_id == upload_id)
    known = set(await session.scalars(its))
    for one in brought:
        if one.file.path not in known:
            size = _variant(upload, one.file)
            size.is_fixed = True
            session.add(size)
    await session.flush()
    record(session, UploadsStored(touches=await _tags(session, upload)))
    return True


async def describe_upload(
    session: AsyncSession, actor: Actor, upload_id: int, words: Words, version: int
) -> Upload:
    """Let a file say something else of itself. Raises NotFound, Invalid, and Conflict if somebody was faster."""
    upload = await get_changeable(session, actor, upload_id, locked=True)
    require(may_change(actor, upload.user_id))
    if version != upload.version:
        raise Conflict(_("Somebody changed it meanwhile. Look at what it says now."))
    said = words.checked()
    before = {name: getattr(upload, name) for name in said if getattr(upload, name) != said[name]}
    if not before:
        return upload
    for name in before:
        setattr(upload, name, said[name])
    upload.version += 1
    await session.flush()
    after = {name: said[name] for name in before}
    record_audit(session, actor, "file described", _thing(upload), before=before, after=after)
    record(session, UploadDescribed(upload_id=upload.id, touches=await _tags(session, upload)))
    return upload


async def delete_upload(
    session: AsyncSession, actor: Actor, upload_id: int, *, though_used: bool = False
) -> None:
    """Let a file be gone, with all its sizes: its address leads nowhere from now on.

    Raises NotFound, and Conflict where posts use it, unless that is known. The bytes go a little later.
    """
    upload = await get_changeable(session, actor, upload_id, locked=True)
    require(may_change(actor, upload.user_id))
    tags = await _tags(session, upload)
    if tags and not though_used:
        raise Conflict(_("Posts use this file. Look at which, then say once more that it may go."))
    record_audit(session, actor, "file deleted", _thing(upload), before={"path": upload.path})
    sizes = await session.scalars(select(Upload).where(Upload.variant_of_id == upload.id))
    for one in (upload, *sizes):
        _emptied(one)
    await session.flush()
    record(session, UploadDeleted(upload_id=upload.id, touches=tags))


def _emptied(upload: Upload) -> None:
    """Only its path stays, and what it was imported as: neither comes back."""
    upload.title = upload.caption = upload.description = upload.alt = upload.mime = (
        upload.sha256
    ) = ""
    upload.size = upload.width = upload.height = upload.post_id = upload.page_path = None
    upload.is_stored, upload.deleted_at = False, clock.now()


async def _tags(session: AsyncSession, upload: Upload) -> frozenset[str]:
    """The pages of the posts that use it."""
    return frozenset(f"post:{post_id}" for post_id in await users_of(session, upload.id))


def _thing(upload: Upload) -> str:
    return f"upload:{upload.id}"
