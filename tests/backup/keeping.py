"""A small site with everything a backup must bring back, and what two sites are compared by."""

import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core import clock
from app.core.db import Base
from app.core.jobs import enqueue
from app.core.stores import store_of
from app.discussions.models import CommentStatus
from app.media.uploading import NewUpload, add_upload
from app.search.jobs import forget_author_in_index
from app.settings import Settings
from app.tables import TABLES
from app.work import Doors
from tests.databases import doors_to
from tests.world import a_category, a_comment, a_member, a_page, a_post, a_tag, the_site

POSTS = 20
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00"
    b"\x00\x02\x02D\x01\x00;"
)
# Signed with the second in which the page was made, so never twice the same.
_TOKEN = re.compile(rb'name="form_token" value="[^"]*"')

assert TABLES


async def build_site(settings: Settings, *, files: int = 3) -> None:
    """Posts with answers, what waits and what is spam, files, and a job that is not done."""
    async with doors_to(settings.database) as doors:
        async with doors.unit_of_work() as db:
            await the_site(db, title="Grüße aus Brno — “quoted”")
            author = await a_member(db, "author@blog.example")
            terms = [await a_category(db), await a_tag(db)]
            for number in range(POSTS):
                post = await a_post(db, f"Letter {number}", by=author, under=terms)
                first = await a_comment(db, f"Good: {number} 🌱", under=post)
                await a_comment(db, "So it is.", under=post, answering=first)
            await a_comment(db, "Wait.", under=post, status=CommentStatus.PENDING)
            await a_comment(db, "Pills!", under=post, status=CommentStatus.SPAM)
            await a_page(db)
            await enqueue(db, forget_author_in_index, user_id=0, email="", texts_go=False)
        await add_files(doors, settings, files)


async def add_files(doors: Doors, settings: Settings, number: int) -> None:
    """Files as somebody hands them in, each with bytes of its own."""
    store = store_of(settings)
    for one in range(number):
        new = NewUpload(name=f"dot-{one}.gif", chunks=_dot(one), at=clock.now())
        await add_upload(doors, store, OWNER_AT_THE_MACHINE, new)


async def _dot(number: int) -> AsyncIterator[bytes]:
    # What follows the end of a GIF belongs to nothing, and makes it another file.
    yield PIXEL
    yield b"%d" % number


def rows_in(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, as the program's own tables read them from either database."""
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool
    )
    with engine.connect() as connection:
        found = {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in Base.metadata.sorted_tables
        }
    engine.dispose()
    return found


def digests_in(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


def page(url: str) -> bytes:
    """What a visitor is answered, but for the token of the form."""
    answer = httpx.get(url, trust_env=False)
    assert answer.status_code == 200, (url, answer.status_code)
    return _TOKEN.sub(b"", answer.content)


def environment_of(settings: Settings, **more: str) -> dict[str, str]:
    """The settings as the environment of a command."""
    return {
        "RAPPORT_DATA": str(settings.data),
        "RAPPORT_DATABASE_URL": settings.database,
        "RAPPORT_BASE_URL": settings.base_url,
        "RAPPORT_MEDIA_URL": settings.media_url,
        "RAPPORT_S3_ENDPOINT": settings.s3_endpoint,
        "RAPPORT_S3_KEY": settings.s3_key,
        "RAPPORT_S3_SECRET": settings.s3_secret,
        **more,
    }
