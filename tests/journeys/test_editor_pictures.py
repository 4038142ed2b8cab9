"""Pictures that are dropped into the editor, and tags that are offered."""

import re

import pytest
from playwright.async_api import Page, expect

from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.writers import (
    a_picture,
    an_author,
    at_the_desk,
    body_of,
    drop_files,
    until_saved,
    write,
)
from tests.visiting import Server

pytestmark = pytest.mark.anyio


@pytest.fixture
async def page(server: Server, doors: Doors, open_page: OpenPage) -> Page:
    """A new post, open."""
    return await at_the_desk(open_page, server.url, await an_author(doors))


async def test_a_dropped_picture_is_sent_while_one_writes_on(page: Page) -> None:
    await write(page, "Look:")

    await drop_files(page, ("river.png", "image/png", a_picture()))
    await page.keyboard.type("I write on.")
    await expect(body_of(page)).to_have_value(
        re.compile(r"^Look:\n\n!\[\]\(/[^)]+\)\n\nI write on\.$")
    )
    await page.get_by_label("What does it show?").fill("A river [at night]")

    await expect(body_of(page)).to_have_value(re.compile(r"!\[A river \\\[at night\\\]\]\(/"))
    await page.get_by_role("button", name="Done").click()
    await expect(page.get_by_label("What does it show?")).to_have_count(0)
    await until_saved(page)


async def test_a_picture_that_is_none_becomes_a_sentence(page: Page) -> None:
    await drop_files(page, ("not [a] picture.png", "image/png", b"nothing of the kind"))

    await expect(body_of(page)).to_have_value(
        re.compile(r"^\[The picture not  a  picture\.png is not here: ")
    )
    await expect(page.get_by_role("button", name="Try again").last).to_be_visible()


async def test_pictures_that_were_cut_off_are_sent_again_with_the_connection(page: Page) -> None:
    await write(page, "Look:")
    await until_saved(page)
    await page.context.set_offline(True)
    await drop_files(
        page, ("one.png", "image/png", a_picture(41)), ("two.png", "image/png", a_picture(42))
    )
    await expect(body_of(page)).to_have_value(
        re.compile(r"one\.png is not here.*two\.png is not here", re.DOTALL)
    )

    await page.context.set_offline(False)

    await expect(body_of(page)).to_have_value(
        re.compile(r"^Look:\n\n!\[\]\(/[^)]+\)\n\n!\[\]\(/[^)]+\)\n\n$")
    )


async def test_tags_that_exist_are_offered(page: Page) -> None:
    await (
        page.get_by_role("group").filter(has_text="Categories and tags").locator("summary").click()
    )
    tags = page.get_by_role("combobox", name="Tags")
    await tags.press_sequentially("letters")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator(".account__done")).to_contain_text("Saved")
    await page.goto(page.url.partition("/write/")[0] + "/write/new/")
    await (
        page.get_by_role("group").filter(has_text="Categories and tags").locator("summary").click()
    )

    await tags.press_sequentially("roses, le")
    await expect(page.get_by_role("option", name="letters")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")

    await expect(tags).to_have_value("roses, letters, ")
