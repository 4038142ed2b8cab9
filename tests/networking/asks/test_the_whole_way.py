"""From an ask to its end, and from an offer to a promise, as people walk it, without script."""

import pytest

from tests.groups.building import a_place
from tests.networking.asks.asking import acts_of, ask_for, help_with, in_days, offer_to, wish_for

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def test_a_member_asks_another_helps_and_it_is_met(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    form = await place.member.get(f"{place.url}asks/new/")
    asked = await ask_for(place.member, place, tags="letters")
    topic = asked.headers["location"]
    board = await visitor.get(f"{place.url}asks/")

    offered = await help_with(place.owner, topic)
    seen = await place.member.get(topic)
    accepted = await place.member.post(f"{acts_of(topic)}helpings/1/acceptance")
    in_hand = await visitor.get(topic)
    closed = await place.member.post(
        f"{acts_of(topic)}outcome", data={"met": "yes", "helping": "1", "note": "She found three."}
    )
    over = await visitor.get(topic)

    assert "Needed by" in form.text
    assert asked.status_code == offered.status_code == accepted.status_code == 303
    assert "A second pair of eyes" in board.text
    assert "#letters" in board.text
    assert "needed by" in board.text
    assert "I will read it." in seen.text
    assert "somebody has promised to help" in in_hand.text
    assert "I will read it." not in in_hand.text
    assert closed.status_code == 303
    assert "She found three." in over.text
    assert "Met." in over.text
    assert "A second pair of eyes" not in (await visitor.get(f"{place.url}asks/")).text


async def test_an_offer_is_taken_as_often_as_it_can_be_had(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    offered = await offer_to(place.owner, place, times="1")
    topic = offered.headers["location"]

    wished = await wish_for(place.member, topic)
    accepted = await place.owner.post(f"{acts_of(topic)}helpings/1/acceptance")
    page = await visitor.get(topic)
    board = await visitor.get(f"{place.url}offers/")
    closed = await place.owner.post(f"{acts_of(topic)}closing", data={"note": "Gladly done."})

    assert offered.status_code == wished.status_code == accepted.status_code == 303
    assert "all of it is taken" in page.text
    assert "all taken" in board.text
    assert closed.status_code == 303
    assert "Gladly done." in (await visitor.get(topic)).text


async def test_what_was_typed_is_there_again_when_an_ask_is_refused(doors, signed_in):
    place = await a_place(doors, signed_in)

    again = await ask_for(
        place.member, place, needed_by="2027-02-30", comment="Long thought about."
    )

    assert again.status_code == 422
    assert "Long thought about." in again.text
    assert 'href="#needed_by"' in again.text
    assert in_days(1).isoformat() not in again.headers
