"""Pictures that come by a form: looked at before anything is kept, and put among the uploads."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from anyio import to_thread
from fastapi import Request

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.stores import store_of
from app.media.files import PICTURES, nature_of
from app.media.models import Upload
from app.media.uploading import NewUpload, add_upload
from app.web.deps import doors_of, frame_of, settings_of
from app.web.multipart import read_form_with_file
from app.web.pages.moments import moments_in

LARGEST_PICTURE = 10 << 20


async def picture_sent(request: Request, me: Actor) -> Upload:
    """The picture in a form, as an upload. Raises Forbidden, TooLarge, and Invalid for what is none, SVG among it."""
    form = await read_form_with_file(request, LARGEST_PICTURE)
    content = b"".join([block async for block in form.file()])
    if not content:
        raise Invalid(_("Choose a picture first."))
    if not await to_thread.run_sync(_is_picture, content):
        raise Invalid(_("That is no picture. JPEG, PNG, WebP, GIF and AVIF are taken."))
    settings, doors = settings_of(request), doors_of(request)
    async with doors.reading() as db:
        site = (await frame_of(request, db)).site
    zone = moments_in(site.language, site.timezone).zone
    new = NewUpload(name=form.file_name, chunks=_whole(content), at=clock.now().astimezone(zone))
    return await add_upload(doors, store_of(settings), me, new)


def _is_picture(content: bytes) -> bool:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(content)
        return nature_of(path).mime in PICTURES


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
