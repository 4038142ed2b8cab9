"""The library in a real browser: a file is handed in with and without script; and what axe says to the pages."""

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from app.accounts.actor import Role
from app.resources.models import Access
from app.settings import Settings
from app.work import Doors
from tests.conftest import OpenPage
from tests.resources.lending import a_resource
from tests.visiting import Server
from tests.web.signing_in import PASSWORD, SIGN_IN
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def an_author(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Nora", roles=[Role.AUTHOR], password=PASSWORD, email="nora@example.org")


async def go_in(page: Page, url: str) -> None:
    await page.goto(f"{url}{SIGN_IN}")
    await page.get_by_label("E-mail").fill("nora@example.org")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("script", [True, False])
async def test_a_file_is_handed_in_published_and_fetched(
    server: Server, doors: Doors, open_page: OpenPage, tmp_path: Path, script: bool
) -> None:
    await an_author(doors)
    file = tmp_path / "calendar.txt"
    file.write_bytes(b"a letter a week\n" * 20_000)
    wrong = tmp_path / "calendar.pdf"
    wrong.write_bytes(b"no such thing")
    page = await open_page(server.url, script=script)
    await go_in(page, server.url)

    await page.goto(f"{server.url}/write/resources/new")
    await page.get_by_label("Title").fill("A calendar")
    await page.get_by_label("File", exact=True).set_input_files(wrong)
    await page.get_by_role("button", name="Keep it as a draft").click()
    await expect(page.get_by_text("This needs another look")).to_be_visible()
    # What was typed is still there; the file alone has to be chosen again.
    await expect(page.get_by_label("Title")).to_have_value("A calendar")
    await page.get_by_label("File", exact=True).set_input_files(file)
    await page.get_by_role("button", name="Keep it as a draft").click()
    await expect(page.get_by_text("It is here, as a draft")).to_be_visible()
    await page.get_by_role("button", name="Publish it").click()
    await page.get_by_role("link", name="Look at its page").click()
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="Download", exact=True).click()

    fetched = tmp_path / "fetched"
    await (await begun.value).save_as(fetched)
    assert fetched.read_bytes() == file.read_bytes()


async def test_axe_finds_nothing_in_the_library(
    server: Server, doors: Doors, settings: Settings, open_page: OpenPage
) -> None:
    await an_author(doors)
    await a_resource(doors, settings, tags="letters", description="A *year* of it.", licence="CC0")
    await a_resource(doors, settings, "By address", access=Access.ADDRESS)
    await a_resource(doors, settings, "A letter", letter="Dear [[Name]],\n\nthank you.")
    paths = (
        "/resources/", "/resources/a-calendar-of-letters/", "/resources/by-address/", "/resources/a-letter/",
        "/write/resources/", "/write/resources/new", "/write/resources/new?kind=letter",
    )  # fmt: skip
    found = {}
    for width, scheme in ((360, "light"), (1280, "dark")):
        page = await open_page(server.url, width=width, scheme=scheme)
        await go_in(page, server.url)
        for path in paths:
            await page.goto(server.url + path)
            result = await Axe().run(page)
            if violations := [one["id"] for one in result.response["violations"]]:
                found[path, width, scheme] = violations
            wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, (path, width)

    assert found == {}
