"""Whoever takes their data away has all that was between them and others, and nothing that they may not know."""

import io
import json
import zipfile

import pytest

from app.networking.conversations.actions import write
from app.networking.introductions.answering import decline
from app.networking.promises.actions import Deed, act
from app.networking.promises.moves import Act
from tests.groups.building import a_place
from tests.networking.asks.asking import acts_of, ask_for, help_with, offer_to
from tests.networking.introductions.meeting import as_, asked, introduced, passed_on, three_in
from tests.networking.promises.promising import an_open_one
from tests.networking.thanks.test_thanks import thanked

pytestmark = pytest.mark.anyio

PAGE = "/account/data/"


async def taken_by(client, run_jobs):
    """What is in the file that somebody asks for."""
    await client.post(PAGE)
    await run_jobs()
    path = (await client.get(PAGE)).text.partition(f'"{PAGE}')[2].partition('"')[0]
    file = await client.get(PAGE + path)
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.read("data.html")
        return json.loads(archive.read("data.json"))


async def test_introductions_promises_thanks_and_whom_they_know(doors, signed_in, run_jobs) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        refused = await passed_on(db, three)
        await decline(db, as_(three.cy), refused.id, "She is a rival of mine.")
        silent = await asked(db, three, target_id=three.dee.id)
        promise = await an_open_one(db, three.ada, three.bo, text="A list of mills.")
        await act(db, as_(three.ada), promise.id, Deed(act=Act.SAY_DONE, note="There it is."))
        await thanked(db, three.ada, three.bo, note="You saved my spring.")
    client = await signed_in(user=three.ada)

    data = await taken_by(client, run_jobs)

    assert [one["state"] for one in data["introductions"]] == ["waiting", "waiting"]
    assert data["introductions"][0]["about_me"] == "I bake bread in Lyme."
    assert data["introductions"][1]["asked_at"] == silent.asked_at.isoformat()
    (told,) = data["promises"]
    assert (told["text"], told["state"]) == ("A list of mills.", "done")
    assert told["history"][-1]["note"] == "There it is."
    assert [one["name"] for one in data["connections"]] == ["Bo Carter"]
    assert data["thanks"][0]["note"] == "You saved my spring."
    assert data["introduction_choices"] == [{"a_month": 2, "never_to": []}]
    # Others' words and steps of which no page tells.
    for secret in ("rival", "good company", "passed_on", "declined", "ended_at"):
        assert secret not in json.dumps(data["introductions"]), secret


async def test_messages_are_taken_by_who_wrote_them(doors, signed_in, run_jobs) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        await introduced(db, three)
        await write(db, as_(three.ada), 1, "Shall we say Monday?")
        await write(db, as_(three.cy), 1, "Monday is fine.")
    client = await signed_in(user=three.ada)

    data = await taken_by(client, run_jobs)

    assert [one["text"] for one in data["messages"]] == ["Shall we say Monday?"]


async def test_asks_offers_and_answers(settings, doors, signed_in, run_jobs) -> None:
    settings.__dict__["rate_limits"] = "off"
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    await offer_to(place.member, place)
    await help_with(place.owner, topic)
    await place.member.post(f"{acts_of(topic)}outcome", data={"met": "yes", "helping": "1"})

    asker, helper = await taken_by(place.member, run_jobs), await taken_by(place.owner, run_jobs)

    assert asker["asks"][0]["met_by"] == "Olga"
    assert asker["asks"][0]["address"].endswith(topic)
    assert asker["offers"][0]["title"] == "An hour of practice"
    assert helper["answers"][0]["words"] == "I will read it."
    assert helper["asks"] == []
