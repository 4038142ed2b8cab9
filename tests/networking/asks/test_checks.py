"""The checks that the product's page names for asks and offers, one test each."""

from datetime import timedelta

import pytest

from app.accounts.models import User
from app.core import clock
from app.core.jobs import Tools
from app.networking.asks.following import note_ended, note_kept
from app.networking.asks.jobs import expire_asks
from tests.groups.building import a_place
from tests.groups.profiles.membership import a_profile
from tests.networking.asks.asking import (
    acts_of,
    ask_for,
    help_with,
    in_days,
    offer_to,
    sign_in_again,
    wish_for,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def test_a_promise_kept_for_an_ask_offers_met(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    await help_with(place.owner, topic)
    await place.member.post(f"{acts_of(topic)}helpings/1/acceptance")
    before = await place.member.get(topic)

    async with doors.unit_of_work() as db:
        await note_kept(db, 1, clock.now())
    asker, helper = await place.member.get(topic), await place.owner.get(topic)

    assert "Has it been met?" not in before.text
    assert "Has it been met?" in asker.text
    assert "Has it been met?" not in helper.text
    assert "1 promise kept" in helper.text
    met = await place.member.post(f"{acts_of(topic)}outcome", data={"met": "yes", "helping": "1"})
    assert met.status_code == 303
    assert "Met." in (await place.owner.get(topic)).text


async def test_a_promise_that_comes_to_nothing_opens_the_ask_again(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    await help_with(place.owner, topic)
    await place.member.post(f"{acts_of(topic)}helpings/1/acceptance")

    async with doors.unit_of_work() as db:
        await note_ended(db, 1, clock.now())
        await note_ended(db, 1, clock.now())

    assert "nobody has promised anything yet" in (await visitor.get(topic)).text
    # Who could not keep it may offer again.
    assert (await help_with(place.owner, topic)).status_code == 303


async def test_a_full_offer_refuses_with_the_next_date(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await offer_to(place.owner, place, times="1")).headers["location"]
    await wish_for(place.member, topic)
    await place.owner.post(f"{acts_of(topic)}helpings/1/acceptance")
    other = await signed_in()
    await other.post(f"{place.url}membership", data={"rules": "1"})

    refused = await wish_for(other, topic, "Me, too.")

    assert refused.status_code == 409
    assert f"Please ask again on {in_days(5).isoformat()}." in refused.text
    async with doors.unit_of_work() as db:
        await note_ended(db, 1, clock.now())
    assert (await wish_for(other, topic, "Me, too.")).status_code == 303


async def test_expired_asks_leave_the_board_and_the_feed(visitor, doors, signed_in, settings):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    pages = (f"{place.url}asks/", f"{place.url}asks/feed/", "/asks/", "/asks/feed/json/")
    there = [(await visitor.get(page)).text for page in pages]
    assert all("A second pair of eyes" in text for text in there)

    with clock.moved(timedelta(days=30)):
        await sign_in_again(place, doors, signed_in)
        # Nobody has written it down yet, and it is read right.
        late = await place.owner.get(f"{place.url}asks/")
        own = await place.member.get(topic)
        refused = await help_with(place.owner, topic, due_on=in_days(3).isoformat())
        await expire_asks(Tools(doors, settings))
        await expire_asks(Tools(doors, settings))
        gone = [(await visitor.get(page)).text for page in pages]
        page = await visitor.get(topic)

    assert "A second pair of eyes" not in late.text
    assert "It is still needed" in own.text
    assert refused.status_code == 403
    assert not any("A second pair of eyes" in text for text in gone)
    assert page.status_code == 200
    assert "Its time is over." in page.text


@pytest.mark.parametrize("visibility", ["members", "hidden"])
async def test_asks_for_members_are_never_in_public_search(visitor, doors, signed_in, visibility):
    place = await a_place(doors, signed_in, visibility=visibility)
    await ask_for(place.member, place, "Unmistakable zirconium")
    await offer_to(place.owner, place, "Unmistakable tantalum")

    for word in ("zirconium", "tantalum", "Unmistakable"):
        for address in (f"/search/?q={word}", f"/search/feed/?q={word}"):
            found = await visitor.get(address)
            assert "interview" not in found.text
            assert "for my letter" not in found.text


async def test_an_ask_is_extended_once(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    longer = {"needed_by": in_days(40).isoformat()}

    shorter = await place.member.post(
        f"{acts_of(topic)}extension", data={"needed_by": in_days(3).isoformat()}
    )
    first = await place.member.post(f"{acts_of(topic)}extension", data=longer)
    second = await place.member.post(f"{acts_of(topic)}extension", data=longer)

    assert shorter.status_code == 422
    assert first.status_code == 303
    assert second.status_code == 409
    assert "extended once already" in second.text


async def test_an_expired_ask_that_is_extended_is_on_the_board_again(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]

    with clock.moved(timedelta(days=30)):
        await sign_in_again(place, doors, signed_in)
        extended = await place.member.post(
            f"{acts_of(topic)}extension", data={"needed_by": in_days(10).isoformat()}
        )
        board = await place.owner.get(f"{place.url}asks/")

    assert extended.status_code == 303
    assert "A second pair of eyes" in board.text


async def test_a_third_open_ask_is_refused_with_the_date_it_is_possible_again(doors, signed_in):
    place = await a_place(doors, signed_in)
    first = await ask_for(place.member, place, "One thing", needed_by=in_days(3).isoformat())
    await ask_for(place.member, place, "Another thing")

    refused = await ask_for(place.member, place, "A third thing", comment="Not to be lost.")

    assert refused.status_code == 429
    assert 16 * 86_400 < int(refused.headers["retry-after"]) < 19 * 86_400
    assert in_days(18).isoformat() in refused.text
    assert "Not to be lost." in refused.text
    # Offers are not counted, nor is what another asks.
    assert (await offer_to(place.member, place)).status_code == 303
    assert (await ask_for(place.owner, place)).status_code == 303
    closed = await place.member.post(
        f"{acts_of(first.headers['location'])}outcome", data={"met": "no"}
    )
    assert closed.status_code == 303
    assert (await ask_for(place.member, place, "A third thing")).status_code == 303


async def test_who_asked_often_and_answered_nothing_is_first_shown_what_they_could_do(
    doors, signed_in
):
    place = await a_place(doors, signed_in)
    for number in range(3):
        topic = (await ask_for(place.member, place, f"Thing {number}")).headers["location"]
        await place.member.post(f"{acts_of(topic)}outcome", data={"met": "no"})
    other = (await ask_for(place.owner, place, "Could you look at this?")).headers["location"]

    shown = await place.member.get(f"{place.url}asks/new/")
    asked = await ask_for(place.member, place, "Thing 4")
    await help_with(place.member, other)
    answered = await place.member.get(f"{place.url}asks/new/")
    numbers = await place.member.get(f"{place.url}asks/")

    assert "could you help with one of these?" in shown.text
    assert "Could you look at this?" in shown.text
    assert asked.status_code == 303
    assert "could you help with one of these?" not in answered.text
    assert "you asked 4 times" in numbers.text
    assert "you asked" not in (await place.owner.get(other)).text


async def test_what_fits_somebodys_profile_comes_first(doors, signed_in):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        await a_profile(db, await db.get_one(User, place.member_id), can_help="Salary talks, CVs")
    for number in range(3):
        topic = (await ask_for(place.member, place, f"Thing {number}")).headers["location"]
        await place.member.post(f"{acts_of(topic)}outcome", data={"met": "no"})
    await ask_for(place.owner, place, "Needed sooner", needed_by=in_days(2).isoformat())
    await ask_for(place.owner, place, "How do I say no?", tags="salary talks, nerves")

    shown = (await place.member.get(f"{place.url}asks/new/")).text

    assert 0 < shown.index("How do I say no?") < shown.index("Needed sooner")


async def test_what_is_sold_says_so_and_a_group_may_forbid_it(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)

    unsaid = await offer_to(place.owner, place, commercial="")
    sold = await offer_to(place.owner, place, commercial="yes")
    board = await visitor.get(f"{place.url}offers/")

    assert unsaid.status_code == 422
    assert 'href="#commercial"' in unsaid.text
    assert sold.status_code == 303
    assert "somebody earns by it" in board.text


async def test_a_group_that_takes_nothing_commercial_refuses_it(doors, signed_in):
    place = await a_place(doors, signed_in, takes_commercial=False)

    assert (await offer_to(place.owner, place, commercial="yes")).status_code == 422
    assert (await offer_to(place.owner, place)).status_code == 303


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2027-02-30", "a day that exists"),
        ("soon", "a day that exists"),
        ("", "a day that exists"),
        ("-1", "name a day from"),
        ("181", "name a day from"),
    ],
)
async def test_days_that_cannot_be_are_refused_with_the_limit(doors, signed_in, day, says):
    place = await a_place(doors, signed_in)
    written = in_days(int(day)).isoformat() if day.lstrip("-").isdecimal() else day

    refused = await ask_for(place.member, place, needed_by=written)

    assert refused.status_code == 422
    assert says in refused.text
    assert 'href="#needed_by"' in refused.text
