"""Four people and their windows, and what they do before any of them needs another: sign up, and meet in a group."""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from playwright.async_api import Page, expect

from tests.journeys.looking import troubles_on
from tests.journeys.movable import MovableSite
from tests.web.signing_in import PASSWORD, SIGN_IN

PHONE, DESK = 360, 1280
GROUP = "/groups/finding-work/"


@dataclass
class Four:
    """The site, and the windows of four people; what axe found on the way, by page."""

    site: MovableSite
    olga: Page
    mika: Page
    tom: Page
    vera: Page
    has_script: bool
    found: dict[str, list[str]] = field(default_factory=dict)

    async def go(self, page: Page, address: str) -> None:
        """Somebody goes to an address of the site, and looks once more at where they were."""
        await self.look(page)
        await page.goto(urljoin(self.site.url, address))

    async def look(self, page: Page) -> None:
        """What axe says to this page on a phone by day, and on a desk by night; once for each kind."""
        kind = re.sub(r"\d+", "1", urlsplit(page.url).path)
        if not self.has_script or kind in self.found:
            return
        problems = await problems_of(page)
        await page.emulate_media(color_scheme="dark")
        await page.set_viewport_size({"width": DESK, "height": 900})
        problems += await problems_of(page)
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size({"width": PHONE, "height": 900})
        self.found[kind] = problems


async def problems_of(page: Page) -> list[str]:
    """What axe says, and whether the page is wider than its window."""
    too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*(await troubles_on(page)), *(["too wide"] if too_wide else [])]


def address_of(name: str) -> str:
    """Somebody's mailbox."""
    return f"{name.lower()}@people.example"


async def sign_in(four: Four, page: Page, name: str) -> None:
    """By the form, with what was chosen once."""
    await four.go(page, SIGN_IN)
    await page.get_by_label("E-mail").fill(address_of(name))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("button", name="Sign in", exact=True)).to_have_count(0)


async def sign_up(four: Four, page: Page, name: str) -> None:
    """By the link that is mailed."""
    await four.go(page, "/account/sign-up/")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("E-mail").fill(address_of(name))
    await page.get_by_role("button", name="Send me the link").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    await four.site.work()
    await four.go(page, four.site.link_for(address_of(name), "/account/sign-up/"))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Make my account").click()
    await expect(page.get_by_role("link", name="Inbox")).to_be_visible()


async def begin_a_group(four: Four) -> None:
    """Olga's, which one joins by asking."""
    page = four.olga
    await four.go(page, "/groups/new/")
    await page.get_by_label("Name", exact=True).fill("Finding work")
    await page.get_by_label("What it is for, in one sentence").fill("Work is found together.")
    await page.get_by_label("Its rules").fill("Answer whom you asked.")
    await page.get_by_label("By asking").check()
    await page.get_by_label("Questions for whoever asks to join").fill("What do you look for?")
    await page.get_by_label("How many first things of a new member are read first").fill("0")
    await page.get_by_role("button", name="Begin it").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Finding work")


async def ask_to_join(four: Four, page: Page, name: str) -> None:
    """With an answer to the question, and the rules read."""
    await four.go(page, GROUP)
    await page.get_by_role("link", name="Join this group").click()
    await page.get_by_label("What do you look for?").fill(f"{name} looks for work.")
    await page.get_by_label("I have read these rules").check()
    await page.get_by_role("button", name="Ask to join").click()


async def let_in(four: Four, name: str) -> None:
    """Olga reads the answer, and says yes."""
    page = four.olga
    await four.go(page, f"{GROUP}keep/")
    await expect(page.get_by_text(f"{name} looks for work.")).to_be_visible()
    await page.get_by_role("button", name=f"Let {name} in", exact=True).click()
    await expect(page.get_by_text(f"{name} looks for work.")).to_have_count(0)
