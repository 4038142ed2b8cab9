"""An export handed in with a real browser, with and without script; and one whose server dies over it."""

import asyncio
import random
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, expect
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.discussions.models import Comment
from app.porting.handed_in.models import SiteImport
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.browsers import WIDTHS
from tests.conftest import OpenPage
from tests.journeys.looking import troubles_by_day_and_night
from tests.journeys.mortals import MortalSite
from tests.journeys.test_accounts import ADA, fill_in
from tests.porting.wxr_samples import HEAD, a_comment, an_export, an_item
from tests.visiting import Server
from tests.web.signing_in import PASSWORD, SIGN_IN, a_session
from tests.world import a_member

pytestmark = pytest.mark.anyio

IMPORT = "/admin/import/"
POSTS, COMMENTS = 300, 6
KILLS = 6


async def at_the_form(open_page: OpenPage, server: Server, doors: Doors, **window: object) -> Page:
    """An owner's browser, where an export is handed in."""
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", roles=[Role.OWNER], password=PASSWORD, email=ADA)
    page = await open_page(f"{server.url}{SIGN_IN}", **window)
    await fill_in(page)
    await page.goto(f"{server.url}{IMPORT}")
    return page


async def until(page: Page, says: str, *, script: bool) -> None:
    """Wait for a word of the worker; without script by looking again."""
    lead = page.locator(".admin__lead")
    while not script and says not in (await lead.text_content() or ""):
        again = page.get_by_role("link", name="Look again")
        await again.click() if await again.count() else await page.reload()
    await expect(lead).to_contain_text(says)


@pytest.mark.parametrize("script", [True, False])
async def test_an_export_is_looked_into_and_brought_in(
    server: Server, doors: Doors, open_page: OpenPage, tmp_path: Path, script: bool
) -> None:
    file = tmp_path / "blog.xml"
    file.write_bytes(a_blog(3))
    page = await at_the_form(open_page, server, doors, script=script)

    await page.get_by_label("Export file").set_input_files(tmp_path / "blog.xml")
    await page.keyboard.press("Tab")
    await page.get_by_role("button", name="Look into it").press("Enter")
    await until(page, "This is what would come in.", script=script)
    await page.get_by_label("Fetch pictures and files").uncheck()
    await page.get_by_role("button", name="Bring it in").press("Enter")
    await until(page, "It is in.", script=script)

    await expect(page.get_by_role("row", name="Posts")).to_contain_text("3")
    await page.goto(f"{server.url}/2012/01/post-3/")
    await expect(page.get_by_role("heading", name="Post 3")).to_be_visible()


async def test_what_is_refused_is_told_at_the_form_and_axe_finds_nothing(
    server: Server, doors: Doors, open_page: OpenPage, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_bytes(b"title,text")
    (tmp_path / "blog.xml").write_bytes(a_blog(30))
    page = await at_the_form(open_page, server, doors)
    found = {}

    async def look(at: str) -> None:
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            troubles = await troubles_by_day_and_night(page)
            too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            if troubles or too_wide:
                found[at, width] = [*troubles, *(["too wide"] if too_wide else [])]

    await look("form")
    await page.get_by_label("Export file").set_input_files(tmp_path / "list.csv")
    await page.get_by_role("button", name="Look into it").click()
    await expect(page.get_by_role("alert")).to_contain_text("This is no XML file")
    await look("refused")
    await page.get_by_label("Export file").set_input_files(tmp_path / "blog.xml")
    await page.get_by_role("button", name="Look into it").click()
    await until(page, "This is what would come in.", script=True)
    await look("looked into")
    await page.goto(f"{server.url}{IMPORT}")
    await look("one open")

    assert found == {}


async def test_an_import_survives_every_kill(
    doors: Doors, settings: Settings, tmp_path: Path
) -> None:
    _id, token = await a_session(doors, "Ada", Role.OWNER)
    site = MortalSite(tmp_path, {"RAPPORT_DATABASE_URL": settings.database}, (("serve",),))
    cookies = {"session": token}
    try:
        await site.start()
        async with httpx.AsyncClient(
            base_url=site.url, cookies=cookies, trust_env=False, timeout=60
        ) as ada:
            await ada.post(IMPORT, files={"file": ("blog.xml", a_blog(POSTS), "text/xml")})
            await until_it_is(doors, "looked")
            await ada.post(f"{IMPORT}1/confirmation", data={"fetch_files": ""})
        for _ in range(KILLS):
            await asyncio.sleep(random.uniform(0.1, 1.5))
            await site.kill()
            await site.start()
        await until_it_is(doors, "done")
        await site.stop()
    finally:
        await site.kill()

    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Post)) == POSTS
        assert await db.scalar(select(func.count()).select_from(Comment)) == POSTS * COMMENTS


async def until_it_is(doors: Doors, state: str) -> None:
    async with asyncio.timeout(120):
        while True:
            async with doors.reading() as db:
                row = await db.get(SiteImport, 1)
            assert row is not None
            if row.state == state:
                return
            assert row.state != "failed", row.because
            await asyncio.sleep(0.1)


def a_blog(posts: int) -> bytes:
    """An export with so many posts, and comments under each."""
    return an_export(
        *(
            an_item(
                number,
                comments="".join(a_comment(number * 100 + at) for at in range(COMMENTS)),
            )
            for number in range(1, posts + 1)
        ),
        head=HEAD,
    )
