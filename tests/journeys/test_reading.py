"""A reader with a real browser on the demo site, with script and without."""

import pytest
from playwright.async_api import Page, expect

from tests.conftest import OpenPage
from tests.visiting import Server

pytestmark = pytest.mark.anyio

QUARREL = "/2010/05/the-reference-i-would-not-give/"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_a_reader_finds_a_post_its_quarrel_and_what_came_before(
    script: bool, demo_server: Server, open_page: OpenPage
) -> None:
    page = await open_page(demo_server.url + "/", script=script)
    await search_for(page, "reference")
    await page.get_by_role("link", name="The reference I would not give").first.click()

    await page.wait_for_url(f"**{QUARREL}")
    await expect(page.get_by_text("Oh spare me.")).to_be_visible()

    await page.locator("a[rel~=prev]:visible").first.click()
    await page.wait_for_url("**/2010/03/two-hundred-and-eleven-noes/")
    await expect(page.locator("h1")).to_have_count(1)


async def search_for(page: Page, words: str) -> None:
    field = page.get_by_role("searchbox").first
    if not await field.is_visible():
        # Behind a link, where there is no room for it.
        await page.get_by_role("link", name="Search").first.click()
        field = page.get_by_role("searchbox").first
    await field.fill(words)
    await field.press("Enter")
    await page.wait_for_url("**/search/?q=*")


async def test_a_comments_own_address_leads_to_it(demo_server: Server, open_page: OpenPage) -> None:
    page = await open_page(demo_server.url + QUARREL)
    last = page.locator("article[id^=comment-]").last
    anchor = await last.get_attribute("id")

    await page.goto(f"{demo_server.url}{QUARREL}#{anchor}")

    assert await page.locator(f"#{anchor}").evaluate("e => e.matches(':target')")
    await page.wait_for_function(
        "id => { const box = document.getElementById(id).getBoundingClientRect();"
        " return box.top >= 0 && box.top < innerHeight }",
        arg=anchor,
    )
