"""A text is looked over, and what became of asking other sites for its links comes by itself."""

import pytest
from playwright.async_api import expect

from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.writers import an_author, at_the_desk, until_saved, write
from tests.visiting import Server

pytestmark = pytest.mark.anyio


async def test_what_came_of_asking_comes_by_itself(
    server: Server, doors: Doors, open_page: OpenPage
) -> None:
    page = await at_the_desk(open_page, server.url, await an_author(doors))
    await write(page, "[Roses](http://roses.invalid/red/)")
    await until_saved(page)
    await page.reload()
    await page.locator("#panel-check summary").click()

    await page.get_by_role("button", name="Look it over").click()

    findings = page.locator("#editor-findings")
    await expect(findings).to_contain_text("can't be reached at the moment")
    await expect(findings).to_contain_text("http://roses.invalid/red/")
