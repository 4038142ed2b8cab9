"""What an ask leads to: an introduction by who knows somebody, and thanks to whoever met it."""

import pytest

from app.accounts.models import User
from tests.groups.building import a_place
from tests.networking.asks.asking import acts_of, ask_for, help_with
from tests.networking.introductions.meeting import knowing

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def test_who_knows_someone_introduces_the_two(doors, signed_in) -> None:
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    answered = await help_with(place.owner, topic, way="introduction")
    form = answered.headers["location"]

    strangers = await place.owner.get(form)
    async with doors.unit_of_work() as db:
        olga, mika = await db.get_one(User, place.owner_id), await db.get_one(User, place.member_id)
        await knowing(db, olga, mika)
    known = (await place.owner.get(form)).text

    assert "First say that you know each other" in strangers.text
    assert 'href="/people/mika/"' in strangers.text
    assert form in (await place.owner.get(topic)).text
    assert "First say" not in known
    assert f'<option value="{place.member_id}" selected>' in known
    assert "You asked: “A second pair of eyes”." in known
    # Of what one may not see, and of one's own, the form says nothing.
    assert "pair of eyes" not in (await place.member.get(form)).text
    assert (await place.owner.get("/intros/two?ask=999")).status_code == 200


async def test_whoever_asked_thanks_who_met_it(doors, signed_in) -> None:
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    await help_with(place.owner, topic)
    early = await place.member.post(f"{acts_of(topic)}thanks", data={"thanks": "Already!"})
    await place.member.post(f"{acts_of(topic)}outcome", data={"met": "yes", "helping": "1"})
    offered = (await place.member.get(topic)).text
    too_long = await place.member.post(f"{acts_of(topic)}thanks", data={"thanks": "x" * 501})
    others = await place.owner.post(f"{acts_of(topic)}thanks", data={"thanks": "Me!"})

    sent = await place.member.post(
        f"{acts_of(topic)}thanks", data={"thanks": "It reads so well now.", "public": "1"}
    )
    twice = await place.member.post(f"{acts_of(topic)}thanks", data={"thanks": "Once more."})

    assert "Say thank you" in offered
    assert "Say thank you" not in (await place.owner.get(topic)).text
    assert [one.status_code for one in (early, too_long, others)] == [403, 422, 403]
    assert "x" * 501 in too_long.text
    assert (sent.status_code, twice.status_code) == (303, 409)
    assert "Your thanks are sent." in twice.text
    assert "It reads so well now." in (await place.owner.get("/intros/thanks/")).text


async def test_an_ask_that_was_not_met_offers_no_thanks(doors, signed_in) -> None:
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    await help_with(place.owner, topic)
    await place.member.post(f"{acts_of(topic)}outcome", data={"met": "no"})

    assert "Say thank you" not in (await place.member.get(topic)).text
    refused = await place.member.post(f"{acts_of(topic)}thanks", data={"thanks": "Anyway."})
    assert refused.status_code == 403
