"""Server and worker are killed while files are handed in: what was acknowledged is whole, nothing half is served."""

import asyncio
import hashlib
import logging
import os
import random
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from itertools import count
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from app.accounts.actor import Role
from app.core import clock
from app.core.jobs import Tools
from app.core.storage import Store
from app.core.stores import store_of
from app.media.jobs import tidy_uploads
from app.media.models import Upload
from app.resources.jobs import tidy_resources
from app.resources.models import Access, ResourceVersion
from app.settings import Settings
from app.work import Doors
from tests.buckets import NAME, a_bucket_server
from tests.journeys.mortals import MortalSite, Programs
from tests.journeys.test_killed import until_no_job_is_due
from tests.resources.lending import DESK
from tests.rounds import rounds
from tests.web.signing_in import a_session

pytestmark = pytest.mark.anyio
log = logging.getLogger(__name__)

KILLS = rounds(2, 12)
SITES: dict[str, tuple[Programs, bool]] = {
    "alone, in a folder": ((("serve",),), False),
    "with a worker, in a bucket": ((("serve", "--no-jobs"), ("worker",)), True),
}


@dataclass
class Senders:
    """People who hand in one file after the other, and a reader who looks for each before anybody was told of it."""

    url: str
    is_over: bool = False
    # What was sent, by its name; a picture is kept bare, and may be other bytes.
    sent: dict[str, bytes] = field(default_factory=dict)
    media: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    broken_off: int = 0
    read: int = 0
    _numbers: Iterator[int] = field(default_factory=count)

    async def hand_in(self, token: str, kind: str) -> None:
        """Pictures and papers for the library, or papers for the shelf of resources."""
        async with self._browser(token) as browser:
            while not self.is_over:
                number = next(self._numbers)
                name = f"file{number}.{'jpg' if kind == 'media' and number % 2 else 'txt'}"
                content = (
                    a_photo() if name.endswith("jpg") else random.randbytes(300_000).hex().encode()
                )
                self.sent[name] = content
                path, title = (
                    ("/write/media/", {})
                    if kind == "media"
                    else (DESK, {"kind": "file", "title": name, "access": Access.EVERYONE})
                )
                answer = await self._ask(browser, path, title, (name, content, "image/jpeg"))
                if answer is not None and answer.status_code == 303:
                    (self.media if kind == "media" else self.resources).append(name)
                elif answer is not None:
                    self.wrong.append(f"{name}: {answer.status_code} {answer.text[:1000]}")

    async def look(self) -> None:
        """Whatever is served is whole."""
        async with self._browser("") as reader:
            while not self.is_over:
                await asyncio.sleep(0.01)
                name = random.choice([*self.sent, "none.txt"][-6:])
                address = f"/wp-content/uploads/{clock.now():%Y/%m}/{name}"
                try:
                    answer = await reader.get(address)
                except httpx.TransportError:
                    continue
                if answer.status_code == 200:
                    self.read += 1
                    if not is_whole(answer.content, self.sent[name], name):
                        self.wrong.append(f"{name} is not whole")

    async def _ask(
        self,
        browser: httpx.AsyncClient,
        path: str,
        fields: dict[str, str],
        file: tuple[str, bytes, str],
    ) -> httpx.Response | None:
        try:
            return await browser.post(path, data=fields, files={"file": file})
        except httpx.ConnectError:
            await asyncio.sleep(0.25)
        except httpx.TransportError:
            self.broken_off += 1
        return None

    def _browser(self, token: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.url, cookies={"session": token}, trust_env=False, timeout=60
        )


def a_photo() -> bytes:
    """Different each time; every other one lies on its side."""
    exif, out = Image.Exif(), BytesIO()
    exif[0x0112] = random.choice((1, 6))
    Image.effect_noise((200, 150), 60).resize((800, 600)).save(out, "JPEG", exif=exif, quality=90)
    return out.getvalue()


def is_whole(content: bytes, sent: bytes, name: str) -> bool:
    """All of a picture is there, or every byte of anything else."""
    if not name.endswith("jpg"):
        return content == sent
    try:
        Image.open(BytesIO(content)).load()
    except OSError:
        return False
    return content.endswith(b"\xff\xd9")


@pytest.mark.parametrize(("programs", "in_bucket"), SITES.values(), ids=list(SITES))
async def test_an_acknowledged_file_survives_every_kill(
    doors: Doors, settings: Settings, tmp_path: Path, programs: Programs, in_bucket: bool
) -> None:
    with a_bucket_server() if in_bucket else nullcontext("") as bucket:
        where = (
            {
                "media_url": f"s3://{NAME}/killed",
                "s3_endpoint": bucket,
                "s3_key": "key",
                "s3_secret": "secret",
            }
            if bucket
            else {}
        )
        settings = settings.model_copy(update={**where, "data": tmp_path})
        told = {f"RAPPORT_{name.upper()}": value for name, value in where.items()}
        site = MortalSite(tmp_path, {"RAPPORT_DATABASE_URL": settings.database, **told}, programs)
        senders = Senders(site.url)
        people = [await a_session(doors, name, Role.AUTHOR) for name in ("Ada", "Tom", "Gwen")]
        try:
            async with asyncio.TaskGroup() as group:
                for (_id, token), kind in zip(people, ("media", "media", "resources"), strict=True):
                    group.create_task(senders.hand_in(token, kind))
                group.create_task(senders.look())
                for _ in range(KILLS):
                    await site.start()
                    await asyncio.sleep(random.uniform(0.5, 4))
                    await site.kill()
                await site.start()
                await asyncio.sleep(1)
                senders.is_over = True
            await until_no_job_is_due(doors)
            await site.stop()
        finally:
            await site.kill()

        log.info(
            "%d files and %d resources acknowledged, %d sent, %d broke off, %d read",
            len(senders.media), len(senders.resources), len(senders.sent), senders.broken_off, senders.read,
        )  # fmt: skip
        assert senders.wrong == []
        assert senders.media
        assert senders.resources
        assert senders.broken_off
        await require_all_is_there(doors, store_of(settings), senders)
        await require_nothing_is_left_over(doors, settings)


async def require_all_is_there(doors: Doors, store: Store, senders: Senders) -> None:
    async with doors.reading() as db:
        uploads = list(await db.scalars(select(Upload).where(Upload.is_stored)))
        versions = list(await db.scalars(select(ResourceVersion)))
    for upload in uploads:
        content = await content_of(store, upload.path)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (upload.size, upload.sha256)
    there = {upload.path.rpartition("/")[2]: upload for upload in uploads}
    drawn = {upload.variant_of_id for upload in uploads}
    for name in senders.media:
        assert is_whole(await content_of(store, there[name].path), senders.sent[name], name), name
        assert there[name].id in drawn or not name.endswith("jpg"), f"{name} has no versions"
    kept = {version.file_name: version for version in versions}
    for name in senders.resources:
        assert await content_of(store, kept[name].storage_key) == senders.sent[name], name


async def require_nothing_is_left_over(doors: Doors, settings: Settings) -> None:
    """Two days later the jobs have tidied up what no row names, and rows without a file."""
    for began in (settings.data / "uploads" / ".incoming").iterdir():
        os.utime(began, (0, 0))
    with clock.moved(timedelta(days=2)):
        await tidy_uploads(Tools(doors, settings))
        await tidy_resources(Tools(doors, settings))
    async with doors.reading() as db:
        named = set(await db.scalars(select(Upload.path).where(Upload.is_stored)))
        assert set(await db.scalars(select(Upload.path))) == named
        named |= set(await db.scalars(select(ResourceVersion.storage_key)))
    assert {kept.name async for kept in store_of(settings).below("")} == named
    assert list((settings.data / "uploads" / ".incoming").iterdir()) == []


async def content_of(store: Store, name: str) -> bytes:
    kept = await store.look(name)
    assert kept is not None, name
    return b"".join([block async for block in store.read(name, 0, kept.size)])
