"""Asks, promises and introductions by the API: moved as on their pages, and told to nobody else."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.accounts.models import User
from app.core import clock
from app.groups.profiles.models import Badge, Profile
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import is_problem
from tests.conftest import RunJobs
from tests.groups.building import a_group, a_membership
from tests.networking.introductions.meeting import WORDS, three_in
from tests.world import a_member

pytestmark = pytest.mark.anyio

DAY = (clock.now() + timedelta(days=9)).date().isoformat()


async def two(doors: Doors, program: Program) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """Ada's program and Max's."""
    async with doors.unit_of_work() as db:
        people: list[User] = [await a_member(db, name) for name in ("Ada", "Max")]
    return await program(user=people[0]), await program(user=people[1])


async def test_a_promise_is_offered_accepted_done_and_kept(doors: Doors, program: Program) -> None:
    ada, max_ = await two(doors, program)

    offered = await ada.post("promises", json={"to": "max", "text": "A card.", "due": DAY})
    assert (offered.status_code, offered.json()["state"]) == (201, "offered")
    here = f"promises/{offered.json()['id']}"
    assert offered.json()["may"] == ["take back"]
    early = await ada.post(f"{here}/steps", json={"act": "say done"})
    assert is_problem(early, 409)
    assert early.json()["current"] == offered.json()

    for client, act, state in (
        (max_, "accept", "open"), (ada, "say done", "done"), (max_, "confirm", "kept"),
    ):  # fmt: skip
        moved = await client.post(f"{here}/steps", json={"act": act})
        assert (moved.status_code, moved.json()["state"]) == (201, state), moved.text
    assert [one["act"] for one in moved.json()["steps"]] == ["accept", "say done", "confirm"]
    [line] = (await ada.get("promises", params={"which": "closed"})).json()["items"]
    assert (line["id"], line["part"]) == (offered.json()["id"], "promiser")
    assert (await ada.get("promises", params={"which": "owed"})).json()["items"] == []
    assert is_problem(await (await program()).get(here), 404)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"to": "nobody"}, "to"), ({"to": "ada"}, "to"), ({"comment_id": 999}, "comment_id"),
        ({"introduction_id": 999}, "introduction_id"),
        ({"to": "max", "due": "2001-01-01"}, "due"), ({"to": "max", "comment_id": 1}, "to"),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_a_promise_is_named(
    doors: Doors, program: Program, sent: dict[str, Any], field: str
) -> None:
    ada, _max = await two(doors, program)

    refused = await ada.post("promises", json={"text": "A card.", "due": DAY, **sent})

    assert is_problem(refused, 422)
    assert refused.json()["errors"][0]["field"] == field


async def test_an_ask_is_answered_agreed_to_and_met(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        olga, mika = await a_member(db, "Olga"), await a_member(db, "Mika")
        group = await a_group(db, by=olga)
        await a_membership(db, group, mika)
    asks, helps = await program(user=olga), await program(user=mika)
    sent = {"title": "Who prints?", "text": "Me.", "help": "skill", "needed_by": DAY}
    ask = await asks.post(f"groups/{group.slug}/asks", json=sent)
    here = f"groups/{group.slug}/topics/{ask.json()['id']}"

    said = {"way": "help", "words": "I print it.", "due_on": DAY}
    answer = await helps.post(f"{here}/helpings", json=said)
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    wrong = await helps.post(f"{here}/helpings", json={**said, "way": "wish"})
    assert [one["field"] for one in wrong.json()["errors"]] == ["way"]
    moves = f"{here}/helpings/{answer.json()['id']}/moves"
    agreed = await asks.post(moves, json={"act": "accept"})
    assert agreed.json()["state"] == "promised"
    assert is_problem(await helps.post(moves, json={"act": "take back"}), 409)
    [promise] = (await helps.get("promises", params={"which": "owed"})).json()["items"]
    assert promise["text"] == "I print it."
    nobody = await asks.post(f"{here}/outcome", json={"met": True, "helping_id": 999})
    assert [one["field"] for one in nobody.json()["errors"]] == ["helping_id"]
    met = await asks.post(
        f"{here}/outcome", json={"met": True, "helping_id": answer.json()["id"], "note": "Good."}
    )
    assert (met.json()["help"]["state"], met.json()["help"]["outcome"]) == ("met", "Good.")


async def test_of_a_no_whoever_asked_learns_no_more_than_of_silence(
    doors: Doors, program: Program
) -> None:
    three = await three_in(doors)
    ada, bo, cy = [await program(user=one) for one in (three.ada, three.bo, three.cy)]
    sent = {"connector": three.bo.slug, "to": three.cy.slug, **WORDS}

    asked = await ada.post("introductions", json=sent)
    assert (asked.status_code, asked.json()["tone"]) == (201, "waits")
    here = f"introductions/{asked.json()['id']}"
    assert is_problem(await cy.get(here), 404)
    assert (await bo.get(here)).json()["may"] == ["pass on", "decline"]
    passed = await bo.post(f"{here}/steps", json={"act": "pass on", "note": "Do meet."})
    assert passed.json()["tone"] == "waits"
    assert (await cy.get(here)).json()["note"] == "Do meet."
    before = (await ada.get(here)).json()
    refused = await cy.post(f"{here}/steps", json={"act": "decline", "note": "Too shy."})

    assert refused.json()["tone"] == "over"
    assert (await ada.get(here)).json() == before
    assert (await bo.get(here)).json()["word_to_connector"] == "Too shy."
    late = await cy.post(f"{here}/steps", json={"act": "accept"})
    assert is_problem(late, 409)


async def test_who_is_asked_reads_the_badge_of_who_asks_and_no_other(
    doors: Doors, program: Program
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        for user in (three.ada, three.cy):
            db.add(Profile(user_id=user.id, badge=Badge.RECRUITER))
    ada, bo, cy = [await program(user=one) for one in (three.ada, three.bo, three.cy)]

    await ada.post("introductions", json={"connector": "bo-carter", "to": "dee-evans", **WORDS})
    both = {"first": three.ada.slug, "second": three.cy.slug}
    notes = {"note_to_first": "One.", "note_to_second": "Two."}
    await bo.post("introductions/offers", json=both | notes)

    listed = (await bo.get("introductions")).json()["items"]
    assert [(one["is_offered"], one["badge"]) for one in listed] == [
        (True, ""),
        (False, "recruiter"),
    ]
    assert (await bo.get(f"introductions/{listed[1]['id']}")).json()["badge"] == "recruiter"
    assert (await cy.get(f"introductions/{listed[0]['id']}")).json()["badge"] == ""


async def test_two_people_are_introduced_when_both_say_yes(doors: Doors, program: Program) -> None:
    three = await three_in(doors)
    ada, bo, cy = [await program(user=one) for one in (three.ada, three.bo, three.cy)]
    sent = {"first": three.ada.slug, "second": three.cy.slug}
    sent |= {"note_to_first": "One.", "note_to_second": "Two."}

    offered = await bo.post("introductions/offers", json=sent)
    here = f"introductions/{offered.json()['id']}"
    await ada.post(f"{here}/steps", json={"act": "accept"})

    # Who of the two has answered is for them to tell.
    assert (await bo.get(here)).json()["says"] == offered.json()["says"]
    assert ((await ada.get(here)).json()["note"], (await cy.get(here)).json()["note"]) == ("One.", "Two.")  # fmt: skip
    yes = await cy.post(f"{here}/steps", json={"act": "accept"})
    assert yes.json()["tone"] == "met"
    same = await bo.post("introductions/offers", json={**sent, "second": three.ada.slug})
    assert [one["field"] for one in same.json()["errors"]] == ["second"]


async def test_an_ask_is_passed_on_to_a_member_who_finds_it_in_their_inbox(
    doors: Doors, program: Program, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        gwen, max_, ada = [await a_member(db, name) for name in ("Gwen", "Max", "Ada")]
        group = await a_group(db, "Letters", by=gwen)
        for one in (max_, ada):
            await a_membership(db, group, one)
    asker, teller, told = [await program(user=one) for one in (max_, ada, gwen)]
    asked = {"title": "Who prints?", "text": "Me.", "help": "skill", "needed_by": DAY}
    ask = (await asker.post(f"groups/{group.slug}/asks", json=asked)).json()
    here = f"groups/{group.slug}/topics/{ask['id']}/passings"

    passed = await teller.post(here, json={"to": gwen.slug})
    again = await teller.post(here, json={"to": gwen.slug})

    assert (passed.status_code, passed.json()) == (201, {"to": gwen.slug})
    assert again.json() == passed.json()
    assert is_problem(await asker.post(here, json={"to": "nobody"}), 422)
    assert is_problem(await (await program()).post(here, json={"to": gwen.slug}), 403)
    await run_jobs()
    kinds = [one["kind"] for one in (await told.get("notices")).json()["items"]]
    assert kinds.count("passed-on") == 1
