"""A case is given to one of the moderators by name, who finds it, gives it back, or passes it on."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.models import User
from app.discussions.models import CommentStatus
from app.moderation.models import Case
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.test_mod_queue import names_in
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio

ASSIGNMENT = "/mod/comments/1/assignment"


@pytest.fixture
async def people(doors: Doors) -> dict[str, User]:
    """Two moderators and somebody who writes, before two comments that wait."""
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        for name in ("Gwen", "Hal"):
            await a_comment(db, under=post, by=name, status=CommentStatus.PENDING)
        roles = {"Ines": Role.MODERATOR, "Bo": Role.OWNER, "Nora": Role.EDITOR}
        return {name: await a_member(db, name, roles=[role]) for name, role in roles.items()}


@pytest.fixture
async def ines(people: dict[str, User], signed_in: SignedIn) -> httpx.AsyncClient:
    return await signed_in(user=people["Ines"])


@pytest.fixture
async def bo(people: dict[str, User], signed_in: SignedIn) -> httpx.AsyncClient:
    return await signed_in(user=people["Bo"])


async def case_of_first(doors: Doors) -> Case:
    async with doors.reading() as db:
        return (await db.scalars(select(Case).where(Case.item_id == 1))).one()


async def test_what_somebody_was_given_stands_in_their_own_list_and_says_by_whom(
    people: dict[str, User], ines: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    answer = await ines.post(ASSIGNMENT, data={"to": str(people["Bo"].id), "next": "2"})

    assert answer.headers["location"] == "/mod/?done=1#case-1"
    assert "You gave this to Bo" in (await ines.get(answer.headers["location"])).text
    assert names_in(await bo.get("/mod/?claimed=given")) == ["Gwen"]
    assert names_in(await ines.get("/mod/?claimed=given")) == []
    assert names_in(await ines.get("/mod/?claimed=others")) == ["Gwen"]
    assert "given to Bo by Ines" in (await bo.get("/mod/")).text


async def test_what_somebody_took_themselves_was_given_by_nobody(
    people: dict[str, User], ines: httpx.AsyncClient
) -> None:
    await ines.post("/mod/comments/1/claim", data={"back": "/mod/"})
    await ines.post("/mod/comments/2/assignment", data={"to": str(people["Ines"].id)})

    assert names_in(await ines.get("/mod/?claimed=given")) == []
    assert names_in(await ines.get("/mod/?claimed=me")) == ["Gwen", "Hal"]


async def test_the_log_says_who_gave_it_to_whom(
    people: dict[str, User], ines: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    await ines.post(ASSIGNMENT, data={"to": str(people["Bo"].id)})
    await bo.post(ASSIGNMENT, data={"to": "", "held_by": str(people["Bo"].id)})

    log = (await bo.get("/mod/log/")).text

    assert "Ines gave this to Bo" in log
    assert "Bo gave this back to everybody" in log


async def test_the_form_names_moderators_alone_and_chooses_who_has_it(
    people: dict[str, User], ines: httpx.AsyncClient
) -> None:
    await ines.post(ASSIGNMENT, data={"to": str(people["Bo"].id)})

    form = (await ines.get(ASSIGNMENT)).text

    assert re.findall(r'<option value="\d+"( selected)?>(\w+)<', form) == [
        (" selected", "Bo"),
        ("", "Ines"),
    ]
    assert "Bo has it now." in form


async def test_whoever_has_it_gives_it_back_or_decides_and_then_nobody_has_it(
    doors: Doors, people: dict[str, User], ines: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    for deed in ("/mod/comments/1/claim", "/mod/comments/1/approval"):
        await ines.post(ASSIGNMENT, data={"to": str(people["Bo"].id)})
        await bo.post(deed, data={"release": "1"})

        case = await case_of_first(doors)
        assert (case.claimed_by, case.claimed_at, case.assigned_by) == (None, None, None)


async def test_two_who_give_it_away_at_once_do_not_take_it_from_each_other(
    doors: Doors, people: dict[str, User], ines: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    await ines.post(ASSIGNMENT, data={"to": str(people["Ines"].id), "held_by": ""})

    late = await bo.post(ASSIGNMENT, data={"to": str(people["Bo"].id), "held_by": ""})

    assert late.status_code == 409
    assert "Somebody else has this by now." in late.text
    assert "Ines has it now." in late.text
    assert (await case_of_first(doors)).claimed_by == people["Ines"].id


@pytest.mark.parametrize("to", ["Nora", "999999", "-1", "x"])
async def test_nobody_else_can_be_given_anything(
    doors: Doors, people: dict[str, Any], ines: httpx.AsyncClient, to: str
) -> None:
    typed = str(people[to].id) if to in people else to

    answer = await ines.post(ASSIGNMENT, data={"to": typed})

    assert answer.status_code == 422
    assert (await case_of_first(doors)).claimed_by is None


async def test_giving_a_case_away_is_no_decision_that_makes_others_late(
    people: dict[str, User], ines: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    await bo.post("/mod/comments/1/spam", data={"version": "1"})
    await ines.post(ASSIGNMENT, data={"to": str(people["Bo"].id)})

    late = await ines.post("/mod/comments/1/approval", data={"version": "1"})

    assert late.status_code == 409
    assert re.search(r"Bo marked this as spam \d+ s ago", late.text)
    undone = await bo.post("/mod/decisions/1/reversal", data={"back": "/mod/"})
    assert undone.status_code == 303
