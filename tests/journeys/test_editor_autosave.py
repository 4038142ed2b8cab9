"""What is typed is kept: without a connection, in a closed tab, beside a second device."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route, expect

from app.accounts.actor import Role
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

KEPT_HERE = "Object.keys(localStorage).filter((key) => key.startsWith('rapport:words:')).length"


@pytest.fixture
async def page(server: Server, doors: Doors, open_page: OpenPage) -> Page:
    """A new post, open."""
    return await at_the_desk(open_page, server.url, await an_author(doors))


async def test_the_first_words_make_a_draft(page: Page) -> None:
    await write(page, "Roses are red")
    await until_saved(page)
    await expect(page).to_have_url(re.compile(r"/write/\d+/$"))
    await write(page, ", and so on.")
    await until_saved(page)

    later = await another_tab(page, page.url)
    await take_what_waits(later)

    await expect(body_of(later)).to_have_value("Roses are red, and so on.")
    assert await page.evaluate(KEPT_HERE) == 0


async def test_words_typed_before_the_script_is_there_are_saved(page: Page) -> None:
    arrives = asyncio.Event()

    async def hold(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await page.route(re.compile(r"/static/js/editor/autosave"), hold)
    await page.goto(page.url, wait_until="commit")
    await body_of(page).fill("Typed at once.")
    arrives.set()
    await until_saved(page)

    await expect(page).to_have_url(re.compile(r"/write/\d+/$"))
    later = await another_tab(page, page.url)
    await expect(body_of(later)).to_have_value("Typed at once.")


async def test_words_without_a_connection_wait_for_it(page: Page) -> None:
    await write(page, "One.")
    await until_saved(page)

    await page.context.set_offline(True)
    await write(page, " Two.")
    await expect(status_of(page)).to_contain_text(
        "no connection. Your words are kept in this browser."
    )
    await write(page, " Three.")
    await page.context.set_offline(False)
    await until_saved(page)

    later = await another_tab(page, page.url)
    await take_what_waits(later)
    await expect(body_of(later)).to_have_value("One. Two. Three.")


async def test_words_of_a_closed_tab_are_back_when_it_is_opened_again(page: Page) -> None:
    await write(page, "One.")
    await until_saved(page)
    await page.context.set_offline(True)
    await write(page, " Two.")
    await page.wait_for_function(f"() => {KEPT_HERE} === 1")
    address = page.url
    context = page.context
    await page.close()
    await context.set_offline(False)

    again = await context.new_page()
    await again.goto(address)

    await expect(body_of(again)).to_have_value("One. Two.")
    await expect(again.locator(".editor-note")).to_contain_text("are back")
    await until_saved(again)
    assert await again.evaluate(KEPT_HERE) == 0


async def test_words_put_back_can_be_taken_out_again(page: Page) -> None:
    await page.context.set_offline(True)
    await write(page, "Never mind.")
    await page.wait_for_function(f"() => {KEPT_HERE} === 1")
    address, context = page.url, page.context
    await page.close()
    await context.set_offline(False)
    again = await context.new_page()
    await again.goto(address)
    await expect(body_of(again)).to_have_value("Never mind.")

    await again.get_by_role("button", name="Take them out again").click()

    await expect(body_of(again)).to_have_value("")


@pytest.mark.parametrize(
    ("choice", "goes_on_with"), [("Keep what", "First. Mine."), ("Take the", "First. Theirs.")]
)
async def test_a_second_device_is_shown_and_neither_is_written_over(
    page: Page, server: Server, doors: Doors, open_page: OpenPage, choice: str, goes_on_with: str
) -> None:
    await write(page, "First.")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    address = page.url.partition("?")[0]
    await page.goto(address)
    other = await at_the_desk(
        open_page,
        server.url,
        await an_author(doors, "Bea", Role.EDITOR),
        address.partition(server.url)[2],
    )
    await write(other, " Theirs.")
    await until_saved(other)

    await write(page, " Mine.")
    await expect(status_of(page)).to_contain_text(re.compile(r"Bea saved other words at \d"))
    await page.get_by_role("button", name="Look at both").click()
    both = page.get_by_role("dialog", name="Bea saved other words")
    await expect(both.locator("[data-mine]")).to_have_text("First. Mine.")
    await expect(both.locator("[data-theirs]")).to_have_text("First. Theirs.")
    await both.get_by_role("button", name=choice).click()

    await expect(body_of(page)).to_have_value(goes_on_with)
    await until_saved(page)
    await expect(body_of(other)).to_have_value("First. Theirs.")
    await write(page, " And on.")
    await until_saved(page)
    mine = await another_tab(page, address)
    await take_what_waits(mine)
    await expect(body_of(mine)).to_have_value(f"{goes_on_with} And on.")
    theirs = await another_tab(other, address)
    await take_what_waits(theirs)
    await expect(body_of(theirs)).to_have_value("First. Theirs.")


async def test_an_ended_session_is_said_and_what_was_typed_goes_in_after_signing_in(
    page: Page, server: Server, doors: Doors
) -> None:
    await write(page, "One.")
    await until_saved(page)
    cookies = await page.context.cookies()
    await page.context.clear_cookies()

    await write(page, " Two.")
    await expect(status_of(page)).to_contain_text("you are signed out")
    link = status_of(page).get_by_role("link", name="Sign in")
    await expect(link).to_have_attribute("target", "_blank")
    await page.context.add_cookies(cookies)
    await write(page, " Three.")

    await until_saved(page)
    await expect(body_of(page)).to_have_value("One. Two. Three.")


async def test_leaving_asks_only_where_the_words_are_kept_nowhere(
    server: Server, doors: Doors, open_page: OpenPage
) -> None:
    token = await an_author(doors)
    asked = []
    for keeps in (True, False):
        page = await at_the_desk(open_page, server.url, token)
        if not keeps:
            await page.add_init_script(
                "Storage.prototype.setItem = () => { throw new Error('full') }"
            )
            await page.reload()
        await write(page, "One.")
        await until_saved(page)
        await page.context.set_offline(True)
        await write(page, " Two.")
        words = "kept in this browser" if keeps else "Leave this page open"
        await expect(status_of(page)).to_contain_text(words)
        closed: list[str] = []
        page.on(
            "dialog", lambda dialog, heard=closed: (heard.append(dialog.type), dialog.accept())[1]
        )
        async with page.expect_event("close"):
            await page.close(run_before_unload=True)
        asked.append(closed)

    assert asked == [[], ["beforeunload"]]


async def test_the_forms_own_button_saves_what_was_just_typed(page: Page) -> None:
    await write(page, "One.")
    await until_saved(page)
    await page.keyboard.type(" Two.")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved as a draft.")).to_be_visible()

    await expect(body_of(page)).to_have_value("One. Two.")
    await expect(page.locator("#offer")).to_have_count(0)
    await expect(page.locator(".editor-note")).to_have_count(0)
    assert await page.evaluate(KEPT_HERE) == 0
    # And once more, where nothing is left to be kept first.
    await page.goto(page.url.partition("?")[0])
    await page.get_by_role("button", name="Publish", exact=True).click()
    await expect(page.get_by_text("It is published.")).to_be_visible()
    await write(page, " Three.")
    await expect(status_of(page)).to_contain_text("not yet for readers")
