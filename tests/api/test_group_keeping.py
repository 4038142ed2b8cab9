"""Groups begun and changed by the API, and whom somebody knows."""

import pytest

from app.accounts.actor import Role
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import is_problem
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def test_a_group_is_begun_changed_and_closed(program: Program) -> None:
    owner, stranger = await program(Role.OWNER), await program()

    begun = await owner.post(
        "groups", json={"name": "Printers", "purpose": "Paper.", "rules": "*Ink.*"}
    )
    assert begun.status_code == 201, begun.text
    here = f"groups/{begun.json()['slug']}"
    assert "<em>Ink.</em>" in (await stranger.get(begun.headers["Location"])).json()["rules_html"]

    changed = await owner.patch(
        f"{here}/settings", json={"visibility": "hidden", "questions": ["Why?"], "version": 1}
    )
    assert (changed.status_code, changed.json()["name"]) == (200, "Printers")
    assert (await owner.get(f"{here}/settings")).json() == changed.json()
    late = await owner.patch(f"{here}/settings", json={"name": "Other", "version": 1})
    assert is_problem(late, 409)
    assert late.json()["current"] == changed.json()
    hidden = await stranger.get(f"{here}/settings")
    assert hidden.content == (await stranger.get("groups/never-was/settings")).content
    assert is_problem(hidden, 404)

    read_only = await owner.patch(f"{here}/settings", json={"state": "read-only"})
    assert read_only.json()["state"] == "read-only"
    wrong = await owner.patch(f"{here}/settings", json={"questions": ["x", "y" * 300]})
    assert [one["field"] for one in wrong.json()["errors"]] == ["questions.1"]
    closed = await owner.patch(f"{here}/settings", json={"state": "closed"})
    assert closed.json()["state"] == "closed"
    assert is_problem(await owner.get(here), 404)


async def test_two_know_each_other_once_both_have_said_so(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        ada, max_ = await a_member(db, "Ada"), await a_member(db, "Max")
    first, second = await program(user=ada), await program(user=max_)

    assert (await first.post("connections", json={"handle": "max"})).status_code == 201
    [waits] = (await second.get("connections", params={"waiting": True})).json()["items"]
    assert (waits["handle"], waits["since"]) == ("ada", None)
    assert (await first.get("connections")).json()["items"] == []
    await second.post("connections", json={"handle": "ada"})
    [known] = (await first.get("connections")).json()["items"]
    assert known["handle"] == "max"
    assert (await first.delete("connections/max")).status_code == 200
    assert (await second.get("connections")).json()["items"] == []
    itself = await first.post("connections", json={"handle": "ada"})
    nobody = await first.post("connections", json={"handle": "nobody"})
    for refused in (itself, nobody):
        assert [one["field"] for one in refused.json()["errors"]] == ["handle"]
