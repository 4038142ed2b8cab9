"""Files that are handed in lie in a bucket where the owner wants that: the same promises as in a folder."""

from collections.abc import Iterator
from io import BytesIO

import httpx
import pytest
from PIL import Image

from app.accounts.actor import Role
from app.core.stores import store_of
from app.groups.profiles.models import Audience
from app.settings import Settings
from app.work import Doors
from tests.buckets import NAME, a_bucket_server
from tests.conftest import RunJobs, SignedIn
from tests.groups.profiles.membership import a_profile
from tests.media.samples import a_picture
from tests.media.test_sizes_made import a_photo, versions
from tests.web.test_media import DESK, NOTHING, hand_in, the_upload

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def bucket_url() -> Iterator[str]:
    with a_bucket_server() as url:
        yield url


@pytest.fixture
def settings(settings: Settings, bucket_url: str) -> Settings:
    """As shipped, but for where files are kept."""
    where = {"media_url": f"s3://{NAME}/media", "s3_endpoint": bucket_url}
    return settings.model_copy(update={**where, "s3_key": "key", "s3_secret": "secret"})


async def test_a_picture_its_versions_and_its_end(
    signed_in: SignedIn,
    visitor: httpx.AsyncClient,
    doors: Doors,
    settings: Settings,
    run_jobs: RunJobs,
) -> None:
    author = await signed_in(Role.AUTHOR)

    added = await hand_in(author, ("tea.jpg", a_photo()))
    await run_jobs()

    assert added.status_code == 303
    upload = await the_upload(doors)
    made = await versions(doors, upload)
    assert len(made) > 5
    for one in (upload, *made):
        served = await visitor.get(f"/wp-content/uploads/{one.path}")
        assert served.headers["cache-control"].endswith("immutable")
        assert Image.open(BytesIO(served.content)).size == (one.width, one.height)
    part = await visitor.get(f"/wp-content/uploads/{upload.path}", headers={"Range": "bytes=5-9"})
    assert (part.status_code, len(part.content)) == (206, 5)
    await author.post(f"{DESK}{upload.id}/deletion", data=NOTHING)
    await run_jobs()
    assert [kept.name async for kept in store_of(settings).below("2026")] == []
    assert (await visitor.get(f"/wp-content/uploads/{upload.path}")).status_code == 404


async def test_the_pictures_of_a_site_and_of_its_people_too(
    signed_in: SignedIn, visitor: httpx.AsyncClient, doors: Doors, settings: Settings
) -> None:
    owner = await signed_in(Role.OWNER)
    logo = await owner.post(
        "/admin/settings/appearance/logo",
        files={"file": ("logo.png", a_picture("PNG"), "image/png")},
    )
    assert (logo.status_code, logo.headers.get("location")) == (
        303,
        "/admin/settings/appearance/?done=1",
    )
    async with doors.unit_of_work() as db:
        ada = await a_profile(db, "Ada", seen_by=Audience.PUBLIC, is_listed=True)
    here = await signed_in(user=ada)

    await here.post("/account/profile/photo", files={"photo": ("me.jpg", a_photo(), "image/jpeg")})

    shown = await visitor.get("/people/ada/photo-144.jpg")
    assert (shown.status_code, Image.open(BytesIO(shown.content)).size) == (200, (144, 144))
    await here.post("/account/profile/photo/removal")
    assert (await visitor.get("/people/ada/photo-144.jpg")).status_code == 404
    assert [kept.name async for kept in store_of(settings).below("portraits")] == []
