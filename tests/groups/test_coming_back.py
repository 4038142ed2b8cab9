"""Joining twice, and leaving and coming back: nothing is undone by it, and nothing is used up."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.groups.models import Group, Invitation
from tests.groups.building import a_place, begin
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _join(client, url):
    return await client.post(f"{url}membership", data={"rules": "1", "answer_1": "Me."})


async def _leave(client, place):
    assert (await client.post(f"{place.url}membership/end")).status_code == 303


async def _mute(place, days):
    member = f"{place.url}members/{place.member_id}/"
    assert (await place.owner.post(f"{member}mute", data={"days": days})).status_code == 303


async def _invite(place):
    made = await place.owner.post(f"{place.url}invitations", data={"uses": "1", "days": "3"})
    return re.search(r"http://[^/]+(/groups/invitations/[\w-]+/)", made.text)[1]


@pytest.mark.parametrize("days", ["7", "0"])
async def test_who_is_muted_and_leaves_comes_back_muted(doors, signed_in, days):
    place = await a_place(doors, signed_in)
    await _mute(place, days)

    for _time in range(2):
        await _leave(place.member, place)
        assert (await _join(place.member, place.url)).status_code == 303

    assert (await begin(place.member, place)).status_code == 403
    member = f"{place.url}members/{place.member_id}/"
    assert (await place.owner.post(f"{member}mute/end")).status_code == 303
    assert (await begin(place.member, place)).status_code == 303


async def test_asking_and_taking_that_back_ends_no_mute(doors, signed_in):
    place = await a_place(doors, signed_in, joining="request", questions=["Who are you?"])
    await _mute(place, "0")
    acceptance = f"{place.url}requests/{place.member_id}/acceptance"

    await _leave(place.member, place)
    await _join(place.member, place.url)
    await _leave(place.member, place)
    await _join(place.member, place.url)
    await place.owner.post(f"{place.url}requests/{place.member_id}/refusal")
    await _join(place.member, place.url)
    assert (await place.owner.post(acceptance)).status_code == 303

    assert (await begin(place.member, place)).status_code == 403


async def test_a_mute_ends_while_somebody_is_away(doors, signed_in):
    place = await a_place(doors, signed_in)
    await _mute(place, "7")
    await _leave(place.member, place)

    with clock.moved(timedelta(days=8)):
        async with doors.reading() as db:
            back = await signed_in(user=await db.get_one(User, place.member_id))
        await _join(back, place.url)

        assert (await begin(back, place)).status_code == 303


async def test_who_was_put_out_and_may_join_again_is_not_muted_from_before(doors, signed_in):
    place = await a_place(doors, signed_in)
    member = f"{place.url}members/{place.member_id}/"
    await _mute(place, "0")
    await _leave(place.member, place)
    await place.owner.post(f"{member}ban", data={"days": "0"})
    await place.owner.post(f"{member}ban/end")

    await _join(place.member, place.url)

    assert (await begin(place.member, place)).status_code == 303


async def test_joining_twice_is_joining_once(doors, signed_in):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
    nora = await signed_in(user=nora)

    answers = [await _join(nora, place.url) for _time in range(2)]

    assert [answer.headers["location"] for answer in answers] == [place.url] * 2
    async with doors.reading() as db:
        assert await db.scalar(select(Group.member_count)) == 3


async def test_the_link_somebody_came_in_by_leads_them_in_again_though_it_is_used_up(
    doors, signed_in
):
    place = await a_place(doors, signed_in, joining="invite", visibility="hidden")
    path = await _invite(place)
    async with doors.unit_of_work() as db:
        nora, otto = await a_member(db, "Nora"), await a_member(db, "Otto")
    nora, otto = await signed_in(user=nora), await signed_in(user=otto)

    sent = [await nora.post(path, data={"rules": "1"}) for _time in range(2)]
    followed = await nora.get(path)

    assert [answer.headers["location"] for answer in (*sent, followed)] == [place.url] * 3
    assert (await otto.get(path)).status_code == 410
    assert (await place.member.get(await _invite(place))).headers["location"] == place.url
    async with doors.reading() as db:
        assert (await db.scalars(select(Invitation.uses).order_by(Invitation.id))).all() == [1, 0]
