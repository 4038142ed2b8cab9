"""What a group has to take away, by the API: put there by members, read by those whom it is for."""

import pytest

from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import is_problem
from tests.groups.building import a_group, a_membership
from tests.world import a_member

pytestmark = pytest.mark.anyio

FILE = {"file": ("calendar.txt", b"One letter a week.\n", "text/plain")}


async def test_a_groups_file_from_its_first_draft_to_its_end(
    doors: Doors, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        gwen, max_, ada = [await a_member(db, name) for name in ("Gwen", "Max", "Ada")]
        group = await a_group(db, "Letters", by=gwen)
        for one in (max_, ada):
            await a_membership(db, group, one)
    giver, member, keeper = [await program(user=one) for one in (max_, ada, gwen)]
    stranger, here = await program(), f"groups/{group.slug}/resources"

    made = await giver.post(here, data={"title": "A calendar"}, files=FILE)
    assert made.status_code == 201, made.text
    one = made.headers["Location"]
    assert (made.json()["status"], made.json()["access"]) == ("draft", "group")
    assert is_problem(await member.get(one), 404)
    assert (await giver.post(f"{one}/publication")).json()["status"] == "published"
    assert is_problem(await giver.post(f"{one}/publication"), 409)

    assert (await member.get(here)).json()["items"] == [(await member.get(one)).json()]
    assert is_problem(await stranger.get(one), 404)
    assert (await stranger.get(here)).json()["items"] == []
    assert is_problem(await member.patch(one, json={"title": "Mine"}), 404)
    changed = await keeper.patch(one, json={"title": "A better one"})
    assert changed.json()["title"] == "A better one"
    late = await giver.patch(one, json={"title": "Ours", "revision": made.json()["revision"]})
    assert is_problem(late, 409)
    assert late.json()["current"]["title"] == "A better one"

    newer = {"file": ("calendar.txt", b"Two a week.\n", "text/plain")}
    renewed = await giver.post(f"{one}/versions", files=newer, data={"note": "More"})
    versions = (await member.get(f"{one}/versions")).json()["items"]
    assert [(v["number"], v["note"], v["author"]) for v in versions] == [
        (2, "More", "Max"), (1, "", "Max"),
    ]  # fmt: skip
    assert versions[0]["download_url"] == renewed.json()["download_url"]
    assert versions[1]["download_url"].endswith("/versions/1/download")
    assert is_problem(await stranger.get(f"{one}/versions"), 404)

    gone = await giver.post(f"{one}/retirement", json={"note": "Out of date."})
    assert gone.json()["status"] == "retired"
    assert is_problem(await member.get(one), 410)
    assert is_problem(await member.get(f"{one}/versions"), 410)


async def test_a_group_without_files_takes_and_lists_none(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        gwen = await a_member(db, "Gwen")
        group = await a_group(db, "Letters", by=gwen, sharing="nobody")
    keeper, here = await program(user=gwen), f"groups/{group.slug}/resources"

    assert is_problem(await keeper.get(here), 404)
    assert is_problem(await keeper.post(here, data={"title": "A"}, files=FILE), 403)
    assert is_problem(await keeper.get(f"{here}/1"), 404)


async def test_a_file_of_one_group_is_not_found_by_way_of_another(
    doors: Doors, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        gwen = await a_member(db, "Gwen")
        letters, stamps = (
            await a_group(db, "Letters", by=gwen),
            await a_group(db, "Stamps", by=gwen),
        )
    keeper = await program(user=gwen)
    made = await keeper.post(f"groups/{letters.slug}/resources", data={"title": "A"}, files=FILE)
    number = made.json()["id"]

    assert (await keeper.get(f"groups/{letters.slug}/resources/{number}")).status_code == 200
    elsewhere = f"groups/{stamps.slug}/resources/{number}"
    assert is_problem(await keeper.get(elsewhere), 404)
    assert is_problem(await keeper.post(f"{elsewhere}/publication"), 404)
    assert is_problem(await keeper.patch(elsewhere, json={"title": "B"}), 404)
