"""Who is named by `@handle` in a later text of what was said in a group: told of it once, and nobody else again."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import delete

from app.accounts.blocks import block
from app.core import clock
from app.groups.models import Group
from app.notifications.notices.models import Notice
from tests.groups.building import a_membership, a_place, answer, as_actor, begin
from tests.groups.test_editing import LINKS
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


class Named:
    """A reply of the member's, three others of the group, and somebody outside, each with a browser."""

    def __init__(self, place, topic, said, people):
        self.place, self.topic, self.said, self.people = place, topic, said, people

    async def change(self, text):
        form = re.search(
            r'name="version" value="(\d+)"', (await self.place.member.get(self.said)).text
        )
        data = {"comment": text, "version": form[1]}
        assert (await self.place.member.post(self.said, data=data)).status_code == 303

    async def told(self):
        """How often each was told that they were named."""
        said = {}
        for name, browser in self.people.items():
            said[name] = (await browser.get("/inbox/")).text.count(">Mika mentioned you")
        return {name: times for name, times in said.items() if times}


@pytest.fixture
async def named(doors, signed_in, run_jobs):
    place = await a_place(doors, signed_in, visibility="hidden")
    people = {}
    async with doors.unit_of_work() as db:
        members = [await a_member(db, name) for name in ("Nora", "Pia", "Bea")]
        for member in members:
            await a_membership(db, await db.get_one(Group, place.group_id), member)
        await block(db, as_actor(members[2]), place.member_id, clock.now())
        outside = await a_member(db, "Otto")
    for one in (*members, outside):
        people[one.name] = await signed_in(user=one)
    people["Olga"] = place.owner
    topic = (await begin(place.owner, place)).headers["location"]
    reply = (await answer(place.member, topic, "Ask @nora.")).headers["location"]
    await run_jobs()
    return Named(place, topic, f"{place.url}r/{reply.rpartition('-')[2]}/text/", people)


async def test_who_is_named_by_a_later_edit_is_told_once_and_nobody_else_again(named, run_jobs):
    assert await named.told() == {"Nora": 1}

    await named.change("Ask @nora, @pia, @bea, @otto or @mika.")
    await run_jobs()
    assert await named.told() == {"Nora": 1, "Pia": 1}
    await named.change("Ask @nora.")
    await named.change("Ask @pia and @nora, please.")
    await run_jobs()
    assert await named.told() == {"Nora": 1, "Pia": 1}


async def test_an_edit_tells_nobody_whom_the_text_named_before_and_who_did_not_want_to_hear(
    doors, named
):
    nora = named.people["Nora"]
    # What she had been told is gone; she is named as before.
    async with doors.unit_of_work() as db:
        await db.execute(delete(Notice).where(Notice.kind == "mention"))
    await named.change("Ask @nora. Or @pia.")

    assert await named.told() == {"Pia": 1}
    assert "Mika mentioned you" not in (await nora.get("/inbox/")).text


async def test_who_is_named_in_a_text_that_waits_is_told_when_it_is_let_through(named, run_jobs):
    await named.change(f"Ask @nora, or @pia. {LINKS}")
    await run_jobs()
    assert await named.told() == {"Nora": 1}

    number = named.said.split("/r/")[1].partition("/")[0]
    done = await named.place.owner.post(f"/mod/comments/{number}/approval", data={"back": "/mod/"})
    assert done.status_code == 303
    await run_jobs()
    assert await named.told() == {"Nora": 1, "Pia": 1}


async def test_whom_it_answers_is_not_told_twice_when_an_edit_names_them(named, run_jobs):
    number = named.said.split("/r/")[1].partition("/")[0]
    reply = await answer(named.people["Pia"], named.topic, "I could.", comment_parent=number)
    here = f"{named.place.url}r/{reply.headers['location'].rpartition('-')[2]}/text/"
    await run_jobs()
    pia = Named(named.place, named.topic, here, {"Mika": named.place.member})
    pia.place = replace(named.place, member=named.people["Pia"])
    before = (await named.place.member.get("/inbox/")).text
    await pia.change("I could, @mika.")

    assert before.count(">Pia answered you") == 1
    after = (await named.place.member.get("/inbox/")).text
    assert after.count(">Pia answered you") == 1
    assert "Pia mentioned you" not in after
