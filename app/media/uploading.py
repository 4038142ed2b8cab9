"""An author hands in a file: it is looked at, named, put in its place and written down."""

import re
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.policy import may_write_posts
from app.core import clock
from app.core.answers import require
from app.core.db import Work
from app.core.errors import Conflict, Invalid, TooLarge
from app.core.i18n import _
from app.core.storage import Store
from app.core.text import one_line, slugify
from app.media.actions import describe
from app.media.files import ANY_BYTES, Nature, StoredFile, nature_of
from app.media.models import Upload

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
_LONGEST_STEM = 100
_FOLDERS = re.compile(r"[\\/]")


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

    It is read and looked at before the unit of work begins: nobody else waits for that.
    """
    require(may_write_posts(actor))
    async with folder.receive(_bounded(new.chunks)) as incoming:
        nature = await to_thread.run_sync(nature_of, incoming.path)
        stem, ending = file_name(new.name, nature)
        async with work.unit_of_work() as session:
            upload = await _row(session, folder, actor, new, f"{new.at:%Y/%m}/{stem}", ending)
            describe(upload, StoredFile(upload.path, nature, incoming.size, incoming.sha256))
            # If the row is rolled back after this, the file lies there unserved.
            await incoming.keep(upload.path)
            await session.flush()
            return upload


def file_name(given: str, nature: Nature) -> tuple[str, str]:
    """A safe name and its ending, for what the file is. Raises Invalid where the ending says otherwise."""
    stem, dot, ending = _FOLDERS.split(given)[-1].rpartition(".")
    ending = ending.strip().lower()
    if not dot or ending not in _NAMED[nature.mime]:
        detail = _("“%(name)s” is not what its name says, or nothing that is taken here.")
        raise Invalid(detail % {"name": one_line(given)[:100]})
    # Hyphens between all that is no letter: no dots of old endings, nothing hidden.
    return slugify(stem)[:_LONGEST_STEM].strip("-") or "file", ending


async def _bounded(chunks: AsyncIterable[bytes]) -> AsyncIterable[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > LARGEST_UPLOAD:
            most = LARGEST_UPLOAD >> 20
            raise TooLarge(_("A file has at most %(most)d MB.") % {"most": most})
        yield chunk


async def _row(
    session: AsyncSession, folder: Store, actor: Actor, new: NewUpload, begins: str, ending: str
) -> Upload:
    """The row, at the first path of that name which is free."""
    for attempt in range(1, 1000):
        path = f"{begins}.{ending}" if attempt == 1 else f"{begins}-{attempt}.{ending}"
        taken = await session.scalar(select(Upload.id).where(Upload.path == path))
        if taken is not None or await folder.look(path) is not None:
            continue
        upload = Upload(
            path=path,
            title=one_line(_FOLDERS.split(new.name)[-1].rpartition(".")[0]),
            caption=new.caption,
            post_id=new.post_id,
            user_id=actor.user_id,
            created_at=clock.now(),
        )
        try:
            async with session.begin_nested():
                session.add(upload)
        except IntegrityError:
            # Somebody took the name just now.
            continue
        return upload
    raise Conflict(_("There are a thousand of that name already."))
