"""One's own picture: handed in, shown to whom it is for, taken away."""

import httpx
import pytest

from app.accounts.models import User
from app.groups.profiles.models import Audience
from app.media.portraits import LARGEST_PORTRAIT
from app.settings import Settings
from app.work import Doors
from tests.conftest import SignedIn
from tests.groups.profiles.membership import a_profile
from tests.media.test_portraits import a_picture

pytestmark = pytest.mark.anyio

PAGE = "/account/profile/"
PHOTO = "/people/ada/photo-144.jpg"


async def ada_of(doors: Doors, seen_by: Audience) -> User:
    async with doors.unit_of_work() as db:
        return await a_profile(db, "Ada", seen_by=seen_by, headline="Hello", is_listed=True)


async def hand_in(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await client.post(f"{PAGE}photo", files={"photo": ("me.jpg", content, "image/jpeg")})


def kept_in(settings: Settings) -> list[str]:
    return [path.name for path in (settings.data / "uploads" / "portraits").glob("*")]


async def test_a_photo_is_shown_to_whom_it_is_for(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    ada = await ada_of(doors, Audience.MEMBERS)
    here, member = await signed_in(user=ada), await signed_in()

    done = await hand_in(here, a_picture())

    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}?done=photo")
    photo = await member.get(PHOTO)
    assert (photo.status_code, photo.headers["content-type"]) == (200, "image/jpeg")
    assert "private" in photo.headers["cache-control"]
    assert PHOTO in (await member.get("/people/")).text
    assert (await visitor.get(PHOTO)).status_code == 404
    assert "photo-" not in (await visitor.get("/people/ada/")).text
    assert (await member.get("/people/ada/photo-145.jpg")).status_code == 404


async def test_no_other_address_leads_to_it(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient, settings: Settings
) -> None:
    here = await signed_in(user=await ada_of(doors, Audience.ME))
    await hand_in(here, a_picture())

    for name in kept_in(settings):
        answer = await visitor.get(f"/wp-content/uploads/portraits/{name}")
        assert answer.status_code == 404


async def test_another_takes_its_place_and_none_is_left_behind(
    doors: Doors, signed_in: SignedIn, settings: Settings
) -> None:
    here = await signed_in(user=await ada_of(doors, Audience.PUBLIC))
    await hand_in(here, a_picture())
    first = kept_in(settings)

    await hand_in(here, a_picture("PNG"))
    second = kept_in(settings)
    await here.post(f"{PAGE}photo/removal")

    assert len(first) == len(second) == 2
    assert not set(first) & set(second)
    assert kept_in(settings) == []
    assert (await here.get(PHOTO)).status_code == 404


async def test_what_is_no_picture_is_refused_at_its_field(signed_in: SignedIn) -> None:
    here = await signed_in()

    answers = [await hand_in(here, content) for content in (b"", b"<?php", b"x" * LARGEST_PORTRAIT)]
    too_large = await hand_in(here, b"x" * (LARGEST_PORTRAIT + (1 << 20)))
    no_form = await here.post(f"{PAGE}photo", data={"photo": "me"})
    broken = await here.post(
        f"{PAGE}photo", content=b"--x", headers={"Content-Type": "multipart/form-data"}
    )

    assert [answer.status_code for answer in answers] == [422] * 3
    assert all('href="#photo"' in answer.text for answer in answers)
    assert (too_large.status_code, no_form.status_code, broken.status_code) == (413, 415, 400)


async def test_nobody_hands_one_in_who_is_not_signed_in(
    visitor: httpx.AsyncClient, settings: Settings
) -> None:
    assert (await hand_in(visitor, a_picture())).status_code == 401
    assert kept_in(settings) == []
