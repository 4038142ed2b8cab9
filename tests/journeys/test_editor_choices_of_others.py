"""What others chose in the editor and was made after one's own page came: it is shown, and taken as it is."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from app.accounts.actor import Role
from app.posts.models import PostKind, PostStatus
from app.posts.queries import authors_of, terms_of
from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.writers import an_author, another_tab, at_the_desk, status_of, until_saved
from tests.visiting import Server
from tests.world import a_category, a_member, a_post

pytestmark = pytest.mark.anyio


async def a_draft_open(
    server: Server, doors: Doors, open_page: OpenPage, kind: PostKind = PostKind.POST
) -> tuple[Page, int]:
    """A draft, open in a window of an editor who has written nothing else."""
    token = await an_author(doors, role=Role.EDITOR)
    async with doors.unit_of_work() as db:
        post = await a_post(db, "A hive", body="It hums.", kind=kind, status=PostStatus.DRAFT)
    return await at_the_desk(open_page, server.url, token, f"/write/{post.id}/"), post.id


async def unfolded(page: Page) -> None:
    await page.evaluate(
        "document.querySelectorAll('#editor details').forEach((one) => one.open = true)"
    )


async def taken_over(page: Page) -> Locator:
    """Type something here, and take what the others have; the dialog as it stood."""
    await unfolded(page)
    await page.locator("#slug").fill("mine")
    await page.get_by_role("button", name="Look at both").click()
    return page.get_by_role("dialog", name=re.compile("saved other words"))


async def test_a_category_and_an_author_younger_than_the_page_are_taken_over(
    server: Server, doors: Doors, open_page: OpenPage
) -> None:
    page, post_id = await a_draft_open(server, doors, open_page)
    async with doors.unit_of_work() as db:
        bees = await a_category(db, "Bees & <wasps>")
        bea = await a_member(db, "Bea", roles=[Role.AUTHOR])
    other = await another_tab(page, page.url)
    await unfolded(other)
    await other.get_by_role("checkbox", name=bees.name).check()
    await other.get_by_role("checkbox", name="Bea").check()
    await until_saved(other)

    both = await taken_over(page)
    await expect(both.locator("[data-theirs]")).to_contain_text(f"Categories: {bees.name}")
    await expect(both.locator("[data-theirs]")).to_contain_text("Who wrote it: Bea")
    await both.get_by_role("button", name="Take the others").click()

    await expect(page.get_by_role("checkbox", name=bees.name)).to_be_checked()
    await expect(page.get_by_role("checkbox", name="Bea")).to_be_checked()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    async with doors.reading() as db:
        terms, authors = await terms_of(db, [post_id]), await authors_of(db, [post_id])
    assert [one.id for one in terms[post_id]] == [bees.id]
    assert bea.id in [one.id for one in authors[post_id]]


async def test_who_keeps_their_own_leaves_the_younger_category_unticked(
    server: Server, doors: Doors, open_page: OpenPage
) -> None:
    page, _post_id = await a_draft_open(server, doors, open_page)
    async with doors.unit_of_work() as db:
        await a_category(db, "Bees")
    other = await another_tab(page, page.url)
    await unfolded(other)
    await other.get_by_role("checkbox", name="Bees").check()
    await until_saved(other)

    both = await taken_over(page)
    await both.get_by_role("button", name="Keep what").click()

    await until_saved(page)
    await expect(page.get_by_role("checkbox", name="Bees")).not_to_be_checked()
    await expect(page.locator("#slug")).to_have_value("mine")


async def test_a_page_to_stand_under_that_is_younger_is_taken_over(
    server: Server, doors: Doors, open_page: OpenPage
) -> None:
    page, _post_id = await a_draft_open(server, doors, open_page, PostKind.PAGE)
    async with doors.unit_of_work() as db:
        above = await a_post(db, "The yard", kind=PostKind.PAGE)
    other = await another_tab(page, page.url)
    await unfolded(other)
    await other.locator("#parent").select_option("The yard")
    await until_saved(other)

    both = await taken_over(page)
    await expect(both.locator("[data-theirs]")).to_contain_text("Stands under: The yard")
    await both.get_by_role("button", name="Take the others").click()

    await expect(page.locator("#parent")).to_have_value(str(above.id))
    await expect(status_of(page)).to_contain_text("Saved")
