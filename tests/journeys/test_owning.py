"""Owning a site with a real browser: without script, by keys alone; and what axe says of each page."""

import pytest
from playwright.async_api import Page, expect

from app.accounts.actor import Role
from app.work import Doors
from tests.browsers import WIDTHS
from tests.conftest import OpenPage
from tests.journeys.looking import troubles_by_day_and_night
from tests.journeys.test_accounts import ADA, fill_in
from tests.visiting import Server
from tests.web.signing_in import PASSWORD, SIGN_IN
from tests.world import a_member, a_page, a_post, a_redirect

pytestmark = pytest.mark.anyio

PAGES = (
    "/admin/", "/admin/start/", "/admin/settings/", "/admin/settings/general/", "/admin/settings/reading/",
    "/admin/settings/comments/", "/admin/settings/linkbacks/", "/admin/settings/notices/",
    "/admin/settings/feeds/", "/admin/settings/appearance/",
    "/admin/settings/permalinks/?to=/%25postname%25/", "/admin/menus/", "/admin/redirects/",
    "/admin/log/", "/admin/import/", "/admin/health",
    "/admin/people/", "/admin/people/?show=all", "/admin/people/1/", "/account/author/",
)  # fmt: skip


@pytest.fixture
async def owned(doors: Doors) -> None:
    """Ada owns a site with a post, a page, and an old address."""
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", roles=[Role.OWNER], password=PASSWORD, email=ADA)
        post = await a_post(db)
        await a_page(db, "About")
        await a_redirect(db, "/a-very-long-old-address/" + "x" * 60 + "/", to=post)


async def signed_in(open_page: OpenPage, server: Server, **window: object) -> Page:
    page = await open_page(f"{server.url}{SIGN_IN}", **window)
    await fill_in(page)
    return page


async def test_an_owner_names_the_site_and_chooses_a_colour_without_script_by_keys_alone(
    server: Server, owned: None, open_page: OpenPage
) -> None:
    page = await signed_in(open_page, server, script=False)
    await page.goto(f"{server.url}/admin/")
    await expect(page.get_by_text("All is well.")).to_be_visible()
    await (
        page.get_by_role("navigation", name="Administration")
        .get_by_role("link", name="Settings")
        .focus()
    )
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="General").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Name of the site").fill("")
    await page.keyboard.type("The Weekly Letter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Kept.")
    await expect(page.get_by_role("banner")).to_contain_text("The Weekly Letter")

    await page.goto(f"{server.url}/admin/settings/appearance/")
    before = await _accent(page)
    await page.get_by_label("One of your own").focus()
    await page.keyboard.press("Space")
    await page.get_by_label("Colour", exact=True).fill("#1f6f54")
    await page.get_by_role("button", name="Keep this").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Kept.")

    assert (before, await _accent(page)) != (before, before)
    assert await _accent(page) == "rgb(31, 111, 84)"


async def test_axe_finds_nothing_on_any_page_of_an_owner(
    server: Server, owned: None, open_page: OpenPage
) -> None:
    found = {}
    for width in WIDTHS:
        page = await signed_in(open_page, server, width=width)
        for path in PAGES:
            await page.goto(f"{server.url}{path}")
            await expect(page.locator("h1")).to_be_visible()
            too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            troubles = await troubles_by_day_and_night(page)
            if troubles or too_wide:
                found[path, width] = [*troubles, *(["too wide"] if too_wide else [])]

    assert found == {}


async def _accent(page: Page) -> str:
    button = page.get_by_role("button", name="Keep this")
    return str(await button.evaluate("one => getComputedStyle(one).backgroundColor"))
