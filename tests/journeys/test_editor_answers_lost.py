"""The server makes a draft, and its answer is lost on the way: there is one draft nevertheless, with all the words."""

import re

import pytest
from playwright.async_api import Page, Route, expect
from sqlalchemy import select

from app.posts.models import Post
from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.writers import (
    NEW,
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

DRAFT = re.compile(r"/write/\d+/$")


@pytest.fixture
async def page(server: Server, doors: Doors, open_page: OpenPage) -> Page:
    """A new post, open; no answer to what makes a draft arrives."""
    page = await at_the_desk(open_page, server.url, await an_author(doors))

    async def lose(route: Route) -> None:
        if route.request.method == "POST":
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await page.route(re.compile(r"/write/$"), lose)
    return page


async def drafts(doors: Doors) -> list[str]:
    async with doors.reading() as db:
        return list(await db.scalars(select(Post.body_source).order_by(Post.id)))


async def test_the_next_answer_is_about_the_same_draft(page: Page, doors: Doors) -> None:
    await write(page, "Roses")
    await expect(status_of(page)).to_contain_text("kept in this browser")
    await write(page, " are red")
    await page.unroute_all()
    await until_saved(page)

    await expect(page).to_have_url(DRAFT)
    assert await drafts(doors) == ["Roses"]
    later = await another_tab(page, page.url)
    await take_what_waits(later)
    await expect(body_of(later)).to_have_value("Roses are red")


async def test_a_tab_that_was_closed_meanwhile_goes_on_with_the_same_draft(
    page: Page, doors: Doors
) -> None:
    await write(page, "Roses")
    await expect(status_of(page)).to_contain_text("kept in this browser")
    url, context = page.url, page.context
    await page.close()

    again = await context.new_page()
    await again.goto(url)
    await until_saved(again)
    await write(again, " are red")
    await until_saved(again)

    assert url.endswith(NEW)
    await expect(again).to_have_url(DRAFT)
    await expect(body_of(again)).to_have_value("Roses are red")
    assert await drafts(doors) == ["Roses"]


async def test_a_button_of_the_form_makes_no_second_post(page: Page, doors: Doors) -> None:
    await write(page, "Roses are red")
    await expect(status_of(page)).to_contain_text("kept in this browser")
    await page.unroute_all()
    await page.get_by_role("button", name="Publish").click()

    await expect(page.get_by_role("link", name="Read it")).to_be_visible()
    assert await drafts(doors) == ["Roses are red"]
