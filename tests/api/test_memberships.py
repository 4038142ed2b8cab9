"""Coming into groups and going, by the API; and what moderators do about members."""

from datetime import timedelta

import pytest

from app.core import clock
from app.groups.models import Group
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import is_problem
from tests.groups.building import a_group, a_membership
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def test_somebody_asks_is_let_in_and_leaves(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        olga, eve = await a_member(db, "Olga"), await a_member(db, "Eve")
        group = await a_group(
            db, by=olga, joining="request", rules="Be kind.", questions=["Who are you?"]
        )
    owner, asking = await program(user=olga), await program(user=eve)
    here, said = f"groups/{group.slug}", {"accepts_rules": True, "answers": ["Eve."]}

    unkind = await asking.post(f"{here}/membership", json={"answers": ["Eve."]})
    silent = await asking.post(f"{here}/membership", json={"accepts_rules": True})
    asked = await asking.post(f"{here}/membership", json=said)

    assert [one.json()["errors"][0]["field"] for one in (unkind, silent)] == ["accepts_rules", "answers"]  # fmt: skip
    assert (asked.status_code, asked.json()["state"]) == (201, "requested")
    [waits] = (await owner.get(f"{here}/requests")).json()["items"]
    assert (waits["handle"], waits["answers"][0]["answer"]) == ("eve", "Eve.")
    let_in = await owner.post(f"{here}/requests/eve/answer", json={"accept": True})
    assert (let_in.status_code, let_in.json()) == (201, {"handle": "eve", "is_member": True})
    again = await owner.post(f"{here}/requests/eve/answer", json={"accept": True})
    assert is_problem(again, 409)
    [mine] = (await asking.get("memberships")).json()["items"]
    assert (mine["group"], mine["state"], mine["role"]) == (group.slug, "active", "member")

    assert (await asking.delete(f"{here}/membership")).json()["state"] == "active"
    assert is_problem(await asking.get(f"{here}/membership"), 404)
    assert (await asking.get("memberships")).json()["items"] == []
    assert is_problem(await owner.delete(f"{here}/membership"), 409)


async def test_a_moderator_mutes_and_bans_until_a_day(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        olga, eve = await a_member(db, "Olga"), await a_member(db, "Eve")
        group = await a_group(db, by=olga)
        await a_membership(db, group, eve)
    owner, member = await program(user=olga), await program(user=eve)
    eve_here = f"groups/{group.slug}/members/eve"
    until = (clock.now() + timedelta(days=3)).isoformat()

    muted = await owner.patch(eve_here, json={"state": "muted", "until": until})
    assert muted.json()["state"] == "muted"
    said = {"title": "One", "text": "Two."}
    assert is_problem(await member.post(f"groups/{group.slug}/topics", json=said), 403)
    assert (await owner.patch(eve_here, json={"state": "active"})).json()["until"] is None
    banned = await owner.patch(eve_here, json={"state": "banned"})
    assert (banned.json()["state"], banned.json()["until"]) == ("banned", None)
    late = await owner.patch(eve_here, json={"state": "muted"})
    assert is_problem(late, 409)
    past = await owner.patch(eve_here, json={"state": "banned", "until": "2001-01-01T00:00:00Z"})
    assert [one["field"] for one in past.json()["errors"]] == ["until"]
    assert (await owner.patch(eve_here, json={"state": "left"})).json()["state"] == "left"


async def test_owners_give_roles(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        olga, eve = await a_member(db, "Olga"), await a_member(db, "Eve")
        group = await a_group(db, by=olga)
        await a_membership(db, group, eve)
    owner, member = await program(user=olga), await program(user=eve)
    people = f"groups/{group.slug}/members"

    raised = await owner.patch(f"{people}/eve", json={"role": "moderator"})

    assert raised.json()["role"] == "moderator"
    assert is_problem(await member.patch(f"{people}/olga", json={"role": "member"}), 403)
    assert is_problem(await owner.patch(f"{people}/olga", json={"role": "member"}), 409)
    assert is_problem(await owner.patch(f"{people}/nobody", json={"role": "member"}), 404)


HIDDEN_CALLS = [
    ("GET", "membership", None), ("POST", "membership", {}), ("DELETE", "membership", None),
    ("GET", "members/olga", None), ("PATCH", "members/olga", {"state": "muted"}),
    ("GET", "requests", None), ("POST", "requests/olga/answer", {"accept": True}),
    ("PATCH", "topics/1", {"is_pinned": True}), ("POST", "topics/1/move", {"group": "stamps"}),
    ("POST", "topics/1/merger", {"into_id": 2}),
    ("GET", "topics/1/helpings", None), ("POST", "topics/1/withdrawal", None),
    ("POST", "topics/1/helpings/1/moves", {"act": "accept"}), ("POST", "topics/1/closing", {}),
    ("POST", "topics/1/outcome", {"met": True}),
    ("POST", "topics/1/split", {"title": "x", "reply_ids": [1]}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "sent"), HIDDEN_CALLS)
async def test_a_hidden_group_answers_every_call_like_one_that_never_was(
    doors: Doors, program: Program, method: str, path: str, sent: object
) -> None:
    async with doors.unit_of_work() as db:
        olga = await a_member(db, "Olga")
        hidden: Group = await a_group(db, by=olga, visibility="hidden")
    owner, stranger = await program(user=olga), await program()
    begun = await owner.post(f"groups/{hidden.slug}/topics", json={"title": "One", "text": "Two."})
    assert begun.json()["id"] == 1

    there = await stranger.request(method, f"groups/{hidden.slug}/{path}", json=sent)
    nowhere = await stranger.request(method, f"groups/never-was/{path}", json=sent)

    assert is_problem(there, 404)
    assert there.content == nowhere.content
