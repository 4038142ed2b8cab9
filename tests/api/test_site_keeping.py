"""What owners see to by the API: old addresses that lead on, and the log of who changed what."""

import httpx
import pytest

from app.accounts.actor import Role
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import is_problem
from tests.world import a_member, a_post, the_site

pytestmark = pytest.mark.anyio


async def test_an_old_address_leads_on_until_it_is_taken_away(
    doors: Doors, program: Program, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db)
        post = await a_post(db)
    owner, here = await program(Role.OWNER), post.path or ""

    made = await owner.post("redirects", json={"path": "/old-letters", "target": here})
    gone = await owner.post("redirects", json={"path": "/gone-letters/"})

    assert (made.status_code, made.json()["path"]) == (201, "/old-letters/")
    assert (made.json()["target"], gone.json()["target"]) == (here, "")
    led = await visitor.get("/old-letters/")
    assert (led.status_code, led.headers["location"]) == (301, here)
    assert (await visitor.get("/gone-letters/")).status_code == 410
    again = await owner.post("redirects", json={"path": "/old-letters/", "target": "/"})
    assert is_problem(again, 409)
    found = await owner.get("redirects", params={"words": "old", "source": "manual"})
    assert [one["id"] for one in found.json()["items"]] == [made.json()["id"]]
    first = await owner.get("redirects", params={"limit": 1})
    rest = await owner.get(first.links["next"]["url"])
    assert [one["path"] for p in (first, rest) for one in p.json()["items"]] == [
        "/gone-letters/", "/old-letters/",
    ]  # fmt: skip

    was = await owner.delete(f"redirects/{made.json()['id']}")

    assert was.json()["path"] == "/old-letters/"
    assert (await visitor.get("/old-letters/")).status_code == 404
    assert is_problem(await owner.delete(f"redirects/{made.json()['id']}"), 404)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"path": "/a/", "target": "/a/"}, "target"), ({"path": "/a/", "target": "b"}, "target"),
        ({"path": "a/", "target": "/b/"}, "path"), ({"path": "/mod/", "target": "/b/"}, "path"),
        ({"path": "", "target": "/b/"}, "path"), ({"path": "/a/?b=1", "target": "/b/"}, "path"),
    ],
)  # fmt: skip
async def test_what_cannot_lead_on_is_named(
    doors: Doors, program: Program, sent: dict[str, str], field: str
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db)
    owner = await program(Role.OWNER)

    refused = await owner.post("redirects", json=sent)

    assert is_problem(refused, 422)
    assert [one["field"] for one in refused.json()["errors"]] == [field]
    assert (await owner.get("redirects")).json()["items"] == []


async def test_owners_read_who_changed_what_and_moderators_what_they_did(
    doors: Doors, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db)
        olga = await a_member(db, "Olga", roles=[Role.OWNER])
    owner, moderator = await program(user=olga), await program(Role.MODERATOR)
    await owner.post("redirects", json={"path": "/old/", "target": "/new/"})
    await owner.post("redirects", json={"path": "/older/"})

    what = {"what": "redirect made"}
    entries = (await owner.get("audit", params=what)).json()["items"]
    first = await owner.get("audit", params={**what, "limit": 1})

    assert [(one["by"], one["thing"]) for one in entries] == [
        ("Olga", "redirect:/older/"), ("Olga", "redirect:/old/"),
    ]  # fmt: skip
    assert entries[1]["after"] == {"to": "/new/"}
    rest = await owner.get(first.links["next"]["url"])
    assert rest.json()["items"] == entries[1:]
    until = {**what, "until": "2001-01-01T00:00:00Z"}
    assert (await owner.get("audit", params=until)).json()["items"] == []
    assert (await moderator.get("audit", params=what)).json()["items"] == []
    assert is_problem(await (await program(Role.EDITOR)).get("audit"), 403)
    assert is_problem(await owner.get("audit", params={"since": "yesterday"}), 422)
