"""An owner of the site may look into any group that is not public, and its log shows that they did."""

import asyncio
from datetime import timedelta

import pytest
from starlette.types import ASGIApp

from app.accounts.actor import Role
from app.accounts.models import User
from app.core import clock
from app.work import Doors
from tests.api.speaking import speaking
from tests.conftest import SignedIn
from tests.groups.building import Place, a_place, answer, begin
from tests.world import a_member

pytestmark = pytest.mark.anyio

WORDS = "looked in as an owner of the site"


async def _root(doors: Doors) -> User:
    async with doors.unit_of_work() as db:
        return await a_member(db, "Root", roles=[Role.OWNER])


async def _logged(place: Place, times: int) -> bool:
    """Whether the group's log says so that often, a moment later at most."""
    for _try in range(40):
        page = (await place.owner.get(f"{place.url}keep/")).text
        if page.count(WORDS) == times:
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.mark.parametrize("visibility", ["members", "hidden"])
@pytest.mark.parametrize(
    "where", ["", "about/", "members/", "asks/", "resources/", "keep/", "topic"]
)
async def test_its_log_shows_who_looked_in(
    doors: Doors, signed_in: SignedIn, visibility: str, where: str
) -> None:
    place = await a_place(doors, signed_in, visibility=visibility)
    topic = (await begin(place.member, place)).headers["location"]
    root = await signed_in(user=await _root(doors))
    assert await _logged(place, 0)

    for _time in range(2):
        seen = await root.get(topic if where == "topic" else f"{place.url}{where}")
        assert seen.status_code == 200

    assert await _logged(place, 1)
    assert "Root" in (await place.owner.get(f"{place.url}keep/")).text


@pytest.mark.parametrize(
    "rest", ["", "/members", "/topics", "/topics/1", "/topics/1/replies", "/resources"]
)
async def test_a_program_of_theirs_is_written_down_too(
    doors: Doors, signed_in: SignedIn, application: ASGIApp, rest: str
) -> None:
    place = await a_place(doors, signed_in, visibility="hidden")
    await begin(place.member, place)

    async with speaking(application, doors, Role.OWNER) as program:
        assert (await program.get(f"groups/{place.slug}{rest}")).status_code == 200

    assert await _logged(place, 1)


async def test_once_a_day_is_enough(doors: Doors, signed_in: SignedIn) -> None:
    place = await a_place(doors, signed_in, visibility="members")
    user = await _root(doors)
    for hours, times in ((0, 1), (20, 1), (45, 2)):
        with clock.moved(timedelta(hours=hours)):
            root = await signed_in(user=user)
            for _time in range(3):
                assert (await root.get(place.url)).status_code == 200
            await asyncio.sleep(0.1)
        assert await _logged(place, times)


async def test_who_belongs_there_or_reads_what_everybody_reads_is_not_written_down(
    doors: Doors, signed_in: SignedIn
) -> None:
    hidden = await a_place(doors, signed_in, visibility="hidden")
    user = await _root(doors)
    root = await signed_in(user=user)
    await root.post(f"{hidden.url}membership", data={"rules": "1"})
    topic = (await begin(hidden.member, hidden)).headers["location"]
    assert (await answer(root, topic)).status_code == 303
    for path in (hidden.url, topic, f"{hidden.url}members/"):
        assert (await root.get(path)).status_code == 200
        assert (await hidden.member.get(path)).status_code == 200

    await asyncio.sleep(0.3)
    assert await _logged(hidden, 0)
