"""What is withdrawn just now: whoever waited for that finds it as it is then."""

import asyncio

import pytest
from sqlalchemy import select

from app.accounts.actor import Actor
from app.discussions.models import Comment
from app.discussions.topics.editing import withdraw_said
from app.discussions.topics.keeping import merge
from app.groups.models import Topic
from app.moderation.report_models import Report
from app.web.comments.own_addresses import own_address
from tests.groups.building import a_place, answer, begin

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _meanwhile(doors, count_queries, act, call):
    """What a call is answered that comes while the transaction of `act` is still open."""
    async with doors.unit_of_work() as db:
        await act(db)
        with count_queries() as asked:
            task = asyncio.create_task(call)
            # On SQLite it waits for the pen, else for a row. Nothing tells that a statement was sent.
            while not (task.done() or any("FOR UPDATE" in one for one in asked)):
                if doors.database.is_sqlite:
                    break
                await asyncio.sleep(0)
    return await task


async def _said(doors, signed_in):
    """A group, the address of a discussion in it, and the number of what its member answered there."""
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    said = (await answer(place.member, topic, "I know somebody.")).headers["location"]
    return place, topic, int(said.rpartition("-")[2])


async def test_it_is_not_reported_any_more(doors, signed_in, count_queries):
    place, _topic, number = await _said(doors, signed_in)
    mika = Actor(user_id=place.member_id)

    answered = await _meanwhile(
        doors, count_queries, lambda db: withdraw_said(db, mika, number),
        place.owner.post("/report/", data={"comment": str(number), "reason": "attack"}),
    )  # fmt: skip

    assert answered.status_code == 404
    async with doors.reading() as db:
        assert (await db.scalars(select(Report.id))).all() == []


@pytest.mark.parametrize("noun", ["approval", "hold", "edition"])
async def test_a_moderator_does_not_show_it_again(doors, signed_in, count_queries, noun):
    place, _topic, number = await _said(doors, signed_in)
    mika = Actor(user_id=place.member_id)

    answered = await _meanwhile(
        doors, count_queries, lambda db: withdraw_said(db, mika, number),
        place.owner.post(f"/mod/comments/{number}/{noun}", data={"text": "He knows somebody."}),
    )  # fmt: skip

    assert answered.status_code == 409
    assert "it stays out of sight" in answered.text
    async with doors.reading() as db:
        said = await db.get_one(Comment, number)
    assert (said.status, said.body_source) == ("removed", "I know somebody.")


async def test_its_discussion_is_merged_and_it_stays_withdrawn(doors, signed_in, count_queries):
    place, _topic, number = await _said(doors, signed_in)
    other = (await begin(place.owner, place, "Another")).headers["location"]
    olga = Actor(user_id=place.owner_id)
    await place.member.post(f"{place.url}r/{number}/withdrawal/")

    answered = await _meanwhile(
        doors, count_queries, lambda db: merge(db, olga, place.slug, 1, 2),
        place.owner.post(f"/mod/comments/{number}/approval", data={"back": "/mod/"}),
    )  # fmt: skip

    assert answered.status_code == 409
    again = await place.owner.post(f"/mod/comments/{number}/approval", data={"back": "/mod/"})
    assert again.status_code == 409
    assert "it stays out of sight" in again.text
    assert "I know somebody." not in (await place.owner.get(other)).text


async def test_by_its_own_address_nobody_withdraws_a_discussion_that_others_answered(
    doors, signed_in, settings, visitor
):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place)).headers["location"]
    async with doors.reading() as db:
        opening = await db.scalar(select(Topic.opening_id))
    own = own_address(settings, opening)
    await answer(place.owner, topic, "I know somebody.")

    refused = await visitor.post(f"{own}withdrawal")

    assert refused.status_code == 403
    assert "Others have answered it, so it stays." in refused.text
    assert "I know somebody." in (await visitor.get(topic)).text


async def test_by_its_own_address_a_discussion_without_answers_is_withdrawn(
    doors, signed_in, settings, visitor
):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place)).headers["location"]
    async with doors.reading() as db:
        opening = await db.scalar(select(Topic.opening_id))

    gone = await visitor.post(f"{own_address(settings, opening)}withdrawal")

    assert gone.status_code == 303
    assert (await visitor.get(topic)).status_code == 404
