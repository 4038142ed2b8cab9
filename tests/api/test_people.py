"""Profiles by the API: what is not for the caller is empty, and one's own is changed piece by piece."""

import httpx
import pytest

from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import API, is_problem
from tests.world import a_member

pytestmark = pytest.mark.anyio

PAGE = {
    "headline": "Prints letters",
    "about": "By **hand**.",
    "places": ["Berlin"],
    "can_help": ["Printing", "Paper"],
    "links": [{"label": "Press", "url": "https://example.org/"}],
    "is_listed": True,
    "seen_by": {"headline": "public", "can_help": "members", "about": "me", "entry": "members"},
}


async def test_each_sees_of_a_profile_what_is_for_them(
    doors: Doors, program: Program, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada")
    own, other = await program(user=ada), await program()

    written = await own.patch("profile", json=PAGE)

    assert written.status_code == 200, written.text
    assert written.json()["seen_by"]["photo"] == "members"
    assert (await own.get("profile")).json() == written.json()
    mine, theirs = (await own.get("people/ada")).json(), (await other.get("people/ada")).json()
    public = (await visitor.get(f"{API}/people/ada")).json()
    assert [one["headline"] for one in (mine, theirs, public)] == ["Prints letters"] * 3
    assert [one["can_help"] for one in (mine, theirs, public)] == [PAGE["can_help"]] * 2 + [[]]
    assert [bool(one["about_html"]) for one in (mine, theirs, public)] == [True, False, False]
    assert is_problem(await visitor.get(f"{API}/people/nobody"), 404)

    found = await other.get("people", params={"can_help": "printing"})
    assert [one["handle"] for one in found.json()["items"]] == ["ada"]
    assert (await other.get("people", params={"can_help": "x"})).json()["items"] == []
    assert (await visitor.get(f"{API}/people")).json()["items"] == []


async def test_of_two_changes_of_one_version_the_second_is_told(program: Program) -> None:
    member = await program()
    version = (await member.get("profile")).json()["version"]

    first = await member.patch("profile", json={"headline": "One", "version": version})
    second = await member.patch("profile", json={"headline": "Two", "version": version})

    assert first.status_code == 200
    assert is_problem(second, 409)
    assert second.json()["current"] == first.json()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"headline": "x" * 161}, "headline"),
        ({"links": [{"url": "https://a.example/"}, {"url": "javascript:1"}]}, "links.1.url"),
        ({"links": [{"link": "x"}]}, "links.0.url"),
        ({"can_help": ["x", "y" * 41]}, "can_help.1"),
        ({"seen_by": {"about": "enemies"}}, "seen_by.about"),
    ],
)
async def test_what_is_wrong_deep_inside_is_named(
    program: Program, sent: dict[str, object], field: str
) -> None:
    refused = await (await program()).patch("profile", json=sent)

    assert is_problem(refused, 422)
    assert field in [one["field"] for one in refused.json()["errors"]]
