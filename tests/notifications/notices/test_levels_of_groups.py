"""How much mail a group brings: asked on joining, with nothing ticked, and changed on the page of choices."""

import re

import httpx
import pytest
from sqlalchemy import select

from app.groups.models import Membership, MemberState
from app.notifications.notices.kinds import Level
from app.notifications.notices.models import NoticeLevel
from app.work import Doors
from tests.conftest import SignedIn
from tests.groups.building import Place, a_place

pytestmark = pytest.mark.anyio

CHOICES = "/account/notices/"


async def level_of_mika(doors: Doors, place: Place) -> str | None:
    """What is chosen for the group."""
    of_group = select(NoticeLevel.level).where(
        NoticeLevel.user_id == place.member_id, NoticeLevel.group_id == place.group_id
    )
    async with doors.reading() as db:
        return await db.scalar(of_group)


async def a_place_to_join(doors: Doors, signed_in: SignedIn, **choices: str) -> Place:
    """A group that Mika has to do with no more."""
    place = await a_place(doors, signed_in, **choices)
    async with doors.unit_of_work() as db:
        mine = await db.get(Membership, (place.group_id, place.member_id))
        assert mine is not None
        await db.delete(mine)
    return place


def chosen(page: httpx.Response, name: str) -> list[str]:
    """What is ticked of some radio buttons."""
    boxes = re.findall(rf'<input [^>]*name="{name}"[^>]*>', page.text)
    assert boxes
    return [re.sub(r'.*value="([^"]*)".*', r"\1", box) for box in boxes if " checked" in box]


@pytest.mark.parametrize("joining", ["open", "request"])
@pytest.mark.parametrize(("answer", "level"), [({}, Level.INBOX), ({"mail": "daily"}, Level.DAILY)])
async def test_who_joins_is_asked_and_gets_no_mail_unless_they_say_so(
    doors: Doors, signed_in: SignedIn, joining: str, answer: dict[str, str], level: Level
) -> None:
    place = await a_place_to_join(doors, signed_in, joining=joining)

    assert chosen(await place.member.get(f"{place.url}join/"), "mail") == []
    joined = await place.member.post(f"{place.url}membership", data={"rules": "1", **answer})

    assert joined.status_code == 303
    assert await level_of_mika(doors, place) == level


async def test_by_an_invitation_one_is_asked_as_well(doors: Doors, signed_in: SignedIn) -> None:
    place = await a_place_to_join(doors, signed_in, joining="invite")
    made = await place.owner.post(f"{place.url}invitations", data={"uses": "1", "days": "2"})
    link = re.search(r"/groups/invitations/[\w-]+/", made.text)
    assert link is not None

    assert chosen(await place.member.get(link[0]), "mail") == []
    await place.member.post(link[0], data={"mail": "weekly"})

    assert await level_of_mika(doors, place) == Level.WEEKLY


async def test_what_cannot_be_chosen_is_refused_and_what_was_typed_is_kept(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place_to_join(doors, signed_in, rules="Be kind.")

    wrong = await place.member.post(f"{place.url}membership", data={"mail": "hourly"})
    without = await place.member.post(f"{place.url}membership", data={"mail": "daily"})

    assert (wrong.status_code, without.status_code) == (422, 422)
    assert chosen(without, "mail") == ["daily"]
    assert await level_of_mika(doors, place) is None


async def test_each_group_has_a_row_and_is_heard_of_as_chosen(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in)
    row = f"group-{place.group_id}"

    assert chosen(await place.member.get(CHOICES), row) == ["as-above"]
    for choice, level in (("daily", Level.DAILY), ("as-above", None), ("off", Level.OFF)):
        assert (await place.member.post(CHOICES, data={row: choice})).status_code == 303
        assert await level_of_mika(doors, place) == level
        assert chosen(await place.member.get(CHOICES), row) == [choice]
    wrong = await place.member.post(CHOICES, data={row: "hourly"})
    assert wrong.status_code == 422
    assert await level_of_mika(doors, place) == Level.OFF


@pytest.mark.parametrize("state", ["left", "banned"])
async def test_of_a_group_one_is_not_in_there_is_nothing_to_choose(
    doors: Doors, signed_in: SignedIn, state: str
) -> None:
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        mine = await db.get(Membership, (place.group_id, place.member_id))
        assert mine is not None
        mine.state = MemberState(state)
    row = f"group-{place.group_id}"

    assert row not in (await place.member.get(CHOICES)).text
    assert (await place.member.post(CHOICES, data={row: "daily"})).status_code == 303
    assert await level_of_mika(doors, place) is None
