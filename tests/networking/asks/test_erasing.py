"""What is left of asks and offers of somebody whose account goes."""

import pytest
from sqlalchemy import func, select

from app.networking.asks.erasing import forget_asks_of
from app.networking.asks.models import Ask, Helping, Offer, Passing
from tests.groups.building import a_place
from tests.networking.asks.asking import acts_of, ask_for, help_with, offer_to, wish_for

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def test_what_somebody_promised_comes_to_nothing_when_they_go(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    ask = (await ask_for(place.member, place)).headers["location"]
    offer = (await offer_to(place.member, place, times="1")).headers["location"]
    await help_with(place.owner, ask)
    await wish_for(place.owner, offer)
    for topic, number in ((ask, 1), (offer, 2)):
        await place.member.post(f"{acts_of(topic)}helpings/{number}/acceptance")

    async with doors.unit_of_work() as db:
        await forget_asks_of(db, place.owner_id)
        await forget_asks_of(db, place.owner_id)

    assert "nobody has promised anything yet" in (await visitor.get(ask)).text
    assert "Open: it can be had." in (await visitor.get(offer)).text
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Helping)) == 0


async def test_what_somebody_asked_and_offered_is_over_when_they_go(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    ask = (await ask_for(place.member, place)).headers["location"]
    offer = (await offer_to(place.member, place)).headers["location"]
    await help_with(place.owner, ask)

    async with doors.unit_of_work() as db:
        await forget_asks_of(db, place.member_id)

    for path in (f"{place.url}asks/", f"{place.url}offers/", "/asks/"):
        text = (await visitor.get(path)).text
        assert "second pair of eyes" not in text
        assert "hour of practice" not in text
    assert "Withdrawn" in (await visitor.get(ask)).text
    assert "not offered any more" in (await visitor.get(offer)).text


async def test_nobody_is_named_as_having_met_an_ask_when_they_are_gone(doors, signed_in):
    place = await a_place(doors, signed_in)
    ask = (await ask_for(place.member, place)).headers["location"]
    await help_with(place.owner, ask)
    await place.owner.post(f"{acts_of(ask)}passings", data={"to": "mika"})
    await place.member.post(f"{acts_of(ask)}outcome", data={"met": "yes", "helping": "1"})

    async with doors.unit_of_work() as db:
        await forget_asks_of(db, place.owner_id)

    async with doors.reading() as db:
        found = (await db.scalars(select(Ask))).one()
        assert (found.met_by, found.state) == (None, "met")
        assert await db.scalar(select(func.count()).select_from(Passing)) == 0
        assert await db.scalar(select(func.count()).select_from(Offer)) == 0
