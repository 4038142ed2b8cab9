"""A reader with a real browser: every kind of page, narrow and wide, in light and dark, with script and without."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Request

from tests.browsers import SCHEMES, WIDTHS
from tests.conftest import OpenPage
from tests.visiting import Server

pytestmark = pytest.mark.anyio

QUARREL = "/2010/05/the-reference-i-would-not-give/"
KINDS = {
    "home": "/",
    "home, page 2": "/page/2/",
    "post with a thread": QUARREL,
    "split post": "/2009/11/eleven-weeks/",
    "its second page": "/2009/11/eleven-weeks/2/",
    "page": "/about/",
    "category": "/category/interviews/",
    "tag": "/tag/promises/",
    "author": "/author/nora-tillinghast/",
    "year": "/2010/",
    "month": "/2010/05/",
    "search": "/search/?q=telephone",
    "search without a find": "/search/?q=zzzzzz",
    "no such page": "/no-such-page/",
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_page_is_accessible_and_fits(
    kind: str, demo_server: Server, open_page: OpenPage
) -> None:
    for width in WIDTHS:
        for scheme in SCHEMES:
            page = await open_page(demo_server.url + KINDS[kind], width=width, scheme=scheme)
            found = await Axe().run(page)

            assert found.violations_count == 0, f"{width} {scheme}: {found.generate_report()}"
            assert await overflow(page) <= 0, f"{width} {scheme}: it scrolls sideways"


async def overflow(page: Page) -> int:
    """How many pixels of the page lie beside the window."""
    root = "document.documentElement"
    beside: int = await page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    return beside


async def test_no_page_asks_another_server_or_breaks_its_own_rules(
    demo_server: Server, open_page: OpenPage
) -> None:
    page = await open_page(demo_server.url + "/healthz")
    asked: list[str] = []
    complaints: list[str] = []

    def failed(request: Request) -> None:
        # The icon of a page that was left before it came is nobody's fault.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"{request.failure}: {request.url}")

    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", failed)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    for kind in set(KINDS) - {"no such page"}:
        await page.goto(demo_server.url + KINDS[kind])

    assert complaints == []
    assert [url for url in asked if not url.startswith((demo_server.url, "data:"))] == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_a_reader_finds_a_post_its_quarrel_and_what_came_before(
    script: bool, demo_server: Server, open_page: OpenPage
) -> None:
    page = await open_page(demo_server.url + "/", script=script)
    await search_for(page, "reference")
    await page.get_by_role("link", name="The reference I would not give").first.click()

    await page.wait_for_url(f"**{QUARREL}")
    assert await page.get_by_text("Oh spare me.").is_visible()

    await page.locator("a[rel~=prev]:visible").first.click()
    await page.wait_for_url("**/2010/03/two-hundred-and-eleven-noes/")
    assert await page.locator("h1").count() == 1


async def search_for(page: Page, words: str) -> None:
    field: Any = page.get_by_role("searchbox").first
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


async def test_the_keyboard_reaches_the_text_first(
    demo_server: Server, open_page: OpenPage
) -> None:
    page = await open_page(demo_server.url + QUARREL)

    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    assert await page.evaluate("location.hash") != ""
    assert await page.locator(":target").evaluate("e => e.matches('main, main *')")
