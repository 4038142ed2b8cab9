"""A moderator at the console with a real browser: by keys alone, with axe, and with nothing moving."""

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.accounts.sessions import Whereabouts, start_session
from app.discussions.models import Comment, CommentStatus
from app.work import Doors
from tests.browsers import WIDTHS
from tests.conftest import OpenPage
from tests.journeys.looking import troubles_by_day_and_night
from tests.visiting import Server
from tests.world import a_comment, a_linkback, a_member, a_post, an_author_key, the_site

pytestmark = pytest.mark.anyio

ITEMS = 40
# What is done with the first, the second, …; over and over.
DEEDS = ("a", "s", "a", "d2", "a", "a", "s", "d9")
KEYS_OF_A_ROW = "asderocntwbx"


@pytest.fixture
async def console(doors: Doors, server: Server) -> tuple[Server, str]:
    """A server on which a moderator is signed in, before forty mixed items that wait."""
    async with doors.unit_of_work() as db:
        await the_site(db, title="The Long Table")
        ines = await a_member(db, "Ines Duarte", roles=[Role.MODERATOR])
        token = await start_session(db, ines, Whereabouts("203.0.113.9", "A browser"))
        post = await a_post(db, "The reference I would not give")
        first = await a_comment(db, "I gave one like that once.", under=post)
        for number in range(ITEMS - 2):
            key = await an_author_key(db, f"{number % 9}@example.org")
            reasons = [{"code": "first_time", "because": "First comment from this address"}]
            await a_comment(
                db, f"Number {number}, see https://example.org/{number}\n\n" + "And so on. " * number,
                under=post, by=f"Reader {number}", answering=first if number % 3 else None,
                status=CommentStatus.PENDING, author_key_id=key.id, author_email="r@example.org",
                case={"reasons": reasons, "score": 0.5},
            )  # fmt: skip
        for number in range(2):
            source = f"https://elsewhere.example/{number}/"
            await a_linkback(db, under=post, source=source, status=CommentStatus.PENDING)
    return server, token


async def at_the_console(
    console: tuple[Server, str], open_page: OpenPage, path: str = "/mod/", **options: object
) -> Page:
    server, token = console
    page = await open_page(server.url + "/healthz", **options)
    await page.context.add_cookies([{"name": "session", "value": token, "url": server.url}])
    await page.goto(server.url + path)
    return page


async def focused(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.closest('.case, a, button, body').id"))


async def test_forty_mixed_items_are_cleared_by_keys_alone(
    console: tuple[Server, str], open_page: OpenPage, doors: Doors
) -> None:
    page = await at_the_console(console, open_page)
    await page.keyboard.press("j")
    for number in range(ITEMS):
        if not (await focused(page)).startswith("case-"):
            # The rest is on a page of its own; the link to it has the focus.
            # Rows stand there before there is anybody to hear the keys: the whole page is waited for.
            async with page.expect_navigation():
                await page.keyboard.press("Enter")
            await page.keyboard.press("j")
        here = await focused(page)
        for key in DEEDS[number % len(DEEDS)]:
            await page.keyboard.press(key)
        await page.wait_for_selector(f"#{here}[data-folded]")
        assert (await focused(page) != here) == (number < ITEMS - 1)

    async with doors.reading() as db:
        by_status = select(Comment.status, func.count()).group_by(Comment.status)
        counts = dict((await db.execute(by_status)).all())
    assert counts == {"approved": 1 + 20, "spam": 10, "removed": 10}


async def test_what_was_folded_comes_back_in_its_place_and_nothing_else_moves(
    console: tuple[Server, str], open_page: OpenPage
) -> None:
    page = await at_the_console(console, open_page)
    await page.keyboard.press("j")
    before = await page.evaluate("[...document.querySelectorAll('.case')].map(row => row.id)")

    await page.keyboard.press("a")
    await page.wait_for_selector(f"#{before[0]}[data-folded]")
    await expect(page.locator(f"#{before[1]}")).to_be_focused()
    await page.keyboard.press("u")
    await page.wait_for_selector(f"#{before[0]}:not([data-folded])")

    await expect(page.locator(f"#{before[0]}")).to_be_focused()
    assert before == await page.evaluate(
        "[...document.querySelectorAll('.case')].map(row => row.id)"
    )


async def test_keys_never_fire_in_a_field_and_are_switched_off_on_their_page(
    console: tuple[Server, str], open_page: OpenPage
) -> None:
    page = await at_the_console(console, open_page)
    await page.keyboard.press("/")
    await page.keyboard.type("asd")
    assert await page.input_value("#q") == "asd"
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await page.get_by_role("link", name="Change the keys, or switch them off").click()
    await page.get_by_label("Switch all of them off").check()
    async with page.expect_navigation():
        await page.get_by_role("button", name="Keep these keys").click()
    await page.goto(console[0].url + "/mod/")

    await page.keyboard.press("j")
    await page.keyboard.press("a")

    await page.wait_for_timeout(300)
    assert await page.locator("[data-folded]").count() == 0
    assert await page.locator("[data-key], [data-go], [data-digit]").count() == 0


async def test_whoever_chose_other_keys_works_by_these(
    console: tuple[Server, str], open_page: OpenPage
) -> None:
    page = await at_the_console(console, open_page, "/mod/keys/")
    for label, key in (
        ("the next row", ";"),
        ("approve", "7"),
        ("go to a list", "+"),
        ("spam", "y"),
    ):
        await page.get_by_role("textbox", name=label, exact=label in ("approve", "spam")).fill(key)
    async with page.expect_navigation():
        await page.get_by_role("button", name="Keep these keys").click()
    await page.goto(console[0].url + "/mod/")
    first = await page.locator(".case").first.get_attribute("id")

    for key in ";aj":
        await page.keyboard.press(key)
    assert await page.locator("[data-folded]").count() == 0
    await page.keyboard.press("7")
    await page.wait_for_selector(f"#{first}[data-folded]")
    await page.keyboard.press("+")
    await page.keyboard.press("y")

    await page.wait_for_url("**/mod/?tab=spam")


async def test_every_key_has_a_button(console: tuple[Server, str], open_page: OpenPage) -> None:
    page = await at_the_console(console, open_page)

    for key in KEYS_OF_A_ROW:
        assert await page.locator(f'.case:first-of-type [data-key="{key}"]').count() == 1, key
    for key in "/?X":
        assert await page.locator(f'[data-key="{key}"]').count() == 1, key
    for key in "prlscm":
        assert await page.locator(f'[data-go="g{key}"]').count() == 1, key
    await page.goto(page.url + "?tab=recent")
    assert await page.locator('.case:first-of-type [data-key="h"]').count() == 1


@pytest.mark.parametrize("width", WIDTHS)
async def test_axe_finds_nothing_in_the_console(
    console: tuple[Server, str], open_page: OpenPage, width: int
) -> None:
    page = await at_the_console(console, open_page, width=width)
    for path in (
        "/mod/", "/mod/?tab=spam", "/mod/?links=some", "/mod/?tab=mistakes", "/mod/log/", "/mod/outbox/",
        "/mod/keys/", "/mod/comments/3/place?q=reference", "/mod/comments/3/warning", "/mod/comments/3/assignment",
        *(f"/mod/comments/2/{kind}" for kind in ("answer", "edition", "note", "removal", "block")),
    ):  # fmt: skip
        await page.goto(console[0].url + path)

        assert await troubles_by_day_and_night(page) == [], path
        root = "document.documentElement"
        too_wide = await page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
        assert too_wide <= 0, path


async def test_a_moderator_without_script_decides_and_undoes(
    console: tuple[Server, str], open_page: OpenPage
) -> None:
    page = await at_the_console(console, open_page, script=False)

    await page.locator(".case").first.get_by_role("button", name="Approve").click()
    await expect(page.locator("#bar")).to_contain_text("You approved this")
    await page.locator("#bar").get_by_role("button", name="Undo").click()

    await expect(page.locator("#bar")).to_contain_text("took a decision")
