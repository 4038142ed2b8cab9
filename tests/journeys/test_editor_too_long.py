"""A field that takes no more is named in the line that says how well words are kept; all else is kept."""

import re

import pytest
from playwright.async_api import Page, expect

from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.writers import (
    an_author,
    another_tab,
    at_the_desk,
    body_of,
    status_of,
    take_what_waits,
    until_saved,
    write,
)
from tests.visiting import Server

pytestmark = pytest.mark.anyio

FILL = """(field, [sign, count]) => {
  field.value = sign.repeat(count);
  field.dispatchEvent(new Event("input", {bubbles: true}));
}"""
FULL = """() => {
  for (let size = 1 << 22; size; size >>= 1) {
    try {
      localStorage.setItem(`full:${size}`, "x".repeat(size));
    } catch {
      // Half of it may fit.
    }
  }
}"""
NEWS = ".editor__bar [role=status]"


@pytest.fixture
async def page(server: Server, doors: Doors, open_page: OpenPage) -> Page:
    """A new post, open."""
    return await at_the_desk(open_page, server.url, await an_author(doors))


async def test_a_field_too_long_is_named_and_all_else_is_saved(page: Page) -> None:
    await write(page, "It hums.")
    await until_saved(page)
    await page.locator("#excerpt").evaluate(FILL, ["x", 20_001])

    await expect(status_of(page)).to_contain_text(
        "Not all of it is saved. “Excerpt” takes no more than 20,000 characters."
    )
    await expect(page.locator(NEWS)).to_contain_text("“Excerpt” takes no more")
    async with page.expect_response(re.compile("autosave")) as answered:
        await write(page, " It stings.")
    assert (await answered.value).status == 422
    await expect(status_of(page)).to_contain_text("“Excerpt” takes no more")

    other = await another_tab(page, page.url)
    await expect(body_of(other)).to_have_value("It hums. It stings.")
    await expect(other.locator("#excerpt")).to_have_value("x" * 20_001)
    await other.close()
    await page.locator("#excerpt").evaluate(FILL, ["x", 20_000])
    await until_saved(page)


async def test_first_words_too_long_in_one_field_make_a_draft_of_the_others(page: Page) -> None:
    await page.locator("#excerpt").evaluate(FILL, ["x", 20_001])
    await write(page, "It hums.")

    await expect(status_of(page)).to_contain_text("“Excerpt” takes no more")
    await expect(page).to_have_url(re.compile(r"/write/\d+/$"))
    fresh = await another_tab(page, page.url)
    await take_what_waits(fresh)
    await expect(body_of(fresh)).to_have_value("It hums.")


async def test_what_the_browser_has_no_room_for_is_not_called_kept(page: Page) -> None:
    await write(page, "It hums.")
    await until_saved(page)
    await page.evaluate(FULL)
    await page.locator("#excerpt").evaluate(FILL, ["x", 20_001])

    await expect(status_of(page)).to_contain_text(
        "“Excerpt” takes no more than 20,000 characters. All else is kept. What is too long is kept nowhere"
    )
