"""What members find in their inbox about asks and offers."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.blocks import block
from app.core import clock
from app.core.jobs import Tools
from app.groups.models import Group
from app.networking.asks.jobs import expire_asks
from app.notifications.notices.models import Notice
from app.work import Doors
from tests.groups.building import a_membership, a_place, as_actor
from tests.networking.asks.asking import acts_of, ask_for, help_with, offer_to, wish_for
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def told(doors: Doors) -> list[tuple[int, str]]:
    """Everything anybody was told: to whom, and of what kind."""
    async with doors.reading() as db:
        found = await db.execute(select(Notice.user_id, Notice.kind).order_by(Notice.id))
        return [(row[0], row[1]) for row in found]


async def test_both_hear_of_an_answer_and_of_the_yes(doors, signed_in):
    place = await a_place(doors, signed_in)
    ask = (await ask_for(place.member, place)).headers["location"]
    offer = (await offer_to(place.owner, place)).headers["location"]

    await help_with(place.owner, ask)
    await place.member.post(f"{acts_of(ask)}helpings/1/acceptance")
    await wish_for(place.member, offer)
    await place.owner.post(f"{acts_of(offer)}helpings/2/refusal")

    assert await told(doors) == [
        (place.member_id, "help-offered"),
        (place.owner_id, "help-agreed"),
        (place.owner_id, "help-wanted"),
        (place.member_id, "help-declined"),
    ]
    inbox = await place.member.get("/inbox/")
    assert "Olga can help you with “A second pair of eyes”" in inbox.text


async def test_a_member_is_told_once_by_each_who_thinks_of_them(doors, signed_in):
    place = await a_place(doors, signed_in)
    ask = (await ask_for(place.member, place)).headers["location"]
    async with doors.unit_of_work() as db:
        group = await db.get_one(Group, place.group_id)
        nora, lea = await a_member(db, "Nora"), await a_member(db, "Lea")
        await a_membership(db, group, nora)
        await a_membership(db, group, lea)
        await block(db, as_actor(lea), place.owner_id, clock.now())

    for handle in ("nora", "@Nora", "lea"):
        passed = await place.owner.post(f"{acts_of(ask)}passings", data={"to": handle})
        assert passed.status_code == 303

    assert await told(doors) == [(nora.id, "passed-on")]


async def test_whoever_asked_is_asked_whether_it_is_still_needed_once(doors, signed_in, settings):
    place = await a_place(doors, signed_in)
    await ask_for(place.member, place)

    for days in (20, 30, 40):
        with clock.moved(timedelta(days=days)):
            await expire_asks(Tools(doors, settings))

    assert await told(doors) == [(place.member_id, "still-needed")]


async def test_nobody_is_pressed_with_answers_that_are_taken_back_and_given_anew(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.owner, place)).headers["location"]

    for number in range(3):
        assert (await help_with(place.member, topic, f"Offer {number}")).status_code == 303
        back = await place.member.post(f"{acts_of(topic)}helpings/1/withdrawal")
        assert back.status_code == 303
    refused = await help_with(place.member, topic, "Not to be lost.")

    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    assert "Not to be lost." in refused.text
    other = (await ask_for(place.owner, place, "Another thing")).headers["location"]
    assert (await help_with(place.member, other)).status_code == 303
    with clock.moved(timedelta(days=1, minutes=1)):
        assert (await help_with(place.member, topic)).status_code == 303
