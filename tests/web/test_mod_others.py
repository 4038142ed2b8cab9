"""Rows of the queue that are no comments come back one by one to script, as those of comments do."""

import re

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.moderation.models import Case
from app.moderation.report_models import Report
from app.work import Doors
from tests.conftest import SignedIn
from tests.groups.building import a_place
from tests.groups.test_requests_in_queue import QUESTIONS, asks
from tests.world import a_member

pytestmark = pytest.mark.anyio

REPORTED = "/mod/?tab=reported"
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
async def reported(doors: Doors, visitor: httpx.AsyncClient) -> list[int]:
    """The cases of two members whom a visitor has reported."""
    async with doors.unit_of_work() as db:
        people = [(await a_member(db, name)).id for name in ("Ada", "Bo")]
    for number in people:
        form = {"kind": "profile", "id": str(number), "reason": "advert", "note": ""}
        assert (await visitor.post("/report/", data=form)).status_code == 303
    async with doors.reading() as db:
        return list(await db.scalars(select(Case.id).order_by(Case.id)))


async def states(doors: Doors) -> list[str]:
    async with doors.reading() as db:
        return [str(one) for one in await db.scalars(select(Report.state).order_by(Report.id))]


@pytest.mark.parametrize(
    ("noun", "says", "state"),
    [
        ("approval", "dismissed the reports of this", "dismissed"),
        ("removal", "agreed with the reports of this", "upheld"),
    ],
)
async def test_a_row_folds_in_its_place_and_its_undo_brings_it_back(
    doors: Doors, signed_in: SignedIn, reported: list[int], noun: str, says: str, state: str
) -> None:
    client = await signed_in(Role.MODERATOR)
    form = {"version": "1", "back": REPORTED, "next": f"c{reported[1]}"}
    part = await client.post(f"/mod/cases/{reported[0]}/{noun}", data=form, headers=SCRIPT)

    assert part.status_code == 200
    assert f'id="case-c{reported[0]}"' in part.text
    assert "data-folded" in part.text
    assert says in part.text
    assert "<html" not in part.text
    assert 'id="tabs"' in part.text
    assert (await states(doors))[0] == state
    undo = re.search(r'id="bar".*?hx-post="([^"]+)" hx-target="#case-c(\d+)"', part.text, re.S)
    assert undo is not None
    assert int(undo[2]) == reported[0]

    back = await client.post(
        undo[1], data={"back": REPORTED, "case": str(reported[0])}, headers=SCRIPT
    )
    assert back.status_code == 200
    assert f'id="case-c{reported[0]}"' in back.text
    assert "data-folded" not in back.text
    assert (await states(doors)) == ["open", "open"]


async def test_without_script_whoever_decides_goes_on_at_the_next_row_whatever_that_is(
    doors: Doors, signed_in: SignedIn, reported: list[int]
) -> None:
    client = await signed_in(Role.MODERATOR)
    queue = (await client.get(REPORTED)).text
    # The newest stands first.
    assert re.findall(r'name="next" value="([^"]*)"', queue) == [f"c{reported[0]}", ""]

    form = {"back": REPORTED, "next": f"c{reported[0]}"}
    done = await client.post(f"/mod/cases/{reported[1]}/approval", data=form)
    assert done.status_code == 303
    assert done.headers["location"].endswith(f"#case-c{reported[0]}")

    decision = re.search(r"done=(\d+)", done.headers["location"])
    assert decision is not None
    undo = f"/mod/decisions/{decision[1]}/reversal"
    back = await client.post(undo, data={"back": REPORTED, "case": str(reported[1])})
    assert back.headers["location"].endswith(f"#case-c{reported[1]}")
    odd = await client.post(
        f"/mod/cases/{reported[1]}/approval", data={"back": REPORTED, "next": 'x"><b'}
    )
    assert "#" not in odd.headers["location"]


async def test_the_slower_of_two_finds_in_the_row_what_was_decided(
    doors: Doors, signed_in: SignedIn, reported: list[int]
) -> None:
    first, second = await signed_in(Role.MODERATOR), await signed_in(Role.OWNER)
    here, form = f"/mod/cases/{reported[0]}/", {"version": "1", "back": REPORTED}
    done = await first.post(f"{here}removal", data=form, headers=SCRIPT)
    late = await second.post(f"{here}approval", data=form, headers=SCRIPT)

    assert late.status_code == 409
    assert "<html" not in late.text
    assert "agreed with the reports of this" in late.text
    await second.post(f"{here}claim", data={"back": REPORTED})
    undo = re.search(r'action="(/mod/decisions/\d+/reversal)"', done.text)
    assert undo is not None
    await first.post(undo[1], data={"back": REPORTED})
    again = await first.post(
        undo[1], data={"back": REPORTED, "case": str(reported[0])}, headers=SCRIPT
    )
    assert again.status_code == 409
    assert f'id="case-c{reported[0]}"' in again.text


async def test_a_claim_comes_back_in_its_row(signed_in: SignedIn, reported: list[int]) -> None:
    client = await signed_in(Role.MODERATOR)
    form = {"back": REPORTED, "release": ""}
    part = await client.post(f"/mod/cases/{reported[0]}/claim", data=form, headers=SCRIPT)

    assert part.status_code == 200
    assert "claimed by" in part.text
    assert "<html" not in part.text


async def test_who_asked_to_join_folds_without_an_undo_and_the_second_is_told_in_the_row(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in, **QUESTIONS)
    _client, _nell, case = await asks(doors, signed_in, place)
    here = f"/mod/cases/{case}/approval"
    part = await place.owner.post(here, data={"back": "/mod/"}, headers=SCRIPT)

    assert part.status_code == 200
    assert f'id="case-c{case}"' in part.text
    assert "data-folded" in part.text
    assert "Nell" in part.text
    assert "Undo" not in part.text
    again = await place.owner.post(here, data={"back": "/mod/"}, headers=SCRIPT)
    assert again.status_code == 404
    assert f'id="case-c{case}"' in again.text
    assert "Somebody may have answered it already" in again.text
