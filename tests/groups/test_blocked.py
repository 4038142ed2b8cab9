"""Two people of a group of whom one blocked the other: neither reads the other's name anywhere in it."""

import re

import pytest

from app.accounts.leaving import erase_account
from app.accounts.models import User
from app.groups.models import Group
from tests.groups.building import Place, a_membership, a_place, answer, as_actor, begin
from tests.world import SECRETS, a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _with_nora(doors, signed_in):
    """A group with Mika and Nora in it, of whom neither blocked the other yet."""
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
        await a_membership(db, await db.get_one(Group, place.group_id), nora)
    return place, await signed_in(user=nora)


async def _block(place: Place) -> None:
    assert (await place.member.post("/people/nora/block/")).status_code == 303


async def test_a_list_does_not_say_that_they_were_the_last_to_answer(doors, signed_in, visitor):
    place, nora = await _with_nora(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    await answer(place.member, topic, "I might.")
    await answer(nora, topic)
    api = f"/api/v1/groups/{place.slug}/topics"

    before = (await place.member.get(place.url)).text
    await _block(place)
    after = (await place.member.get(place.url)).text
    await answer(place.member, topic, "So be it.")
    theirs = (await nora.get(place.url)).text

    assert "last by Nora" in before
    assert "Nora" not in after
    assert "2 replies" in after
    assert "last by" not in theirs
    assert "last by Mika" in (await place.owner.get(place.url)).text
    assert (await visitor.get(api)).json()["items"][0]["last_said_by"] == "Mika"


async def test_what_answers_them_does_not_name_them(doors, signed_in):
    place, nora = await _with_nora(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    said = (await answer(nora, topic)).headers["location"]
    parent = re.search(r"(\d+)$", said)[1]
    await answer(place.owner, topic, "Whom, then?", comment_parent=parent)

    before = (await place.member.get(topic)).text
    await _block(place)
    after = (await place.member.get(topic)).text

    assert "in answer to Nora" in before
    assert "Whom, then?" in after
    assert "Nora" not in after
    assert "in answer to Nora" in (await place.owner.get(topic)).text


async def test_the_first_unread_reply_is_one_that_can_be_read(doors, signed_in):
    place, nora = await _with_nora(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    await place.member.get(topic)
    await answer(place.member, topic, "I might.")
    await place.member.get(topic)
    await answer(nora, topic)
    await answer(place.owner, topic, "Good.")
    await _block(place)

    led = await place.member.get(f"{topic}unread")
    onward = await place.member.get(led.headers["location"])

    assert onward.status_code == 302
    shown = re.search(r"#(reply-\d+)", onward.headers["location"])[1]
    page = (await place.member.get(topic)).text
    assert "Good." in page[page.index(f'id="{shown}"') :]


async def test_who_is_gone_is_a_former_member_in_lists_too(doors, signed_in, visitor, run_jobs):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place)).headers["location"]
    await answer(place.member, topic)

    async with doors.unit_of_work() as db:
        mika = as_actor(await db.get_one(User, place.member_id))
        await erase_account(db, mika, SECRETS, texts_go=False)
    await run_jobs()
    listed = (await visitor.get(place.url)).text

    assert "Mika" not in listed
    assert "last by Former member" in listed
    assert "<bdi>Former member</bdi>" in listed
