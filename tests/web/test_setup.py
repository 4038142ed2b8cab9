"""The first owner of a site that belongs to nobody."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from app.accounts.actions import change_roles
from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.queries import people
from app.accounts.set_up import offer_set_up
from app.work import Doors
from tests.visiting import visiting
from tests.web.signing_in import is_signed_in
from tests.world import a_member

pytestmark = pytest.mark.anyio

FORM = {"name": "Ada", "email": "ada@example.org", "new_password": "correct horse battery"}


def at_the_machine(application: ASGIApp, client: str = "127.0.0.1") -> httpx.AsyncClient:
    browser = visiting(application, client=(client, 4711))
    browser.base_url = httpx.URL("http://localhost:8000")
    return browser


async def set_up(client: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await client.post("/admin/setup", data=FORM | fields)


async def test_whoever_sits_at_the_machine_becomes_the_owner(
    application: ASGIApp, doors: Doors
) -> None:
    async with at_the_machine(application) as client:
        form = await client.get("/admin/setup")
        answer = await set_up(client)
        page = await client.get("/account/")
        later = [await client.get("/admin/setup"), await set_up(client, email="x@example.org")]

    assert 'name="code"' not in form.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/start/")
    assert "owner" in page.text
    assert [one.status_code for one in later] == [404, 404]
    async with doors.reading() as db:
        assert [(user.email, user.roles) for user in await people(db)] == [
            ("ada@example.org", ["owner"])
        ]


async def test_from_elsewhere_it_takes_the_code_that_was_printed(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        code = await offer_set_up(db)

    form = await visitor.get("/admin/setup", params={"code": code or ""})
    without = await set_up(visitor)
    wrong = await set_up(visitor, code="guessed")
    right = await set_up(visitor, code=code)

    assert f'value="{code}"' in form.text
    assert [one.status_code for one in (without, wrong, right)] == [403, 403, 303]
    assert "ada@example.org" in wrong.text, "what was typed is kept"
    assert is_signed_in(visitor)


@pytest.mark.parametrize(
    ("client", "host", "headers"),
    [
        ("203.0.113.9", "localhost", {}),
        ("127.0.0.1", "blog.example", {}),
        ("127.0.0.1", "localhost", {"X-Forwarded-For": "203.0.113.9"}),
        ("127.0.0.1", "localhost", {"Forwarded": "for=203.0.113.9"}),
    ],
)
async def test_a_proxy_on_this_machine_is_not_somebody_at_it(
    application: ASGIApp, client: str, host: str, headers: dict[str, str]
) -> None:
    async with at_the_machine(application, client) as browser:
        browser.base_url = httpx.URL(f"http://{host}")
        browser.headers.update(headers)

        assert (await set_up(browser)).status_code == 403


async def test_of_several_at_once_one_becomes_the_owner(application: ASGIApp, doors: Doors) -> None:
    async with at_the_machine(application) as client:
        answers = await asyncio.gather(
            *(set_up(client, email=f"{number}@example.org") for number in range(4))
        )

    assert sorted(answer.status_code for answer in answers)[0] == 303
    assert {answer.status_code for answer in answers[1:]} <= {303, 404, 410}
    async with doors.reading() as db:
        assert [user.roles for user in await people(db)] == [["owner"]]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"new_password": "ninechars"}, "At least 10 characters"),
        ({"email": "nowhere"}, "no e-mail address"),
        ({"name": " "}, "A name has 1 to 80"),
        ({"name": ""}, "Please fill this in"),
    ],
)
async def test_a_form_with_a_mistake_comes_back_as_it_was_typed(
    application: ASGIApp, fields: dict[str, str], says: str
) -> None:
    async with at_the_machine(application) as client:
        answer = await set_up(client, **{"email": "ada@example.org", **fields})

    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="ada@example.org"' in answer.text or "nowhere" in answer.text
    assert FORM["new_password"] not in answer.text


async def test_of_two_owners_who_demote_each_other_at_once_one_stays(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        owners = [await a_member(db, name, roles=[Role.OWNER]) for name in ("Ada", "Bob")]

    async def demote(user_id: int) -> None:
        async with doors.unit_of_work() as db:
            await change_roles(db, OWNER_AT_THE_MACHINE, user_id, remove=[Role.OWNER])
            await asyncio.sleep(0.01)

    done = await asyncio.gather(*(demote(owner.id) for owner in owners), return_exceptions=True)

    assert sum(isinstance(one, Exception) for one in done) == 1
    async with doors.reading() as db:
        assert sorted(len(user.roles) for user in await people(db)) == [0, 1]
