"""Members follow a discussion, or hear nothing of it; and a group rests until a day."""

from datetime import timedelta

import pytest

from app.core import clock
from app.groups.models import Group
from tests.groups.building import a_membership, a_place, answer, begin
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def say(client, topic: str, how: str):
    """Send the form at the top of a discussion."""
    number = topic.rpartition("/d/")[2].partition("-")[0]
    group = topic.partition("/d/")[0]
    return await client.post(f"{group}/d/{number}/following", data={"as": how})


async def heard(client) -> int:
    """How often they were told that somebody wrote."""
    return (await client.get("/inbox/")).text.count("Mark as read: Olga wrote in")


async def test_who_follows_hears_of_each_reply_and_who_wants_to_hear_nothing_of_none(
    doors, signed_in, run_jobs
):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
        await a_membership(db, await db.get_one(Group, place.group_id), nora)
    hers = await signed_in(user=nora)
    topic = (await begin(place.member, place)).headers["location"]

    assert (await say(hers, topic, "follow")).status_code == 303
    assert "You hear of every reply." in (await hers.get(topic)).text
    await say(place.member, topic, "mute")
    await answer(place.owner, topic, "I know one.")
    await run_jobs()

    assert (await heard(hers), await heard(place.member)) == (1, 0)
    await say(hers, topic, "usual")
    await say(place.member, topic, "usual")
    await answer(place.owner, topic, "And another.")
    await run_jobs()
    assert (await heard(hers), await heard(place.member)) == (1, 1)


async def test_what_is_put_into_another_discussion_is_followed_there(doors, signed_in, run_jobs):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        group, people = await db.get_one(Group, place.group_id), []
        for name in ("Nora", "Otto", "Pia"):
            people.append(await a_member(db, name))
            await a_membership(db, group, people[-1])
    nora, otto, pia = [await signed_in(user=one) for one in people]
    first = (await begin(otto, place, "Asked twice")).headers["location"]
    second = (await begin(place.owner, place, "Asked before")).headers["location"]
    await say(nora, first, "follow")
    await say(otto, first, "mute")
    await say(pia, first, "follow")
    await say(pia, second, "mute")

    merge = f"{first.rpartition('-asked')[0]}/merge"
    assert (await place.owner.post(merge, data={"into": second})).status_code == 303
    await run_jobs()
    await answer(place.owner, second, "I know one.")
    await run_jobs()

    assert [await heard(one) for one in (nora, otto, pia)] == [1, 0, 0]
    assert "You hear of every reply." in (await nora.get(second)).text


async def test_only_members_follow_what_is_said(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place)).headers["location"]

    assert (await say(await signed_in(), topic, "follow")).status_code == 403
    assert (await say(visitor, topic, "follow")).status_code == 403
    assert (await say(place.member, topic, "loudly")).status_code == 422
    assert "Tell me nothing of it" not in (await visitor.get(topic)).text


async def test_a_hidden_discussion_is_the_same_as_none_to_who_would_follow_it(doors, signed_in):
    place = await a_place(doors, signed_in, visibility="hidden")
    topic = (await begin(place.member, place)).headers["location"]
    stranger = await signed_in()

    there = await say(stranger, topic, "follow")
    nowhere = await say(stranger, f"{place.url}d/999-no/", "follow")

    assert (there.status_code, nowhere.status_code) == (404, 404)


async def test_until_a_day_a_group_can_only_be_read(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place)).headers["location"]
    day = (clock.now() + timedelta(days=3)).date().isoformat()
    form = {
        "name": "Job search", "purpose": "Finding work together.", "joining": "open",
        "visibility": "public", "holds_first": "0", "read_only_until": day, "version": "0",
        "kind-discussion": "1",
    }  # fmt: skip
    version = (await place.owner.get(f"{place.url}settings/")).text
    form["version"] = version.partition('name="version" value="')[2].partition('"')[0]

    assert (await place.owner.post(f"{place.url}settings/", data=form)).status_code == 303

    assert day in (await place.owner.get(f"{place.url}settings/")).text
    assert "For now this group can only be read." in (await place.member.get(topic)).text
    assert (await answer(place.member, topic)).status_code == 403
    with clock.moved(timedelta(days=4)):
        assert (await answer(place.member, topic)).status_code == 303
    wrong = await place.owner.post(
        f"{place.url}settings/", data={**form, "read_only_until": "31 February"}
    )
    assert wrong.status_code == 422
