"""An answer that is agreed to becomes a promise, and a promise that is kept or broken changes the ask."""

import pytest
from sqlalchemy import select

from app.accounts.actor import Actor
from app.networking.promises.actions import Deed, act
from app.networking.promises.models import Promise, SourceKind
from app.networking.promises.moves import Act, State
from tests.groups.building import a_place
from tests.networking.asks.asking import acts_of, ask_for, help_with

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _promised(doors, signed_in):
    """An ask by the member which its group's owner helps with: the group, the topic's address, the promise."""
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    await help_with(place.owner, topic)
    await place.member.post(f"{acts_of(topic)}helpings/1/acceptance")
    async with doors.reading() as db:
        return place, topic, (await db.scalars(select(Promise))).one()


async def test_a_yes_to_help_makes_a_promise_that_is_open(doors, signed_in):
    place, _topic, promise = await _promised(doors, signed_in)

    assert promise.state == State.OPEN
    assert (promise.promiser_id, promise.promisee_id) == (place.owner_id, place.member_id)
    assert promise.source_kind == SourceKind.ASK
    assert promise.accepted_at is not None
    assert f"/promises/{promise.id}/" in (await place.owner.get("/promises/")).text


async def test_a_promise_that_is_kept_asks_whether_the_ask_is_met(doors, signed_in):
    place, topic, promise = await _promised(doors, signed_in)

    async with doors.unit_of_work() as db:
        await act(db, Actor(place.owner_id, "Olga"), promise.id, Deed(act=Act.SAY_DONE))
    async with doors.unit_of_work() as db:
        await act(db, Actor(place.member_id, "Mika"), promise.id, Deed(act=Act.CONFIRM))

    assert "Has it been met?" in (await place.member.get(topic)).text


async def test_a_promise_that_is_withdrawn_opens_the_ask_again(visitor, doors, signed_in):
    place, topic, promise = await _promised(doors, signed_in)

    withdrawn = Deed(act=Act.WITHDRAW, note="I have to travel.")
    async with doors.unit_of_work() as db:
        await act(db, Actor(place.owner_id, "Olga"), promise.id, withdrawn)

    assert "nobody has promised anything yet" in (await visitor.get(topic)).text
