"""The inbox and reports by the API: one's own, and what moderators do with the latter."""

import pytest

from app.accounts.actor import Role
from app.settings import Settings
from app.work import Doors
from tests.api.conftest import Program
from tests.api.scene import a_scene
from tests.api.speaking import is_problem
from tests.groups.building import a_group, a_membership
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio


async def test_an_inbox_is_listed_and_read(
    doors: Doors, settings: Settings, program: Program
) -> None:
    settings.__dict__["rate_limits"] = "off"
    scene = await a_scene(doors, settings, program)
    max_, eve = await program(user=scene.people["max"]), await program(user=scene.people["eve"])

    told = (await max_.get("notices")).json()["items"]

    mention = next(one for one in told if one["id"] == scene.there["notice_id"])
    assert mention["says"] == "Ada mentioned you in “Work”"
    assert mention["is_unread"]
    read = await max_.post(f"notices/{mention['id']}/reading")
    assert read.status_code == 201
    again = await max_.post(f"notices/{mention['id']}/reading")
    assert again.json() == read.json()
    assert is_problem(await eve.post(f"notices/{mention['id']}/reading"), 404)
    rest = await max_.post("notices/reading", json={"up_to": 10**9})
    assert rest.json() == {"unread": 0}
    pages = await max_.get("notices", params={"limit": 1})
    assert not pages.json()["items"][0]["is_unread"]


async def test_reports_are_sent_listed_and_decided(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada")
        comment = await a_comment(db, under=await a_post(db))
    reader, mo = await program(), await program(Role.MODERATOR)

    about = {"kind": "comment", "id": comment.id, "reason": "advert", "note": "Buy!"}
    first = await reader.post("reports", json=about)
    twice = await reader.post("reports", json=about)
    person = await reader.post(
        "reports", json={"kind": "profile", "handle": ada.slug, "reason": "money"}
    )

    assert [one.status_code for one in (first, twice, person)] == [201] * 3
    assert (first.json()["state"], twice.json()["state"]) == ("open", "duplicate")
    queue = (await mo.get("moderation/queue", params={"tab": "reported"})).json()["items"]
    [case] = [one for one in queue if one["kind"] == "profile"]
    here = f"moderation/cases/{case['id']}"
    assert (await mo.get(here)).json() == case
    wrong = await mo.post(f"{here}/decisions", json={"verb": "accept"})
    assert [one["field"] for one in wrong.json()["errors"]] == ["verb"]
    decided = await mo.post(
        f"{here}/decisions", json={"verb": "uphold", "version": case["version"]}
    )
    assert decided.status_code == 201, decided.text
    late = await mo.post(f"{here}/decisions", json={"verb": "dismiss", "version": case["version"]})
    assert is_problem(late, 409)
    mine = (await reader.get("reports")).json()["items"]
    assert [one["state"] for one in mine] == ["upheld", "duplicate", "open"]


async def test_who_asks_to_join_is_answered_from_the_queue(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        olga, eve = await a_member(db, "Olga"), await a_member(db, "Eve")
        group = await a_group(db, by=olga, joining="request")
    asking, mo = await program(user=eve), await program(user=olga)
    await asking.post(f"groups/{group.slug}/membership", json={})
    [case] = (await mo.get("moderation/queue")).json()["items"]
    assert case["kind"] == "joining"
    here = f"moderation/cases/{case['id']}/decisions"

    assert is_problem(await mo.post(here, json={"verb": "uphold"}), 422)
    let_in = await mo.post(here, json={"verb": "accept"})

    assert let_in.status_code == 201, let_in.text
    assert (await asking.get(f"groups/{group.slug}/membership")).json()["state"] == "active"


@pytest.mark.parametrize("kind", ["comment", "topic", "resource", "promise", "message"])
async def test_what_one_may_not_read_is_not_there_to_be_reported(
    doors: Doors, program: Program, kind: str
) -> None:
    async with doors.unit_of_work() as db:
        olga = await a_member(db, "Olga")
        hidden = await a_group(db, by=olga, visibility="hidden")
        await a_membership(db, hidden, await a_member(db, "Max"))
    owner, stranger = await program(user=olga), await program()
    begun = await owner.post(f"groups/{hidden.slug}/topics", json={"title": "One", "text": "Two."})

    sent = {"kind": kind, "reason": "other"}
    there = await stranger.post("reports", json={**sent, "id": begun.json()["id"]})
    nowhere = await stranger.post("reports", json={**sent, "id": 999})

    assert is_problem(there, 422)
    assert there.content == nowhere.content
    assert [one["field"] for one in there.json()["errors"]] == ["id"]
