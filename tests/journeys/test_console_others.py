"""What is no comment, at the console with a real browser: keys, focus and undo as for comments."""

import pytest
from playwright.async_api import expect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor, Role
from app.accounts.sessions import Whereabouts, start_session
from app.moderation.models import Case
from app.moderation.report_models import Report
from app.reporting.making import report_thing
from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.looking import troubles_on
from tests.journeys.test_console import at_the_console, focused
from tests.networking.promises.promising import an_open_one, as_, two_people
from tests.visiting import Server
from tests.world import SECRETS, a_member, the_site

pytestmark = pytest.mark.anyio

REPORTED = "/mod/?tab=reported"


@pytest.fixture
async def console(doors: Doors, server: Server) -> tuple[Server, str]:
    """A moderator before what was reported: a promise, then a member, then another one."""
    async with doors.unit_of_work() as db:
        await the_site(db, title="The Long Table")
        ines = await a_member(db, "Ines Duarte", roles=[Role.MODERATOR])
        token = await start_session(db, ines, Whereabouts("203.0.113.9", "A browser"))
        ada, bo = await two_people(db)
        promise = await an_open_one(db, ada, bo, text="Something rude.")
        await _reports(as_(bo), db, ("promise", promise.id))
        for name in ("Cleo", "Dov"):
            member = await a_member(db, name)
            await _reports(as_(ada), db, ("profile", member.id))
    return server, token


async def _reports(who: Actor, db: AsyncSession, about: tuple[str, int]) -> None:
    await report_thing(db, who, SECRETS, about, "attack", "Look.", address="203.0.113.5")


async def states(doors: Doors) -> list[str]:
    async with doors.reading() as db:
        return [str(one) for one in await db.scalars(select(Report.state).order_by(Report.id))]


async def test_what_was_reported_is_decided_by_keys_in_its_place(
    console: tuple[Server, str], open_page: OpenPage, doors: Doors
) -> None:
    async with doors.reading() as db:
        promise, cleo, dov = [
            f"case-c{one}" for one in await db.scalars(select(Case.id).order_by(Case.id))
        ]
    page = await at_the_console(console, open_page, REPORTED)
    await page.evaluate("window.isTheSamePage = true")
    await page.keyboard.press("j")
    assert await focused(page) == dov

    await page.keyboard.press("a")
    await expect(page.locator(f"#{dov}[data-folded]")).to_be_visible()
    await expect(page.locator(f"#{cleo}")).to_be_focused()
    await page.keyboard.press("d")
    await expect(page.locator(f"#{cleo}[data-folded]")).to_be_visible()
    await expect(page.locator(f"#{promise}")).to_be_focused()
    await expect(page.locator('[aria-current="page"] .tabs__number')).to_have_text("1")
    assert await states(doors) == ["open", "upheld", "dismissed"]

    await page.keyboard.press("u")
    await expect(page.locator(f"#{cleo}:not([data-folded])")).to_be_focused()
    assert await states(doors) == ["open", "open", "dismissed"]
    await page.keyboard.press("c")
    await expect(page.locator(f"#{cleo}")).to_contain_text("claimed by Ines Duarte")
    await expect(page.locator(f"#{cleo}")).to_be_focused()

    # What is private is read in its row, too.
    row = page.locator(f"#{promise}")
    await expect(row).not_to_contain_text("Something rude.")
    await row.get_by_role("button", name="Read it").press("Enter")
    await expect(row).to_contain_text("Something rude.")
    await expect(row).to_be_focused()
    await page.keyboard.press("d")
    await expect(page.locator(f"#{promise}[data-folded]")).to_be_visible()
    assert await states(doors) == ["upheld", "open", "dismissed"]
    assert await page.evaluate("window.isTheSamePage")
    assert await troubles_on(page) == []
