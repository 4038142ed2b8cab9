"""The page of application passwords: made and shown once, listed, revoked; without script."""

import httpx
import pytest

from app.accounts.actor import Role
from app.accounts.application_passwords import application_passwords_of, find_program, note_use
from app.accounts.models import User
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.signing_in import PASSWORD
from tests.world import a_member

pytestmark = pytest.mark.anyio

PAGE = "/account/application-passwords"


async def ada_of(doors: Doors) -> User:
    async with doors.unit_of_work() as db:
        return await a_member(db, "Ada", password=PASSWORD, roles=[Role.AUTHOR])


async def make(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post(PAGE, data={"name": name, "password": password})


def shown_in(page: str) -> str:
    return page.partition('account__secret">')[2].partition("<")[0]


async def test_one_is_made_shown_once_listed_and_revoked(doors: Doors, signed_in: SignedIn) -> None:
    ada = await ada_of(doors)
    here = await signed_in(user=ada)
    assert PAGE in (await here.get("/account/")).text

    answer = await make(here, "MarsEdit <home>")

    made = shown_in(answer.text)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    async with doors.unit_of_work() as db:
        program = await find_program(db, ada.email, made)
        assert program is not None
    listed = (await here.get(PAGE)).text
    assert "MarsEdit &lt;home&gt;" in listed
    assert "never used" in listed
    assert made not in listed

    async with doors.unit_of_work() as db:
        await note_use(db, program.password_id)
    assert "last used" in (await here.get(PAGE)).text

    gone = await here.post(f"{PAGE}/{program.password_id}/revocation")
    assert gone.status_code == 303
    assert "is revoked" in (await here.get(gone.headers["location"])).text
    async with doors.reading() as db:
        assert await application_passwords_of(db, ada.id) == []


async def test_who_sits_at_an_open_browser_needs_the_password_to_make_one(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await ada_of(doors)
    here = await signed_in(user=ada)

    wrong = await make(here, "Mine <now>", "not it")
    nameless = await make(here, "")
    blank = await make(here, " ")

    assert [wrong.status_code, nameless.status_code, blank.status_code] == [422] * 3
    assert "not your password" in wrong.text
    assert 'value="Mine &lt;now&gt;"' in wrong.text
    async with doors.reading() as db:
        assert await application_passwords_of(db, ada.id) == []


async def test_a_member_has_no_use_for_one(signed_in: SignedIn) -> None:
    member = await signed_in()

    assert PAGE not in (await member.get("/account/")).text
    assert (await member.get(PAGE)).status_code == 403
