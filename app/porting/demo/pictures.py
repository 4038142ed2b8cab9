"""The demo's pictures: bytes into the folder of uploads, rows that describe them."""

from collections.abc import AsyncIterator
from io import BytesIO

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.storage import Folder
from app.media.models import Upload
from app.porting.demo.content import DemoSite, DemoUpload
from app.porting.demo.reader import read_upload


async def add_pictures(
    session: AsyncSession, demo: DemoSite, folder: Folder, users: dict[str, User]
) -> dict[str, Upload]:
    """Every upload of the site, by its path; `users` are found by login.

    A file whose row is rolled back is left behind, and replaced by itself the next time.
    """
    uploads = {upload.path: _row(demo, upload, users) for upload in demo.uploads}
    for path, row in uploads.items():
        picture = read_upload(path)
        with Image.open(BytesIO(picture)) as opened:
            row.width, row.height = opened.size
            row.mime = opened.get_format_mimetype() or ""
        async with folder.receive(_whole(picture)) as incoming:
            row.size, row.sha256, row.is_stored = incoming.size, incoming.sha256, True
            await incoming.keep(path)
    session.add_all(uploads.values())
    await session.flush()
    return uploads


def _row(demo: DemoSite, upload: DemoUpload, users: dict[str, User]) -> Upload:
    return Upload(
        path=upload.path,
        guid=demo.guid("upload", upload.path, upload.at),
        title=upload.title,
        alt=upload.alt,
        caption=upload.caption,
        user_id=users[upload.author].id,
        created_at=demo.moment(upload.at),
    )


async def _whole(picture: bytes) -> AsyncIterator[bytes]:
    yield picture
