"""Every kind of page in a real browser: for axe, on a phone and a desk, by day and by night, without script."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core.markup import clean_post
from app.discussions.actions import remove
from app.work import Doors
from tests.browsers import WIDTHS
from tests.databases import Copies, doors_to
from tests.journeys.looking import troubles_by_day_and_night
from tests.visiting import Server, serving
from tests.world import (
    a_category,
    a_comment,
    a_linkback,
    a_page,
    a_post,
    a_redirect,
    a_tag,
    an_author,
    the_site,
)

pytestmark = pytest.mark.anyio

KINDS = {
    "home": "/",
    "home, page 2": "/page/2/",
    "post": "/2024/03/everything/",
    "post, part 2": "/2024/03/everything/2/",
    "post, comment page 2": "/2024/03/everything/comment-page-2/",
    "post in Arabic": "/2024/03/arabic/",
    "page": "/about/people/",
    "category": "/category/work/meetings/",
    "tag": "/tag/letters/",
    "author": "/author/gwen-thomas/",
    "month": "/2024/03/",
    "search": "/search/?q=letter",
    "empty search": "/search/",
    "search for nothing": "/search/?q=xylophone&by=nobody",
    "not found": "/2024/03/evrything/",
    "gone": "/gone/",
}

BODY = """<p>A letter with a <a href="https://example.org/">link</a>, <code>code</code> and <mark>a mark</mark>.</p>
<h2>Part one</h2><blockquote><p>Quoted.</p><cite>Somebody</cite></blockquote><pre><code>{long}</code></pre>
<ul><li>One<ul><li>Below</li></ul></li></ul>
<table><caption>Figures</caption><thead><tr><th scope="col">What</th><th scope="col">How many</th></tr></thead>
<tbody><tr><td>Letters</td><td>52</td></tr></tbody></table>\f<p>Part two.</p>"""


@pytest.fixture(scope="module")
async def site(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A small site with one of everything that a page can show. Nobody here changes it."""
    folder = tmp_path_factory.mktemp("site")
    with copies.fresh(folder) as url:
        async with doors_to(url) as doors:
            await _fill(doors)
        told = {"RAPPORT_DATABASE_URL": url, "RAPPORT_RATE_LIMITS": "off"}
        with serving(folder, told) as server:
            yield server


async def _fill(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, title="The Long Table", tagline="On work", posts_per_page=5)
        gwen = await an_author(
            db,
            bio_html=clean_post("<p>Writes letters.</p>"),
            links=[{"label": "Elsewhere", "url": "https://gwen.example/"}],
        )
        work = await a_category(db, "Work", description="All of it.")
        meetings, letters = await a_category(db, "Meetings", under=work), await a_tag(db)
        for number in range(6):
            await a_post(db, f"Letter {number}", by=gwen, under=[meetings, letters])
        top = await a_page(db, "About")
        await a_page(db, "People", under=top)
        await a_post(db, "عن الثقة في العمل", html="<p>الثقة تبنى ببطء.</p>", slug="arabic")
        await a_redirect(db, "/gone/", to=None)
        title = "Everything that one can say in a title, and then a little more than fits into two lines"
        html = BODY.format(long="and so on " * 30)
        post = await a_post(
            db, title, slug="everything", by=gwen, under=[meetings, letters], html=html
        )
        await _talk(db, post, gwen.id)


async def _talk(db: Any, post: Any, author_id: int) -> None:
    parent = None
    for depth in range(7):
        name = f"A reader with a rather long name, the {depth}th of her house"
        parent = await a_comment(db, "So it is. " * 5, under=post, by=name, answering=parent)
    gone = await a_comment(db, "Rude", under=post)
    await a_comment(db, "Calm `code`", under=post, by="Gwen", answering=gone, user_id=author_id)
    site, name = "https://gwen.example/", "Gwen of the post"
    await a_comment(db, under=post, by=name, author_url=site, user_id=author_id)
    await remove(db, OWNER_AT_THE_MACHINE, gone.id)
    for number in range(50):
        await a_comment(db, f"Number {number}", under=post, author_url="https://ines.example/")
    await a_linkback(db, under=post)
    await a_linkback(
        db, under=post, title="x" * 120, source=f"https://elsewhere.example/{'y' * 150}"
    )


OpenPage = Callable[..., Awaitable[Page]]


@pytest.mark.parametrize("width", WIDTHS)
async def test_axe_finds_nothing_on_any_kind_of_page(
    site: Server, open_page: OpenPage, width: int
) -> None:
    page = await open_page(site.url, width=width)
    for kind, path in KINDS.items():
        await page.goto(site.url + path)

        assert await troubles_by_day_and_night(page) == [], kind


@pytest.mark.parametrize("width", [320, 360, 768, 1680])
async def test_no_page_is_wider_than_its_window(
    site: Server, open_page: OpenPage, width: int
) -> None:
    page = await open_page(site.url, width=width)
    for kind, path in KINDS.items():
        await page.goto(site.url + path)

        root = "document.documentElement"
        too_wide = await page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")

        assert too_wide <= 0, kind


async def test_nothing_is_fetched_from_elsewhere_and_nothing_is_refused(
    site: Server, open_page: OpenPage
) -> None:
    page = await open_page(site.url)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))

    for path in KINDS.values():
        await page.goto(site.url + path)

    assert [url for url in asked if not url.startswith(site.url)] == []
    # A browser logs every 404 and 410 it is shown.
    assert [words for words in complaints if "status of 4" not in words] == []
    assert await page.context.cookies() == []


async def test_a_reader_without_script_gets_from_a_list_to_the_last_comment(
    site: Server, open_page: OpenPage
) -> None:
    page = await open_page(site.url, width=360, script=False)

    await page.get_by_role("link", name="Everything that one can say").first.click()
    await page.get_by_role("navigation", name="Pages of comments").get_by_text("2").click()

    await expect(page).to_have_url(site.url + KINDS["post, comment page 2"])
    await page.get_by_role("button", name="Search").click()
    await page.get_by_label("Search this site").fill("Number 49")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Gwen on Everything").first.click()
    await expect(page).to_have_url(re.compile("#comment-"))


async def test_the_skip_link_is_first_and_leads_to_the_text(
    site: Server, open_page: OpenPage
) -> None:
    page = await open_page(site.url + KINDS["post"])

    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await expect(page).to_have_url(re.compile("#content$"))
    await expect(page.locator("#content")).to_be_focused()
