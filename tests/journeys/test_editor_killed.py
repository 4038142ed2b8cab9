"""Tab and server are killed while somebody types: five seconds may be missing, and nothing that was kept."""

import asyncio
import logging
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.async_api import BrowserContext, Page, Request, Response

from app.settings import Settings
from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.mortals import MortalSite
from tests.journeys.writers import NEW, an_author, at_the_desk, body_of, take_what_waits
from tests.rounds import rounds

pytestmark = pytest.mark.anyio
log = logging.getLogger(__name__)

KILLS = rounds(3, 20)
# Seconds of words that may be missing.
MAY_BE_MISSING = 5.0
# Seconds that somebody types before something happens to them.
LONGEST = 9.0


@dataclass
class Typist:
    """Somebody who types one numbered word after the other; all they typed, when, and what they were told is kept."""

    context: BrowserContext
    url: str
    address: str
    typed: list[tuple[float, int]] = field(default_factory=list)
    acknowledged: int = 0
    number: int = 0

    async def open(self) -> tuple[Page, int]:
        """Open the post; the last word that is there."""
        page = await self.context.new_page()
        page.on("response", self.hear)
        found = await self.look(page)
        if self.address == NEW and found < self.acknowledged:
            # The tab ended as the words became a draft: its address was never seen in the bar.
            await page.goto(f"{self.url}/write/")
            self.address = await page.locator(".desk__rows a").first.get_attribute("href") or ""
            found = await self.look(page)
        return page, found

    async def look(self, page: Page) -> int:
        """The last word of what is at its address, and of what waits there."""
        await page.goto(self.url + self.address)
        await take_what_waits(page)
        return last_word(await body_of(page).input_value())

    def hear(self, answer: Response) -> None:
        """An answer that says words are kept."""
        if (
            answer.request.method == "POST"
            and answer.status in (200, 201)
            and is_about_words(answer.request)
        ):
            body = parse_qs(answer.request.post_data or "").get("body", [""])[0]
            self.acknowledged = max(self.acknowledged, last_word(body))

    async def type_until(self, page: Page, end: float) -> None:
        """Type as people do, until something happens."""
        await body_of(page).focus()
        await page.keyboard.press("Control+End")
        while time.monotonic() < end:
            self.number += 1
            await page.keyboard.type(f"word{self.number} ")
            self.typed.append((time.monotonic(), self.number))
            await page.wait_for_timeout(random.choice((30, 60, 120, 400)))
        self.address = page.url.partition(self.url)[2]

    def least(self, at: float) -> int:
        """The last word that must be there, if all ended at that moment."""
        old = [number for typed_at, number in self.typed if typed_at < at - MAY_BE_MISSING]
        return max([self.acknowledged, *old])


def is_about_words(request: Request) -> bool:
    return request.url.endswith(("/autosave", "/write/"))


def last_word(text: str) -> int:
    """Up to which number all words are there, in order and whole: one may have been cut short."""
    numbers = [int(number) for number in re.findall(r"word(\d+) ", text)]
    assert numbers == list(range(1, len(numbers) + 1)), text
    return len(numbers)


async def close_the_tab(page: Page, site: MortalSite) -> None:
    await page.close()


async def crash_the_tab(page: Page, site: MortalSite) -> None:
    session = await page.context.new_cdp_session(page)
    async with page.expect_event("crash"):
        # Nobody is left to answer.
        crashing = asyncio.create_task(session.send("Page.crash"))
    await page.close()
    await asyncio.gather(crashing, return_exceptions=True)


async def kill_the_server(page: Page, site: MortalSite) -> None:
    await site.kill()
    await page.wait_for_timeout(random.uniform(0, 1500))
    await page.close()


ENDS: tuple[Callable[[Page, MortalSite], Awaitable[None]], ...] = (
    kill_the_server, close_the_tab, crash_the_tab,
)  # fmt: skip


async def test_no_more_than_five_seconds_are_lost_whatever_is_killed(
    doors: Doors, settings: Settings, open_page: OpenPage, tmp_path: Path
) -> None:
    site = MortalSite(tmp_path, {"RAPPORT_DATABASE_URL": settings.database}, (("serve",),))
    token = await an_author(doors)
    await site.start()
    try:
        first = await at_the_desk(open_page, site.url, token)
        typist = Typist(first.context, site.url, NEW)
        missing = []
        for kill in range(KILLS):
            page, found = await typist.open()
            missing.append(typist.number - found)
            # What is gone is typed again.
            typist.number = found
            typist.typed.clear()
            await typist.type_until(page, time.monotonic() + random.uniform(1, LONGEST))
            ended = time.monotonic()
            await ENDS[kill % len(ENDS)](page, site)
            if ENDS[kill % len(ENDS)] is kill_the_server:
                await site.start()
            least = typist.least(ended)
            page, found = await typist.open()
            await page.close()
            assert found >= least, (
                f"{ENDS[kill % len(ENDS)].__name__}: {found} of {typist.number}, {least} wanted"
            )
        log.info("%d kills; words missing after each: %s", KILLS, missing[1:])
    finally:
        await site.stop()
        await site.kill()
