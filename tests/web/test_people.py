"""Owners see who has which role, and give and take roles; nobody is left without an owner."""

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.models import AuditEntry, User
from app.accounts.queries import get_user
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.signing_in import PASSWORD
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture
async def owner(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """The only owner, number 1, beside a moderator, number 2, and a member, number 3."""
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", roles=[Role.OWNER], password=PASSWORD)
        await a_member(db, "Mo", roles=[Role.MODERATOR, Role.AUTHOR])
        await a_member(db, "Tom", email="tom@example.org")
    return await signed_in(user=ines)


async def roles_of(doors: Doors, user_id: int) -> list[str]:
    async with doors.reading() as db:
        return (await get_user(db, user_id)).roles


async def test_the_list_names_everybody_with_a_role_and_nobody_without(
    owner: httpx.AsyncClient,
) -> None:
    page = (await owner.get("/admin/people/")).text

    assert "Ines</bdi></strong> – you · owner" in page
    assert "Mo</bdi></strong> · author, moderator" in page
    assert "Tom" not in page
    assert "/admin/people/" in (await owner.get("/account/")).text


async def test_anybody_with_an_account_is_found_by_address(owner: httpx.AsyncClient) -> None:
    found = await owner.get("/admin/people/", params={"who": " Tom@example.org "})
    lost = await owner.get("/admin/people/", params={"who": "nobody@example.org"})

    assert (found.status_code, found.headers["location"]) == (303, "/admin/people/3/")
    assert "Nobody with an account has this address or login." in lost.text
    assert 'value="nobody@example.org"' in lost.text


async def test_people_are_found_by_a_part_of_their_name_and_all_are_listed_page_by_page(
    doors: Doors, owner: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        for number in range(60):
            await a_member(db, f"Member {number}")

    found = (await owner.get("/admin/people/", params={"who": "MEMBER 5"})).text
    first = (await owner.get("/admin/people/?show=all")).text
    second = (await owner.get("/admin/people/?show=all&before=14")).text

    link = 'aria-label="Change the roles of'
    assert (found.count(link), first.count(link), second.count(link)) == (11, 50, 13)
    assert "show=all&amp;before=14" in first
    assert "Tom" in second
    assert (await owner.get("/admin/people/", params={"who": "%"})).text.count(link) == 0


async def test_roles_are_given_and_taken_for_the_next_request_and_written_down(
    doors: Doors, owner: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    async with doors.reading() as db:
        mo, tom = await get_user(db, 2), await get_user(db, 3)
    his, hers = await signed_in(user=tom), await signed_in(user=mo)

    given = await owner.post("/admin/people/3/roles", data={"moderator": "1", "password": PASSWORD})
    await owner.post("/admin/people/2/roles", data={"editor": "1", "password": PASSWORD})

    assert (given.status_code, given.headers["location"]) == (303, "/admin/people/?done=roles")
    assert "The roles are changed." in (await owner.get(given.headers["location"])).text
    assert (await his.get("/mod/")).status_code == 200
    assert (await hers.get("/mod/")).status_code == 403
    async with doors.reading() as db:
        entries = (
            await db.scalars(
                select(AuditEntry).where(AuditEntry.what == "roles changed").order_by(AuditEntry.id)
            )
        ).all()
    assert [(e.user_id, e.thing, e.before, e.after) for e in entries] == [
        (1, "user:3", {"roles": []}, {"roles": ["moderator"]}),
        (1, "user:2", {"roles": ["author", "moderator"]}, {"roles": ["editor"]}),
    ]


@pytest.mark.parametrize("password", ["", "wrong"])
async def test_whoever_only_found_an_open_browser_changes_nothing(
    doors: Doors, owner: httpx.AsyncClient, password: str
) -> None:
    answer = await owner.post("/admin/people/3/roles", data={"owner": "1", "password": password})

    assert answer.status_code == 422
    assert 'id="owner" name="owner" value="1" checked' in answer.text
    assert await roles_of(doors, 3) == []


async def test_the_last_owner_stays_one(doors: Doors, owner: httpx.AsyncClient) -> None:
    answer = await owner.post("/admin/people/1/roles", data={"author": "1", "password": PASSWORD})

    assert answer.status_code == 409
    assert "The last owner stays one. Make somebody else an owner first." in answer.text
    assert await roles_of(doors, 1) == ["owner"]


async def test_one_of_two_owners_can_give_it_up(doors: Doors, owner: httpx.AsyncClient) -> None:
    await owner.post("/admin/people/3/roles", data={"owner": "1", "password": PASSWORD})

    answer = await owner.post("/admin/people/1/roles", data={"password": PASSWORD})

    assert answer.headers["location"] == "/account/?done=roles"
    assert (await owner.get("/admin/people/")).status_code == 403
    async with doors.reading() as db:
        users = await db.scalars(select(User.roles).order_by(User.id))
        assert list(users) == [[], ["author", "moderator"], ["owner"]]


async def test_nobody_who_is_not_there_gets_a_role(owner: httpx.AsyncClient) -> None:
    data = {"author": "1", "password": PASSWORD}

    assert (await owner.get("/admin/people/99/")).status_code == 404
    assert (await owner.post("/admin/people/99/roles", data=data)).status_code == 404
