"""An author hands in a file: it is looked at, named, put in its place and written down."""

import re
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.policy import may_write_posts
from app.core import clock
from app.core.answers import require
from app.core.db import Work
from app.core.errors import Conflict, Invalid, TooLarge
from app.core.events import record
from app.core.i18n import _
from app.core.storage import Incoming, Store
from app.core.text import one_line
from app.media.actions import describe
from app.media.drawing import bare_picture, in_turn
from app.media.events import UploadAdded
from app.media.files import ANY_BYTES, PICTURES, Nature, StoredFile, as_picture, nature_of
from app.media.models import Upload
from app.media.names import safe_name, without_folders

LARGEST_UPLOAD = 20 << 20

# What a file may be called that is what it is.
_NAMED: Mapping[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg", "jpe"), "image/png": ("png",), "image/gif": ("gif",),
    "image/webp": ("webp",), "image/avif": ("avif",), "image/bmp": ("bmp",),
    "application/ogg": ("ogg", "oga", "ogv"), "audio/ogg": ("ogg", "oga"), "video/ogg": ("ogv", "ogg"),
    "audio/flac": ("flac",), "audio/mp4": ("m4a", "mp4"), "audio/mpeg": ("mp3",),
    "audio/wav": ("wav",), "video/mp4": ("mp4", "m4v", "m4a"), "video/quicktime": ("mov", "qt"),
    "video/webm": ("webm",), "application/pdf": ("pdf",),
    # Never shown, only saved.
    ANY_BYTES: (
        "csv", "doc", "docx", "epub", "gz", "ics", "odp", "ods", "odt", "ppt", "pptx", "rtf", "svg",
        "txt", "xls", "xlsx", "zip",
    ),
}  # fmt: skip
# Pictures first, as they are what is mostly handed in.
ENDINGS = tuple(dict.fromkeys(ending for endings in _NAMED.values() for ending in endings))
_LONGEST_TITLE = 200
# They turn the direction in which all that follows is read (Unicode TR 9 §2).
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# As telephones and scanners make them.
_SHOWN_BY_FEW = ("heic", "heif", "tif", "tiff")


@dataclass(frozen=True, kw_only=True)
class NewUpload:
    """A file as somebody hands it in; `at` is the site's wall clock, for the folder of its month."""

    name: str
    chunks: AsyncIterable[bytes]
    at: datetime
    post_id: int | None = None
    caption: str = ""


async def add_upload(work: Work, folder: Store, actor: Actor, new: NewUpload) -> Upload:
    """Take a file in. Raises SignInNeeded, Forbidden, TooLarge, and Invalid for what it is not.

    Of a picture only the picture is kept, upright: nothing of where it was taken, or with what. The
    file is read and looked at before any unit of work begins, and put in its place between two: one
    to have its path, one to say that it is there. Whoever else writes waits for none of that.
    """
    require(may_write_posts(actor))
    async with folder.receive(_bounded(new.chunks)) as incoming:
        nature = await in_turn(_nature_of, incoming.path)
        named = file_name(new.name, nature)
        if nature.mime not in PICTURES:
            return await _keep(work, folder, actor, new, named, nature, incoming)
        bare = await in_turn(bare_picture, incoming.path, nature)
    async with folder.receive(_whole(bare.content)) as picture:
        return await _keep(work, folder, actor, new, named, bare.nature, picture)


def file_name(given: str, nature: Nature) -> tuple[str, str]:
    """A safe name and its ending, for what the file is. Raises Invalid where the ending says otherwise."""
    stem, ending = safe_name(given)
    if ending not in _NAMED[nature.mime]:
        if ending in _SHOWN_BY_FEW:
            says = _("Few browsers show “%(name)s”. Save it as a JPEG, and hand that in.")
            raise Invalid(says % {"name": one_line(given)[:100]})
        detail = _("“%(name)s” is not what its name says, or nothing that is taken here.")
        raise Invalid(detail % {"name": one_line(given)[:100]})
    return stem, ending


def _title_of(given: str) -> str:
    """What it is called until somebody says better: its name as it was, without its ending."""
    return one_line(_TURNS.sub("", without_folders(given)).rpartition(".")[0])[:_LONGEST_TITLE]


async def _bounded(chunks: AsyncIterable[bytes]) -> AsyncIterable[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > LARGEST_UPLOAD:
            most = LARGEST_UPLOAD >> 20
            raise TooLarge(_("A file has at most %(most)d MB.") % {"most": most})
        yield chunk


def _nature_of(path: Path) -> Nature:
    # What else a picture's file holds is not kept, so it need not be looked at.
    return as_picture(path) or nature_of(path)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _keep(
    work: Work,
    folder: Store,
    actor: Actor,
    new: NewUpload,
    named: tuple[str, str],
    nature: Nature,
    incoming: Incoming,
) -> Upload:
    async with work.unit_of_work() as session:
        reserved = await _row(session, folder, actor, new, f"{new.at:%Y/%m}/{named[0]}", named[1])
    await incoming.keep(reserved.path)
    async with work.unit_of_work() as session:
        upload = await session.merge(reserved)
        describe(upload, StoredFile(upload.path, nature, incoming.size, incoming.sha256))
        await session.flush()
        record(session, UploadAdded(upload_id=upload.id))
        thing = f"upload:{upload.id}"
        record_audit(session, actor, "file added", thing, after={"path": upload.path})
        return upload


async def _row(
    session: AsyncSession, folder: Store, actor: Actor, new: NewUpload, begins: str, ending: str
) -> Upload:
    """A row without a file, at the first path of that name which is free."""
    for attempt in range(1, 1000):
        path = f"{begins}.{ending}" if attempt == 1 else f"{begins}-{attempt}.{ending}"
        taken = await session.scalar(select(Upload.id).where(Upload.path == path))
        if taken is not None or await folder.look(path) is not None:
            continue
        upload = Upload(
            path=path,
            title=_title_of(new.name),
            caption=new.caption,
            post_id=new.post_id,
            user_id=actor.user_id,
            created_at=clock.now(),
            is_fixed=True,
        )
        try:
            async with session.begin_nested():
                session.add(upload)
        except IntegrityError:
            # Somebody took the name just now.
            continue
        return upload
    raise Conflict(_("There are a thousand of that name already."))
