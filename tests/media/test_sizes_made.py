"""Smaller versions of pictures: made in a job, once, and offered to readers."""

import re
from datetime import datetime
from io import BytesIO

import httpx
import pytest
from PIL import Image, ImageStat
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core.jobs import Tools
from app.core.storage import Folder
from app.media.jobs import make_sizes, tidy_uploads
from app.media.models import Upload
from app.media.uploading import NewUpload, add_upload
from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries, RunJobs
from tests.media.samples import stream
from tests.world import a_post, an_upload

pytestmark = pytest.mark.anyio

NOVEMBER = datetime.fromisoformat("2026-11-28T12:00")


def a_photo(width: int = 1200, height: int = 800, kind: str = "JPEG", **options: object) -> bytes:
    """Something with much to see, so that smaller is smaller."""
    out = BytesIO()
    much = Image.effect_noise((width // 3, height // 3), 60).resize((width, height))
    much.convert("RGB").save(out, kind, **{"quality": 95, **options})
    return out.getvalue()


@pytest.fixture
def folder(settings: Settings) -> Folder:
    return Folder(settings.data / "uploads")


async def handed_in(doors: Doors, folder: Folder, content: bytes, name: str = "tea.jpg") -> Upload:
    new = NewUpload(name=name, chunks=stream(content), at=NOVEMBER)
    return await add_upload(doors, folder, OWNER_AT_THE_MACHINE, new)


async def versions(doors: Doors, upload: Upload) -> list[Upload]:
    async with doors.reading() as db:
        query = select(Upload).where(Upload.variant_of_id == upload.id)
        return list(await db.scalars(query.order_by(Upload.mime, Upload.width)))


async def test_a_photo_gets_versions_in_its_format_and_newer_ones(
    doors: Doors, folder: Folder, run_jobs: RunJobs
) -> None:
    upload = await handed_in(doors, folder, a_photo())

    await run_jobs()

    made = await versions(doors, upload)
    assert [(one.mime, one.width, one.height) for one in made] == [
        ("image/avif", 480, 320), ("image/avif", 960, 640), ("image/avif", 1200, 800),
        ("image/jpeg", 480, 320), ("image/jpeg", 960, 640),
        ("image/webp", 480, 320), ("image/webp", 960, 640), ("image/webp", 1200, 800),
    ]  # fmt: skip
    for one in made:
        place = folder.find(one.path)
        assert place is not None
        with Image.open(place) as picture:
            assert (picture.size, picture.get_format_mimetype()) == (
                (one.width, one.height),
                one.mime,
            )
        assert (one.size or 0) < (upload.size or 0)


async def test_grey_in_fine_steps_gets_versions_that_are_as_bright(
    doors: Doors, folder: Folder, run_jobs: RunJobs
) -> None:
    grey = Image.effect_noise((400, 270), 60).resize((1200, 810))
    fine, out = grey.convert("I").point(lambda one: one * 257 + 100).convert("I;16"), BytesIO()
    fine.save(out, "PNG")
    with Image.open(BytesIO(out.getvalue())) as read:
        assert read.mode == "I;16"
    upload = await handed_in(doors, folder, out.getvalue(), "scan.png")

    await run_jobs()

    made = await versions(doors, upload)
    assert {("image/png", 480), ("image/webp", 960), ("image/avif", 1200)} <= {
        (one.mime, one.width) for one in made
    }
    for one in made:
        place = folder.find(one.path)
        assert place is not None
        with Image.open(place) as picture:
            shades = ImageStat.Stat(picture.convert("L"))
        assert abs(shades.mean[0] - ImageStat.Stat(grey).mean[0]) < 3
        assert shades.stddev[0] > 20


@pytest.mark.parametrize(("kind", "newer"), [("WEBP", "image/avif"), ("AVIF", "image/webp")])
async def test_a_picture_in_a_newer_format_gets_versions_in_both(
    doors: Doors, folder: Folder, run_jobs: RunJobs, kind: str, newer: str
) -> None:
    own, options = f"image/{kind.lower()}", {"speed": 10} if kind == "AVIF" else {}
    photo = a_photo(kind=kind, **options)
    upload = await handed_in(doors, folder, photo, f"tea.{kind.lower()}")

    await run_jobs()

    made = {(one.mime, one.width) for one in await versions(doors, upload)}
    assert {(own, 480), (own, 960), (newer, 480)} <= made
    assert (own, 1200) not in made


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (a_photo(400, 300), "small.jpg"),
        (a_photo(700, 500, "GIF", save_all=True, append_images=[Image.new("RGB", (700, 500))]), "a.gif"),
        (b"%PDF-1.4\n%%EOF", "a.pdf"),
    ],
)  # fmt: skip
async def test_what_is_small_or_moves_or_is_no_picture_gets_none(
    doors: Doors, folder: Folder, run_jobs: RunJobs, content: bytes, name: str
) -> None:
    upload = await handed_in(doors, folder, content, name)

    await run_jobs()

    assert await versions(doors, upload) == []


async def test_a_picture_that_is_hardly_high_gets_versions_too(
    doors: Doors, folder: Folder, run_jobs: RunJobs
) -> None:
    upload = await handed_in(doors, folder, a_photo(3000, 3))

    await run_jobs()

    assert {one.height for one in await versions(doors, upload)} <= {1, 2}


async def test_made_twice_they_are_the_same(
    doors: Doors, folder: Folder, settings: Settings, run_jobs: RunJobs
) -> None:
    upload = await handed_in(doors, folder, a_photo())
    await run_jobs()
    before = [one.path for one in await versions(doors, upload)]
    files = sorted(path.name for path in folder.root.rglob("*.*"))

    await make_sizes(Tools(doors, settings), upload_id=upload.id)

    assert [one.path for one in await versions(doors, upload)] == before
    assert sorted(path.name for path in folder.root.rglob("*.*")) == files


async def test_what_was_imported_stays_as_it_came(doors: Doors, settings: Settings) -> None:
    async with doors.unit_of_work() as db:
        upload = await an_upload(db, is_stored=True, mime="image/jpeg")
    await tidy_uploads(Tools(doors, settings))
    assert await versions(doors, upload) == []


async def test_a_post_offers_the_versions_as_soon_as_they_are_there(
    visitor: httpx.AsyncClient,
    doors: Doors,
    folder: Folder,
    run_jobs: RunJobs,
    count_queries: CountQueries,
) -> None:
    upload = await handed_in(doors, folder, a_photo())
    cover = await handed_in(doors, folder, a_photo(), "cover.jpg")
    url = f"/wp-content/uploads/{upload.path}"
    async with doors.unit_of_work() as db:
        post = await a_post(
            db, body=f"![A pot of tea]({url})\n\n![Again]({url})", cover_id=cover.id
        )
    before = (await visitor.get(post.path or "")).text

    await run_jobs()
    with count_queries() as queries:
        after = (await visitor.get(post.path or "")).text

    assert "srcset" not in before
    assert (
        f'<img src="{url}" alt="A pot of tea" decoding="async" width="1200" height="800">' in before
    )
    assert len([asked for asked in queries if "uploads" in asked]) <= 3
    pictures = re.findall(r"<picture>.*?</picture>", after, re.DOTALL)
    assert len(pictures) == 3
    assert 'type="image/avif"' in pictures[0]
    assert "loading" not in pictures[1]
    assert 'loading="lazy"' in pictures[2]
    for address in re.findall(r"(/wp-content/\S+) \d+w", after):
        assert (await visitor.get(address)).status_code == 200
    feed = (await visitor.get("/feed/")).text
    assert "srcset" not in feed
    assert f"{url}&quot; alt" in feed or f'{url}" alt' in feed


async def test_what_broke_off_is_forgotten_after_a_day(
    doors: Doors, settings: Settings, folder: Folder
) -> None:
    long_ago = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
    async with doors.unit_of_work() as db:
        await an_upload(db, "2026/11/broke-off.jpg", is_fixed=True, created_at=long_ago)
        await an_upload(db, "2012/01/never-came.jpg", created_at=long_ago)

    await tidy_uploads(Tools(doors, settings))

    async with doors.reading() as db:
        assert list(await db.scalars(select(Upload.path))) == ["2012/01/never-came.jpg"]
