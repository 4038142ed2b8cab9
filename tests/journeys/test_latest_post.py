"""A guest with a blog of their own, in a real browser: the newest post is shown while they write, and linked."""

import pytest
from playwright.async_api import expect

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.discussions.actions import approve
from app.work import Doors
from tests.conftest import OpenPage, Serve
from tests.discussions.blogs import a_blog, a_feed, a_page
from tests.world import a_post

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_a_guest_has_their_latest_post_linked(
    script: bool, doors: Doors, serve: Serve, open_page: OpenPage
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    bread = ("/bread/", "Bread &amp;lt;b&amp;gt; salt")
    async with a_blog({"/": a_page(), "/feed": a_feed(bread)}) as blog:
        server = serve(RAPPORT_OUTBOUND_ALLOW=f"127.0.0.1:{blog.port}")
        page = await open_page(f"{server.url}{post.path}", script=script)
        await page.get_by_label("Name").fill("Gwen")
        await page.get_by_label("E-mail").fill("gwen@example.org")
        await page.get_by_label("Website").fill(blog.url)
        await page.get_by_label("Link my latest post").check()
        if script:
            await expect(page.get_by_text("Found: Bread <b> salt")).to_be_visible()
            await page.get_by_label("Link my latest post").uncheck()
            await expect(page.get_by_text("Found: Bread")).to_have_count(0)
            await page.get_by_label("Link my latest post").check()
            await expect(page.get_by_text("Found: Bread <b> salt")).to_be_visible()
        await page.locator("#comment").fill("It is green, not red.")
        await page.get_by_role("button", name="Send for reading").click()
        await page.wait_for_url("**/c/**")
        async with doors.unit_of_work() as db:
            await approve(db, OWNER_AT_THE_MACHINE, 1)

        link = page.get_by_role("link", name="Bread <b> salt")
        for _ in range(100):
            await page.goto(f"{server.url}{post.path}")
            if await link.count():
                break
            await page.wait_for_timeout(300)

    await expect(link).to_have_attribute("href", f"{blog.url}bread/")
    assert len(blog.requests) == 2
