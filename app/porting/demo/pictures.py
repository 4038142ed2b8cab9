"""The demo's pictures: bytes into the folder of uploads, rows that describe them."""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.storage import Store
from app.media.actions import store_upload
from app.media.models import Upload
from app.porting.demo.content import DemoSite
from app.porting.demo.reader import read_upload


async def add_pictures(
    session: AsyncSession, demo: DemoSite, folder: Store, users: dict[str, User]
) -> dict[str, Upload]:
    """Every upload of the site, by its path; `users` are found by login."""
    uploads = {
        upload.path: Upload(
            path=upload.path, guid=demo.guid("upload", upload.path, upload.at),
            title=upload.title, alt=upload.alt, caption=upload.caption,
            user_id=users[upload.author].id, created_at=demo.moment(upload.at),
        )
        for upload in demo.uploads
    }  # fmt: skip
    for path, upload in uploads.items():
        session.add(upload)
        await store_upload(session, folder, upload, _whole(read_upload(path)))
    return uploads


async def _whole(picture: bytes) -> AsyncIterator[bytes]:
    yield picture
