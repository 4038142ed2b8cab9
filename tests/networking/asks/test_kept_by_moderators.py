"""What moderators do with the discussion below an ask: the ask stays one, and what is made of it is none."""

import pytest
from sqlalchemy import select

from app.discussions.models import Comment
from tests.groups.building import a_place, answer, begin
from tests.networking.asks.asking import acts_of, ask_for, help_with

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def test_what_is_split_off_an_ask_is_a_discussion(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    await answer(place.owner, topic, "By the way, who brings cake?")
    async with doors.reading() as db:
        reply = (await db.scalars(select(Comment.id).order_by(Comment.id.desc()))).first()

    form = {"title": "Cake", f"reply-{reply}": "1"}
    split = await place.owner.post(f"{acts_of(topic)}split", data=form)

    name = split.headers["location"].rstrip("/").rpartition("/")[2]
    assert (await visitor.get(f"{place.url}asks/{name}/")).status_code == 404
    told = (
        await visitor.get(f"/api/v1/groups/{place.slug}/topics/{name.partition('-')[0]}")
    ).json()
    assert told["kind"] == "discussion"
    onward = await place.owner.post(
        f"{acts_of(split.headers['location'])}merge", data={"into": topic}
    )
    assert onward.headers["location"].startswith(topic.rpartition("-a-")[0])


async def test_an_ask_is_put_into_nothing_and_can_still_be_answered(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    other = (await begin(place.member, place)).headers["location"]

    page = await place.owner.get(f"{acts_of(topic)}keep/")
    merged = await place.owner.post(f"{acts_of(topic)}merge", data={"into": other})

    assert "Put it into another discussion" not in page.text
    assert (
        "Put it into another discussion" in (await place.owner.get(f"{acts_of(other)}keep/")).text
    )
    assert merged.status_code == 409
    assert "stays where it can be answered" in merged.text
    assert (await help_with(place.owner, topic)).status_code == 303
