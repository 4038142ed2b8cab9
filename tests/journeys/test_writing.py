"""Writing in a real browser: with script and without, and what axe says to the pages."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from sqlalchemy import select

from app.accounts.actor import Role
from app.posts.models import Revision
from app.work import Doors
from tests.conftest import OpenPage
from tests.visiting import Server
from tests.web.signing_in import PASSWORD, SIGN_IN
from tests.world import a_category, a_draft, a_member, a_page, a_post, a_tag

pytestmark = pytest.mark.anyio

TEXT = "Write to *one* person a week.\n\n[Nowhere](/nowhere/)"


async def nora(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Nora", roles=[Role.EDITOR], password=PASSWORD, email="nora@example.org")


async def go_in(page: Page, url: str) -> None:
    await page.goto(f"{url}{SIGN_IN}")
    await page.get_by_label("E-mail").fill("nora@example.org")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("link", name="Write", exact=True)).to_be_visible()


async def test_a_post_is_written_looked_over_and_published_without_script(
    server: Server, doors: Doors, open_page: OpenPage
) -> None:
    await nora(doors)
    page = await open_page(server.url, script=False)
    await go_in(page, server.url)

    await page.get_by_role("link", name="Write", exact=True).click()
    await page.get_by_role("link", name="Begin a post").click()
    await page.get_by_label("Title").fill("A letter a week")
    await page.get_by_label("Text", exact=True).fill(TEXT)
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator("#editor-preview em")).to_have_text("one")
    await expect(page.get_by_label("Text", exact=True)).to_have_value(TEXT)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    await page.get_by_text("Before it goes out").click()
    await page.get_by_role("button", name="Look it over").click()
    await expect(page.get_by_text("where nothing stands")).to_be_visible()
    await page.get_by_label("Text", exact=True).fill("Write to *one* person a week.")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("It is published.")).to_be_visible()
    await page.get_by_role("link", name="Read it").click()

    await expect(page.get_by_role("heading", name="A letter a week")).to_be_visible()
    await expect(page.locator("em")).to_have_text("one")


async def test_what_a_script_has_kept_already_is_saved_by_the_button(
    server: Server, doors: Doors, open_page: OpenPage
) -> None:
    await nora(doors)
    async with doors.unit_of_work() as db:
        post = await a_post(db, body="As it was.")
    page = await open_page(server.url)
    await go_in(page, server.url)
    await page.goto(f"{server.url}/write/{post.id}/")

    await page.get_by_label("Text", exact=True).fill("Another text.")
    async with page.expect_response(lambda answer: answer.url.endswith("/autosave")):
        pass
    await page.get_by_role("button", name="Save", exact=True).click()

    await expect(page.get_by_text("Saved.")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "scheme", "script"), [(360, "dark", True), (1280, "light", True), (1280, "dark", False)]
)  # fmt: skip
async def test_axe_finds_nothing_where_one_writes(
    server: Server, doors: Doors, open_page: OpenPage, width: int, scheme: str, script: bool
) -> None:
    await nora(doors)
    async with doors.unit_of_work() as db:
        category = await a_category(db, "Working life")
        await a_category(db, "Letters", under=category)
        tag = await a_tag(db, "letters")
        post = await a_post(db, "A letter " + "a week " * 12, under=[category, tag], body=TEXT)
        await a_page(db)
        await a_draft(db, "")
        revision = await db.scalar(select(Revision.id).where(Revision.post_id == post.id))
        db.add(
            Revision(
                post_id=post.id, created_at=post.updated_at, title="Another", was_saved=False,
                body_source=f"{TEXT}\n\nAnd more.", body_format="markdown",
            )  # type: ignore[arg-type]
        )  # fmt: skip
    here, past = f"/write/{post.id}/", f"/write/{post.id}/revisions/"
    both = f"{past}compare/?from={revision}&to={int(revision or 0) + 3}"
    paths = (
        "/write/", "/write/?state=published&kind=page", "/write/?state=trashed",
        "/write/new/", "/write/new/?kind=page", here,
        past, f"{past}{revision}/", both, f"{both}&view=inline",
        "/write/terms/", "/write/terms/?kind=tag",
        f"/write/terms/{category.id}/", f"/write/terms/{tag.id}/",
    )  # fmt: skip
    page = await open_page(server.url, width=width, scheme=scheme, script=script)
    await go_in(page, server.url)
    found = {}
    for path in paths:
        answer = await page.goto(server.url + path)
        assert answer is not None
        assert answer.status == 200, path
        if script:
            await page.evaluate(
                "for (const one of document.querySelectorAll('details')) one.open = true"
            )
            if violations := await violations_on(page):
                found[path] = violations
        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, (path, width)

    assert found == {}


async def violations_on(page: Page) -> list[tuple[str, str]]:
    result = await Axe().run(page)
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in result.response["violations"]]


async def test_both_texts_are_shown_and_axe_finds_nothing_wrong_with_them(
    server: Server, doors: Doors, open_page: OpenPage
) -> None:
    await nora(doors)
    async with doors.unit_of_work() as db:
        post = await a_post(db, body="As it was.")
    one = await open_page(server.url, script=False)
    two = await open_page(server.url, width=360, scheme="dark")
    for page, words in ((one, "Of the first."), (two, "Of the second.")):
        await go_in(page, server.url)
        await page.goto(f"{server.url}/write/{post.id}/")
        await page.get_by_label("Text", exact=True).fill(words)

    await one.get_by_role("button", name="Save").click()
    await expect(one.get_by_text("Saved.")).to_be_visible()
    await two.get_by_role("button", name="Save").click()

    await expect(two.get_by_role("heading", name=re.compile("saved this first"))).to_be_visible()
    await expect(two.get_by_text("Of the first.", exact=True)).to_be_visible()
    await expect(two.get_by_label("Text", exact=True)).to_have_value("Of the second.")
    assert await violations_on(two) == []
