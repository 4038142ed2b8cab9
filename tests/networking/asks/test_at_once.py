"""Two who act at once, and how many queries a page takes however much is on it."""

import asyncio

import pytest
from sqlalchemy import func, select

from app.groups.models import Group, Topic
from app.networking.asks.models import Helping, Offer
from tests.groups.building import a_membership, a_place
from tests.networking.asks.asking import acts_of, ask_for, help_with, in_days, offer_to, wish_for
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def test_of_two_accepted_at_once_for_the_last_place_one_gets_it(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await offer_to(place.owner, place, times="1")).headers["location"]
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
        await a_membership(db, await db.get_one(Group, place.group_id), nora)
    await wish_for(place.member, topic)
    await wish_for(await signed_in(user=nora), topic)

    both = await asyncio.gather(
        *(place.owner.post(f"{acts_of(topic)}helpings/{one}/acceptance") for one in (1, 2))
    )

    assert sorted(one.status_code for one in both) == [303, 409]
    async with doors.reading() as db:
        assert await db.scalar(select(Offer.taken)) == 1


async def test_an_answer_sent_twice_at_once_is_one(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]

    both = await asyncio.gather(*(help_with(place.owner, topic) for _ in range(2)))

    assert sorted(one.status_code for one in both) == [303, 409]
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Helping)) == 1


async def test_an_ask_that_is_closed_and_accepted_at_once_is_one_of_both(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    await help_with(place.owner, topic)

    both = await asyncio.gather(
        place.member.post(f"{acts_of(topic)}helpings/1/acceptance"),
        place.member.post(f"{acts_of(topic)}withdrawal"),
    )

    assert sorted(one.status_code for one in both) == [303, 409]


async def test_of_three_asks_at_once_two_are_taken(doors, signed_in):
    place = await a_place(doors, signed_in)

    all_three = await asyncio.gather(
        *(ask_for(place.member, place, f"Thing {number}") for number in range(3))
    )

    assert sorted(one.status_code for one in all_three) == [303, 303, 429]
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Topic)) == 2


async def test_a_board_takes_as_many_queries_for_one_as_for_many(
    visitor, doors, signed_in, count_queries
):
    place = await a_place(doors, signed_in)
    await offer_to(place.owner, place, "Offer 0")
    with count_queries() as one:
        await place.member.get(f"{place.url}offers/")
    for number in range(1, 40):
        await offer_to(place.owner, place, f"Offer {number}")
    with count_queries() as many:
        page = await place.member.get(f"{place.url}offers/")

    assert len(many) == len(one) <= 9
    assert page.text.count("row-title") == 30
    further = page.text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    assert (await visitor.get(further)).text.count("row-title") == 10


async def test_an_asks_page_takes_two_queries_more_than_a_discussions(
    doors, signed_in, count_queries
):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    form = {"title": "A word", "comment": "What do you think of this?"}
    plain = (await place.member.post(f"{place.url}d/", data=form)).headers["location"]
    with count_queries() as of_discussion:
        await place.member.get(plain)
    with count_queries() as of_ask:
        await place.member.get(topic)

    assert len(of_ask) == len(of_discussion) + 2


async def test_boards_are_by_date_and_what_is_in_hand_comes_last(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    soon = await ask_for(place.member, place, "Soonest", needed_by=in_days(1).isoformat())
    await ask_for(place.member, place, "Latest", needed_by=in_days(60).isoformat())
    await ask_for(place.owner, place, "Between", needed_by=in_days(20).isoformat())
    await help_with(place.owner, soon.headers["location"])
    await place.member.post(f"{acts_of(soon.headers['location'])}helpings/1/acceptance")

    for path in (f"{place.url}asks/", "/asks/"):
        text = (await visitor.get(path)).text
        places = [text.index(f">{title}</a>") for title in ("Between", "Latest", "Soonest")]
        assert places == sorted(places)
        assert "in hand" in text


async def test_a_board_is_narrowed_to_a_tag(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    await ask_for(place.member, place, "About letters", tags="letters")
    await ask_for(place.member, place, "About talks", tags="talks, speaking")

    narrowed = (await visitor.get(f"{place.url}asks/?tag=talks")).text

    assert "About talks" in narrowed
    assert "About letters" not in narrowed
    assert "#talks" in narrowed
