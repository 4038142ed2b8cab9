"""All that is typed and chosen in the editor is there again, wherever it was left: tags and days as well as words."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.accounts.actor import Role
from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.four import problems_of
from tests.journeys.writers import (
    an_author,
    another_tab,
    at_the_desk,
    status_of,
    take_what_waits,
    until_saved,
    write,
)
from tests.visiting import Server
from tests.world import a_category, a_member

pytestmark = pytest.mark.anyio

KEPT_HERE = "Object.keys(localStorage).filter((key) => key.startsWith('rapport:words:')).length"
STANDS = """form => Object.fromEntries([...form.elements]
  .filter((one) => one.name && !['hidden', 'submit', 'button', 'file', 'fieldset'].includes(one.type))
  .filter((one) => one.type !== 'radio' || one.checked)
  .map((one) => [one.name, one.type === 'checkbox' ? one.checked : one.value]))"""
LINES = {
    "title": "A hive in winter", "body": "It hums.", "excerpt": "In short: it hums.",
    "slug": "winter-hive", "at": "2031-05-06T07:08", "closes_at": "2032-01-02T03:04",
    "trackbacks": "https://one.example/tb\nhttps://two.example/tb",
}  # fmt: skip
BOXES = ("mails_followers", "is_sticky", "comments_open", "pings_open")


@pytest.fixture
async def page(server: Server, doors: Doors, open_page: OpenPage) -> Page:
    """A new post, open, with a category and somebody else who may sign it."""
    token = await an_author(doors, role=Role.EDITOR)
    async with doors.unit_of_work() as db:
        await a_category(db, "Bees")
        await a_member(db, "Bea", roles=[Role.AUTHOR])
    return await at_the_desk(open_page, server.url, token)


async def fill_all(page: Page) -> dict[str, Any]:
    """Type into every field and turn every switch; what stands in the form then."""
    await page.evaluate(
        "document.querySelectorAll('#editor details').forEach((one) => one.open = true)"
    )
    for name, words in LINES.items():
        await page.locator(f"#editor [name={name}]").fill(words)
    if await page.locator("#alt").count():
        await page.locator("#alt").fill("A hive in the snow")
    await page.locator("#editor [name=tags]").press_sequentially("bees, honey")
    for name in BOXES:
        await page.locator(f"#editor [name={name}]").click()
    await page.get_by_role("checkbox", name="Bees").check()
    await page.get_by_role("checkbox", name="Bea").check()
    await page.get_by_role("radio", name="Its authors and the editors").check()
    return await stands(page)


async def stands(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.locator("#editor").evaluate(STANDS)
    return found


async def expect_to_stand(page: Page, wanted: dict[str, Any]) -> None:
    await expect(page.locator("#editor [name=body]")).to_have_value(wanted["body"])
    assert await stands(page) == wanted


async def closed_and_opened_again(page: Page) -> Page:
    address, context = page.url, page.context
    await page.close()
    again = await context.new_page()
    await again.goto(address)
    await take_what_waits(again)
    return again


async def test_every_field_is_there_after_the_tab_was_closed_without_saving(page: Page) -> None:
    await write(page, "It")
    await until_saved(page)
    await page.goto(page.url)
    wanted = await fill_all(page)
    await until_saved(page)

    again = await closed_and_opened_again(page)

    await expect_to_stand(again, wanted)
    assert len(wanted) >= 16
    assert await again.evaluate(KEPT_HERE) == 0
    await again.get_by_role("button", name="Save", exact=True).click()
    await expect(again.get_by_text("Only its authors and the editors read it.")).to_be_visible()
    await expect(again.locator("#editor [name=tags]")).to_have_value("bees, honey")
    await expect(again.locator(".editor-note")).to_have_count(0)
    await expect(again.locator("#offer")).to_have_count(0)


async def test_every_field_of_a_new_post_is_there_again(page: Page) -> None:
    wanted = await fill_all(page)
    await until_saved(page)

    again = await closed_and_opened_again(page)

    await expect_to_stand(again, wanted | {"alt": ""})


async def test_every_field_is_kept_in_the_browser_without_a_connection(page: Page) -> None:
    await page.context.set_offline(True)
    wanted = await fill_all(page)
    await expect(status_of(page)).to_contain_text("Your words are kept in this browser")
    address, context = page.url, page.context
    await page.close()
    await context.set_offline(False)

    again = await context.new_page()
    await again.goto(address)
    await expect(again.locator(".editor-note")).to_contain_text("are back")

    await expect_to_stand(again, wanted)
    await until_saved(again)
    later = await another_tab(again, again.url)
    await take_what_waits(later)
    await expect_to_stand(later, wanted | {"alt": ""})


async def test_a_box_alone_is_kept_and_can_be_taken_out_again(page: Page) -> None:
    await page.locator("#panel-talk summary").click()
    await page.get_by_role("checkbox", name="Take comments").uncheck()
    await page.wait_for_function(f"() => {KEPT_HERE} === 1")
    again = await closed_and_opened_again(page)
    box = again.locator("#comments_open")
    await expect(box).not_to_be_checked()

    await again.get_by_role("button", name="Take them out again").click()

    await expect(box).to_be_checked()


@pytest.mark.parametrize(("choice", "slug"), [("Keep what", "mine"), ("Take the", "theirs")])
async def test_all_that_differs_on_a_second_device_is_shown(
    page: Page, choice: str, slug: str
) -> None:
    await write(page, "Hello.")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    await page.goto(page.url.partition("?")[0])
    other = await another_tab(page, page.url)
    await change(other, slug="theirs", tags="honey")
    await other.locator("#comments_open").uncheck()
    await other.get_by_role("checkbox", name="Bees").check()
    await until_saved(other)

    await change(page, slug="mine", tags="wax")
    await page.get_by_role("button", name="Look at both").click()
    both = page.get_by_role("dialog", name=re.compile("saved other words"))
    mine, theirs = both.locator("[data-mine]"), both.locator("[data-theirs]")
    for label, here, there in (
        ("Last part of its address", "mine", "theirs"), ("Tags", "wax", "honey"),
        ("Take comments", "yes", "no"), ("Categories", "nothing", "Bees"),
    ):  # fmt: skip
        await expect(mine).to_contain_text(f"{label}: {here}")
        await expect(theirs).to_contain_text(f"{label}: {there}")
    await expect(mine).not_to_contain_text("Who reads it")
    await both.get_by_role("button", name=choice).click()

    await expect(page.locator("#slug")).to_have_value(slug)
    await until_saved(page)
    await expect(page.locator("#comments_open")).to_be_checked(checked=slug == "mine")
    await expect(other.locator("#slug")).to_have_value("theirs")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
async def test_axe_finds_nothing_where_choices_are_offered_and_compared(
    page: Page, server: Server, open_page: OpenPage, width: int, scheme: str
) -> None:
    await write(page, "Hello.")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    address = page.url.partition("?")[0]
    await page.goto(address)
    await change(page, slug="mine", tags="wax, honey, and whatever else bees make of it")
    await page.locator("#comments_open").uncheck()
    await until_saved(page)
    [token] = [one["value"] for one in await page.context.cookies() if one["name"] == "session"]
    path = address.removeprefix(server.url)

    # axe needs script, the editor's own stays away.
    bare = await at_the_desk(open_page, server.url, token, "/healthz", width=width, scheme=scheme)
    await bare.route("**/js/editor.js*", lambda route: route.abort())
    await bare.goto(address)
    await expect(bare.locator("#offer")).to_contain_text("Last part of its address, Tags")
    found = {"offered": await problems_of(bare)}
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    await bare.get_by_role("button", name="Save", exact=True).click()
    await expect(bare.get_by_role("table", name="What else differs")).to_be_visible()
    found["overtaken"] = await problems_of(bare)
    await page.goto(address)
    other = await at_the_desk(open_page, server.url, token, path, width=width, scheme=scheme)
    await change(page, slug="theirs", tags="")
    await until_saved(page)
    await change(other, slug="ours")
    await other.get_by_role("button", name="Look at both").click()
    await expect(other.get_by_role("dialog").locator("[data-mine]")).to_contain_text("ours")
    found["compared"] = await problems_of(other)

    assert found == {"offered": [], "overtaken": [], "compared": []}


async def change(page: Page, **fields: str) -> None:
    await page.evaluate(
        "document.querySelectorAll('#editor details').forEach((one) => one.open = true)"
    )
    for name, words in fields.items():
        await page.locator(f"#{name}").fill(words)
