"""A member's inbox with a real browser: read and chosen for without script, by keys alone; and what axe says."""

import re

import pytest
from playwright.async_api import Page, expect

from app.notifications.notices.kinds import KINDS, PROMISE_ACCEPTED
from app.notifications.notices.telling import tell
from app.work import Doors
from tests.browsers import WIDTHS
from tests.conftest import OpenPage
from tests.journeys.looking import troubles_by_day_and_night
from tests.journeys.test_accounts import ADA, fill_in
from tests.notifications.notices.telling import news
from tests.visiting import Server
from tests.web.signing_in import PASSWORD, SIGN_IN
from tests.world import a_member

pytestmark = pytest.mark.anyio

INBOX, CHOICES = "/inbox/", "/account/notices/"


@pytest.fixture
async def told(doors: Doors) -> None:
    """Ada was told one thing of every kind; that somebody accepted is the newest, on the first page."""
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", password=PASSWORD, email=ADA)
        for kind in sorted(KINDS.values(), key=lambda kind: kind == PROMISE_ACCEPTED):
            await tell(db, ada.id, news(f"about {kind.name}", kind))


async def signed_in(open_page: OpenPage, server: Server, **window: object) -> Page:
    page = await open_page(f"{server.url}{SIGN_IN}", **window)
    await fill_in(page)
    return page


async def test_a_member_reads_and_chooses_without_script_by_keys_alone(
    server: Server, told: None, open_page: OpenPage
) -> None:
    page = await signed_in(open_page, server, script=False)
    await page.goto(f"{server.url}/")
    await page.get_by_role("link", name="Inbox").focus()
    await page.keyboard.press("Enter")
    new = page.get_by_role("region", name="New")
    await new.get_by_role("button", name="Mark as read: Ada accepted").focus()
    await page.keyboard.press("Enter")
    await new.get_by_role("button", name="Mark as read: Ada accepted").wait_for(state="detached")
    link = page.get_by_role("link", name="Inbox")
    await expect(link).to_have_text(re.compile(rf"Inbox\s+{len(KINDS) - 1}\s+new"))

    await page.get_by_role("link", name="How you hear of things").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("radio", name="Thanks: In the inbox").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")

    await page.get_by_role("status").wait_for()
    await expect(page.get_by_role("radio", name="Thanks: Mailed weekly")).to_be_checked()


async def test_axe_finds_nothing_in_the_inbox_and_where_one_chooses(
    server: Server, told: None, open_page: OpenPage
) -> None:
    found = {}
    for width in WIDTHS:
        page = await signed_in(open_page, server, width=width)
        for path in (INBOX, CHOICES):
            await page.goto(f"{server.url}{path}")
            assert await page.inner_text("h1") in ("Inbox", "How you hear of things")
            too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            troubles = await troubles_by_day_and_night(page)
            if troubles or too_wide:
                found[path, width] = [*troubles, *(["too wide"] if too_wide else [])]

    assert found == {}
