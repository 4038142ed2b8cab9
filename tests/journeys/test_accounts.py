"""Signing in with a real browser, without script; and what axe says to it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.work import Doors
from tests.browsers import WIDTHS
from tests.conftest import OpenPage
from tests.journeys.looking import troubles_by_day_and_night
from tests.visiting import Server
from tests.web.signing_in import PASSWORD, SIGN_IN
from tests.world import a_member

pytestmark = pytest.mark.anyio

ADA = "ada@example.org"


async def fill_in(page: Page, password: str = PASSWORD) -> None:
    await page.get_by_label("E-mail").fill(ADA)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def go_wrong(page: Page, url: str) -> None:
    await page.goto(f"{url}{SIGN_IN}")
    await fill_in(page, "wrong")


async def go_in(page: Page, url: str) -> None:
    await page.goto(f"{url}{SIGN_IN}")
    await fill_in(page)


STEPS: dict[str, Callable[[Page, str], Awaitable[Any]]] = {
    "set up": lambda page, url: page.goto(f"{url}/admin/setup"),
    "sign in": lambda page, url: page.goto(f"{url}{SIGN_IN}"),
    "wrong": go_wrong,
    "reset": lambda page, url: page.goto(f"{url}/account/password-reset"),
    "account": go_in,
    "second factor": lambda page, url: page.goto(f"{url}/account/second-factor"),
}


async def test_axe_finds_nothing_around_signing_in(
    server: Server, doors: Doors, open_page: OpenPage
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, email=ADA)
    found = {}
    for width in WIDTHS:
        page = await open_page(f"{server.url}/admin/setup", width=width)
        for name, step in STEPS.items():
            await step(page, server.url)
            overflows = "document.documentElement.scrollWidth > innerWidth"
            found[name, width] = await troubles_by_day_and_night(page)
            assert not await page.evaluate(overflows), (name, width)

    assert {step: rules for step, rules in found.items() if rules} == {}


async def test_without_script_what_was_typed_survives_the_end_of_a_session(
    server: Server, doors: Doors, open_page: OpenPage
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, email=ADA)
    page = await open_page(f"{server.url}{SIGN_IN}", script=False)
    await fill_in(page)
    await expect(page).to_have_url(f"{server.url}/account/")

    await page.get_by_label("Name", exact=True).fill("Ada, Countess of Marlow")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Change the name").click()
    await expect(page.locator("main")).to_contain_text("You are no longer signed in")
    await fill_in(page)
    await page.get_by_role("button", name="Send it now").click()

    await expect(page.locator("h1")).to_have_text("Ada, Countess of Marlow")
    assert page.url.startswith(f"{server.url}/account/?done=name")
    await page.get_by_role("contentinfo").get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url(f"{server.url}/")
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
