"""Conversations and thanks by the API: of their parties alone, as on the pages."""

from datetime import timedelta

import pytest

from app.accounts.actor import Role
from app.core import clock
from app.networking.conversations.actions import open_conversation
from app.networking.conversations.models import OwnerKind
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import is_problem
from tests.networking.introductions.meeting import introduced, three_people
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def test_parties_write_to_each_other_and_nobody_else_reads_it(
    doors: Doors, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await a_member(db, "Ada"), await a_member(db, "Bo")
        talk = await open_conversation(db, OwnerKind.PROMISE, 7, [ada.id, bo.id])
    one, other, owner = await program(user=ada), await program(user=bo), await program(Role.OWNER)
    here, key = f"conversations/{talk.id}", {"Idempotency-Key": "hello"}

    said = await one.post(f"{here}/messages", json={"text": "Hello **Bo**."}, headers=key)
    assert (
        await one.post(f"{here}/messages", json={"text": "Hello **Bo**."}, headers=key)
    ).json() == (said.json())
    with clock.moved(timedelta(minutes=1)):
        await other.post(f"{here}/messages", json={"text": "Hello Ada."})

    assert "<strong>Bo</strong>" in said.json()["html"]
    [line] = (await other.get("conversations")).json()["items"]
    assert line == (await other.get(here)).json()
    assert (line["about"], line["about_id"], line["is_open"]) == ("promise", 7, True)
    assert [(p["name"], p["has_left"]) for p in line["partners"]] == [("Ada", False), ("Bo", False)]
    first = await other.get(f"{here}/messages", params={"limit": 1})
    rest = await other.get(first.links["next"]["url"])
    rows = [row for page in (first, rest) for row in page.json()["items"]]
    assert [(row["author"], row["is_mine"]) for row in rows] == [("Bo", True), ("Ada", False)]
    for path in (here, f"{here}/messages"):
        assert is_problem(await owner.get(path), 404)
    assert is_problem(await owner.post(f"{here}/messages", json={"text": "I?"}), 404)
    assert (await owner.get("conversations")).json()["items"] == []
    assert is_problem(await one.post(f"{here}/messages", json={"text": " "}), 422)


async def test_what_is_closed_is_read_and_what_was_left_is_not_there(
    doors: Doors, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await a_member(db, "Ada"), await a_member(db, "Bo")
        talks = [
            await open_conversation(db, OwnerKind.PROMISE, number, [ada.id, bo.id])
            for number in (1, 2)
        ]
    one, other = await program(user=ada), await program(user=bo)
    closed, left = (f"conversations/{talk.id}" for talk in talks)

    assert (await one.post(f"{closed}/closing")).json()["is_open"] is False
    was = await one.delete(left)

    assert is_problem(await other.post(f"{closed}/messages", json={"text": "But."}), 403)
    assert (await other.get(f"{closed}/messages")).status_code == 200
    assert was.json()["is_open"] is True
    assert is_problem(await one.get(left), 404)
    found = (await other.get(left)).json()
    assert found["is_open"] is False
    assert [(p["name"], p["has_left"]) for p in found["partners"]] == [("Ada", True), ("Bo", False)]


async def test_somebody_is_thanked_once_shows_it_and_it_is_taken_back(
    doors: Doors, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        three = await three_people(db)
        meet = await introduced(db, three)
    ada, bo, cy = [await program(user=one) for one in (three.ada, three.bo, three.cy)]
    here, words = f"introductions/{meet.id}/thanks", {"note": "It was good.", "is_public": True}
    early = await ada.post(here, json=words)
    assert (await ada.post(f"introductions/{meet.id}/steps", json={"act": "say we talked"})).json()

    sent = await ada.post(here, json=words)

    assert is_problem(early, 403)
    assert sent.status_code == 201, sent.text
    assert is_problem(await ada.post(here, json=words), 409)
    one = sent.headers["Location"]
    assert (await bo.get("thanks")).json()["items"] == [sent.json()]
    assert (await ada.get("thanks", params={"side": "sent"})).json()["items"] == [sent.json()]
    assert (await ada.get("thanks")).json()["items"] == []
    assert is_problem(await cy.get(one), 404)
    assert is_problem(await ada.patch(one, json={"is_shown": True}), 404)
    assert (await bo.patch(one, json={"is_shown": True})).json()["is_shown"] is True
    assert is_problem(await bo.delete(one), 404)
    assert (await ada.delete(one)).json()["note"] == "It was good."
    assert is_problem(await bo.get(one), 404)
    assert (await bo.get("thanks")).json()["items"] == []
