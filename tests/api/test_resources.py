"""Resources by the API: handed in as drafts, changed, published and retired by those whose they are."""

import pytest

from app.accounts.actor import Role
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import is_problem
from tests.world import a_member, the_site

pytestmark = pytest.mark.anyio

ABOUT = {
    "title": "A calendar",
    "licence": "CC BY 4.0",
    "access": "everyone",
    "tags": "letters, year",
}
FILE = {"file": ("calendar.txt", b"One letter a week.\n", "text/plain")}


@pytest.fixture(autouse=True)
async def site(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db)


async def test_a_file_from_its_first_draft_to_its_end(program: Program) -> None:
    author, reader = await program(Role.AUTHOR), await program()

    made = await author.post("resources", data=ABOUT, files=FILE)
    assert made.status_code == 201, made.text
    here = f"resources/{made.json()['slug']}"
    assert (made.json()["status"], made.json()["tags"]) == ("draft", ["letters", "year"])
    assert is_problem(await reader.get(here), 404)

    published = await author.post(f"{here}/publication")
    assert published.json()["status"] == "published"
    assert (await reader.get(here)).json()["title"] == "A calendar"
    assert is_problem(await author.post(f"{here}/publication"), 409)

    changed = await author.patch(here, json={"title": "A better one"})
    assert (changed.json()["title"], changed.json()["licence"]) == ("A better one", "CC BY 4.0")
    late = await author.patch(here, json={"title": "Mine", "revision": made.json()["revision"]})
    assert is_problem(late, 409)
    assert late.json()["current"]["title"] == "A better one"

    newer = await author.post(
        f"{here}/versions",
        files={"file": ("calendar.txt", b"Two a week.\n")},
        data={"note": "More"},
    )
    assert (newer.status_code, newer.json()["version"]) == (201, 2)
    versions = (await reader.get(f"{here}/versions")).json()["items"]
    assert [(one["number"], one["note"]) for one in versions] == [(2, "More"), (1, "")]
    gone = await author.post(f"{here}/retirement", json={"note": "Out of date."})
    assert gone.json()["status"] == "retired"
    answer = await reader.get(here)
    assert is_problem(answer, 410)
    assert answer.json()["detail"] == "Out of date."


async def test_others_are_answered_as_on_the_desk(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", roles=[Role.AUTHOR])
    author, other = await program(user=ada), await program(Role.AUTHOR)
    editor, member = await program(Role.EDITOR), await program()
    draft = (await author.post("resources", data=ABOUT, files=FILE)).json()["slug"]

    assert is_problem(await member.post("resources", data=ABOUT, files=FILE), 403)
    for what, sent in (("", {"title": "x"}), ("/publication", None), ("/retirement", {"note": ""})):
        method = "PATCH" if not what else "POST"
        hidden = await other.request(method, f"resources/{draft}{what}", json=sent)
        nowhere = await other.request(method, f"resources/nowhere{what}", json=sent)
        assert is_problem(nowhere, 404)
        assert hidden.content == nowhere.content
    assert is_problem(await other.post(f"resources/{draft}/versions", files=FILE), 404)
    await author.post(f"resources/{draft}/publication")
    assert is_problem(await other.patch(f"resources/{draft}", json={"title": "x"}), 404)
    assert (await editor.patch(f"resources/{draft}", json={"title": "x"})).status_code == 200


async def test_its_address_may_be_in_any_letters(program: Program) -> None:
    author = await program(Role.AUTHOR)

    made = await author.post("resources", data={"title": "십년"}, files=FILE)

    assert (await author.get(made.headers["Location"])).json()["slug"] == "십년"


async def test_with_a_key_it_is_handed_in_once(program: Program) -> None:
    author = await program(Role.AUTHOR)
    key = {"Idempotency-Key": "one"}

    first = await author.post("resources", data=ABOUT, files=FILE, headers=key)
    again = await author.post("resources", data=ABOUT, files=FILE, headers=key)
    other = await author.post("resources", data={**ABOUT, "title": "x"}, files=FILE, headers=key)

    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert is_problem(other, 422)


@pytest.mark.parametrize(
    ("about", "file", "field"),
    [
        ({"title": ""}, FILE["file"], "title"),
        ({"access": "all"}, FILE["file"], "access"),
        ({"access": "group"}, FILE["file"], "access"),
        ({"tags": "x" * 41}, FILE["file"], "tags"),
        ({"note": "x" * 501}, FILE["file"], "note"),
        ({}, ("calendar.txt", b"<html>\x00", "text/plain"), ""),
        ({}, None, "file"),
    ],
)
async def test_what_is_wrong_is_named(
    program: Program, about: dict[str, str], file: object, field: str
) -> None:
    author = await program(Role.AUTHOR)

    refused = await author.post(
        "resources",
        data={**ABOUT, **about},
        files={"file": file} if file else {"x": b""},  # type: ignore[dict-item]
    )

    assert is_problem(refused, 422), refused.text
    if field:
        assert field in [one["field"] for one in refused.json()["errors"]]
