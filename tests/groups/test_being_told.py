"""What members are told of their groups, and how far they have read."""

import asyncio

import pytest

from app.discussions.topics.mentions import handles_in
from app.groups.models import Group
from tests.groups.building import a_membership, a_place, answer, begin
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("Ask @mika, or @olga-hale.", ["mika", "olga-hale"]),
        ("@Mika! @mika? @MIKA", ["mika"]),
        ("mail me at olga@example.org", []),
        ("https://example.org/@mika is elsewhere", []),
        ("@жанна", ["жанна"]),
        ("@ @@ @-", ["-"]),
        (" ".join(f"@one{n}" for n in range(40)), [f"one{n}" for n in range(10)]),
    ],
)
def test_a_handle_is_read_where_somebody_is_named(text, handles):
    found = handles_in(text)

    assert [one for one in found if one] == [one for one in handles if one != "-"]


async def test_who_began_it_who_is_named_and_nobody_else_hears_of_an_answer(
    doors, signed_in, run_jobs
):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        nora, outside = await a_member(db, "Nora"), await a_member(db, "Otto")
        await a_membership(db, await db.get_one(Group, place.group_id), nora)
    browsers = {one.name: await signed_in(user=one) for one in (nora, outside)}
    topic = (await begin(place.member, place)).headers["location"]
    await run_jobs()
    assert "Mika began “Who is hiring?”" in (await browsers["Nora"].get("/inbox/")).text

    await answer(place.owner, topic, "Ask @nora, or @otto.")
    await run_jobs()

    assert "Olga wrote in “Who is hiring?”" in (await place.member.get("/inbox/")).text
    assert "Olga mentioned you" in (await browsers["Nora"].get("/inbox/")).text
    assert "Olga" not in (await browsers["Otto"].get("/inbox/")).text
    assert "Olga wrote" not in (await place.owner.get("/inbox/")).text


async def test_moderators_hear_who_asks_and_who_asked_hears_that_they_are_in(
    doors, signed_in, run_jobs
):
    place = await a_place(doors, signed_in, joining="request")
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
    browser = await signed_in(user=nora)

    await browser.post(f"{place.url}membership", data={"rules": "1"})
    await run_jobs()
    assert "Nora would like to join Job search" in (await place.owner.get("/inbox/")).text
    assert "Nora" not in (await place.member.get("/inbox/")).text

    await place.owner.post(f"{place.url}requests/{nora.id}/acceptance", data={"x": "1"})
    await run_jobs()
    assert "You are a member of Job search now" in (await browser.get("/inbox/")).text


async def test_who_is_put_out_finds_nothing_of_the_group_any_more(doors, signed_in, run_jobs):
    place = await a_place(doors, signed_in, visibility="hidden")
    await begin(place.owner, place, "A secret matter")
    await run_jobs()
    assert "A secret matter" in (await place.member.get("/inbox/")).text

    await place.owner.post(f"{place.url}members/{place.member_id}/ban", data={"days": "0"})
    await run_jobs()

    assert "A secret matter" not in (await place.member.get("/inbox/")).text
    assert "Job search" not in (await place.member.get("/inbox/")).text


async def test_a_topic_is_unread_until_it_was_looked_at_and_again_after_an_answer(
    application, doors, signed_in
):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    assert "topic-row--unread" in (await place.member.get(place.url)).text

    await place.member.get(topic)
    await asyncio.sleep(0.8)
    assert "topic-row--unread" not in (await place.member.get(place.url)).text

    await answer(place.owner, topic, "One thing more.")
    assert "topic-row--unread" in (await place.member.get(place.url)).text
    led = await place.member.get(f"{topic}unread")
    assert led.headers["location"].startswith(f"{place.url}r/")
