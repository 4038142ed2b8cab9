"""Who is offered while somebody is being named: members one sees, by how their handles begin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.blocks import block
from app.core import clock
from app.groups.handles import MOST, first_beyond
from app.groups.models import Group, MemberState
from app.web.groups.handles import OFTEN
from tests.groups.building import a_group, a_membership, a_place, as_actor
from tests.world import a_member

pytestmark = pytest.mark.anyio

AS_JSON = {"Accept": "application/json"}


async def offered(client, place, begins):
    answer = await client.get(f"{place.url}handles", params={"q": begins}, headers=AS_JSON)
    assert answer.status_code == 200, answer.text
    return [one["handle"] for one in answer.json()["people"]]


async def test_members_are_offered_by_how_their_handles_begin(doors, signed_in):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        group = await db.get_one(Group, place.group_id)
        for name in ("Oliver", "Olga Banned", "Olga Blocked", "Olga Other", "Peter", "Ölga"):
            one = await a_member(db, name)
            if name != "Olga Other":
                state = MemberState.BANNED if "Banned" in name else MemberState.ACTIVE
                await a_membership(db, group, one, state=state)
            if "Blocked" in name:
                await block(db, as_actor(one), place.member_id, clock.now())

    assert await offered(place.member, place, "ol") == ["olga", "oliver"]
    assert await offered(place.member, place, "@OLG") == ["olga"]
    assert await offered(place.member, place, "ö") == ["ölga"]
    assert await offered(place.member, place, "mi") == []
    assert await offered(place.owner, place, "mi") == ["mika"]
    assert await offered(place.member, place, "%") == []
    assert await offered(place.member, place, "") == []


async def test_eight_are_offered_at_most(doors, signed_in, count_queries):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        group = await db.get_one(Group, place.group_id)
        for number in range(MOST + 2):
            await a_membership(db, group, await a_member(db, f"Zoe {number}"))

    with count_queries() as queries:
        found = await offered(place.member, place, "z")

    assert found == [f"zoe-{number}" for number in range(MOST)]
    assert len(queries) <= 3, queries


async def test_who_does_not_belong_there_is_offered_nobody(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        other = await a_member(db, "Mina")
        hidden = (await a_group(db, "Secret", by=other, visibility="hidden")).slug
    stranger = await signed_in()

    by_visitor = await visitor.get(f"{place.url}handles?q=m", headers=AS_JSON)
    by_stranger = await stranger.get(f"{place.url}handles?q=m", headers=AS_JSON)
    of_hidden = await stranger.get(f"/groups/{hidden}/handles?q=m", headers=AS_JSON)
    of_none = await stranger.get("/groups/none/handles?q=m", headers=AS_JSON)

    assert (by_visitor.status_code, by_stranger.status_code) == (401, 403)
    assert (of_hidden.status_code, of_hidden.json()) == (of_none.status_code, of_none.json())
    assert of_hidden.status_code == 404


async def test_who_asks_too_often_is_told_when_to_ask_again(doors, signed_in):
    place = await a_place(doors, signed_in)
    for _ in range(OFTEN.amount):
        await offered(place.member, place, "")

    refused = await place.member.get(f"{place.url}handles?q=o", headers=AS_JSON)

    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert await offered(place.owner, place, "mi") == ["mika"]


@pytest.mark.parametrize(
    ("begins", "beyond"),
    [("mi", "mj"), ("m9", "ma"), ("mz", "n"), ("a-z", "b"), ("zz", ""), ("ż", ""), ("a1", "a2")],
)
def test_handles_that_begin_alike_end_somewhere(begins, beyond):
    assert first_beyond(begins) == beyond


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{0,5}", fullmatch=True), st.text("abz09-", max_size=4))
def test_no_handle_that_begins_so_lies_beyond(begins, rest):
    beyond = first_beyond(begins)

    assert not beyond or begins <= begins + rest < beyond
