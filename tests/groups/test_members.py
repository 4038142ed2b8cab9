"""Who belongs to a group: narrowed by what they show there, paged by key, as quick for ten thousand."""

import re

import httpx
import pytest
from sqlalchemy import insert

from app.accounts.blocks import block
from app.accounts.models import User
from app.core import clock
from app.groups.models import MemberRole, Membership, MemberState
from app.groups.profiles.models import Audience
from app.work import Doors
from tests.conftest import SignedIn
from tests.groups.building import Place, a_place
from tests.groups.profiles.membership import a_profile, as_actor
from tests.world import a_member, an_author

pytestmark = [pytest.mark.anyio, pytest.mark.each_case]


async def names(client: httpx.AsyncClient, group: Place, /, **asked: str) -> list[str]:
    """Who is listed."""
    page = await client.get(f"{group.url}members/", params=asked)
    assert page.status_code == 200
    return re.findall(r'u-url" href="[^"]*"><bdi>([^<]*)</bdi>', page.text)


async def a_neighbour(doors: Doors, place: Place, name: str, **fields: str) -> User:
    """Another member of the group, with a profile."""
    async with doors.unit_of_work() as db:
        user = await a_profile(db, name, **{"seen_by": Audience.GROUPS, **fields})
        db.add(
            Membership(
                group_id=place.group_id, user_id=user.id, role=MemberRole.MEMBER,
                state=MemberState.ACTIVE, joined_at=clock.now(),
            )
        )  # fmt: skip
        return user


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Bo", "Ada", "Mika", "Olga"]),
        ({"can_help": "Interviews"}, ["Ada"]),
        ({"can_help": "interviews", "place": "kraków"}, ["Ada"]),
        ({"looking_for": "interviews"}, ["Bo"]),
        ({"tag": "interviews"}, ["Bo", "Ada"]),
        ({"place": "Rome"}, []),
        ({"tag": "interviews", "place": "Rome"}, []),
    ],
)
async def test_members_are_found_by_what_they_show_their_group(
    doors: Doors, signed_in: SignedIn, asked: dict[str, str], found: list[str]
) -> None:
    place = await a_place(doors, signed_in)
    await a_neighbour(doors, place, "Ada", can_help="interviews", places="Kraków")
    await a_neighbour(doors, place, "Bo", looking_for="Interviews")

    assert sorted(await names(place.member, place, **asked)) == sorted(found)


@pytest.mark.parametrize(
    ("audience", "is_found"), [(Audience.PUBLIC, True), (Audience.GROUPS, True), (Audience.ME, False)]
)  # fmt: skip
async def test_words_that_are_for_nobody_are_neither_shown_nor_found(
    doors: Doors, signed_in: SignedIn, audience: Audience, is_found: bool
) -> None:
    place = await a_place(doors, signed_in)
    await a_neighbour(doors, place, "Ada", can_help="quagga", headline="Zebra", seen_by=audience)

    assert (await names(place.member, place, can_help="quagga") == ["Ada"]) == is_found
    page = (await place.member.get(f"{place.url}members/")).text
    assert ("quagga" in page, "Zebra" in page) == (is_found, is_found)


async def test_only_members_look_around_and_blocked_ones_are_not_there(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    place = await a_place(doors, signed_in)
    ada = await a_neighbour(doors, place, "Ada", can_help="interviews")
    stranger = await signed_in()
    for client in (visitor, stranger):
        answer = await client.get(f"{place.url}members/?can_help=interviews")
        assert answer.status_code in (401, 403)
        assert "Ada" not in answer.text

    async with doors.unit_of_work() as db:
        await block(db, as_actor(ada), place.member_id, clock.now())
    assert await names(place.member, place, can_help="interviews") == []
    assert await names(place.owner, place, can_help="interviews") == ["Ada"]


async def test_who_was_brought_along_without_an_account_is_listed_too(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        gwen = await an_author(db, "Gwen")
        db.add(
            Membership(
                group_id=place.group_id, user_id=gwen.id, role=MemberRole.MEMBER,
                state=MemberState.ACTIVE, joined_at=clock.now(),
            )
        )  # fmt: skip

    assert "Gwen" in await names(place.member, place)


async def test_a_narrowed_list_goes_on_where_it_ended(doors: Doors, signed_in: SignedIn) -> None:
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        everybody = [await a_member(db, f"Person {number}") for number in range(60)]
        at = clock.now()
        rows = [
            {"group_id": place.group_id, "user_id": user.id, "role": "member", "state": "active",
             "joined_at": at}
            for user in everybody
        ]  # fmt: skip
        await db.execute(insert(Membership), rows)
        for user in everybody[:55]:
            await a_profile(db, user, can_help="interviews")

    page = (await place.member.get(f"{place.url}members/?can_help=interviews")).text
    further = re.search(r'href="([^"]*before=[^"]*)"', page)
    assert further is not None
    rest = (await place.member.get(further[1].replace("&amp;", "&"))).text

    listed = [re.findall(r"<bdi>(Person \d+)</bdi>", one) for one in (page, rest)]
    assert [len(one) for one in listed] == [50, 5]
    assert len({*listed[0], *listed[1]}) == 55
