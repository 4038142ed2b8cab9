"""From a site of nobody's to a post that came out by itself and moved: in a browser, with script and without.

The clock is the test's: two minutes ahead come at once.
"""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from app.core import clock
from app.main import create_app
from app.notifications.blog.models import BlogFollower
from app.settings import Settings
from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.movable import MovableSite, later, served
from tests.journeys.neighbours import Neighbours, neighbours
from tests.journeys.writers import a_picture, body_of, drop_files, status_of, until_saved, write
from tests.notifications.post_office import an_office, open_office, text_of
from tests.visiting import free_port
from tests.web.signing_in import PASSWORD

pytestmark = pytest.mark.anyio

FOLLOWER = "gwen@example.org"
TWO_MINUTES = 2 / 24 / 60


@pytest.fixture
async def them() -> AsyncIterator[Neighbours]:
    """A site that takes pingbacks."""
    async with neighbours(1) as them:
        yield them


@pytest.fixture
async def site(settings: Settings, doors: Doors, them: Neighbours) -> AsyncIterator[MovableSite]:
    """A new site, as it is started for the first time; it has a mail server."""
    port, office = free_port(), an_office()
    changed = {
        "base_url": f"http://127.0.0.1:{port}",
        "smtp_url": office.url,
        "outbound_allow": them.allowed,
    }
    settings = settings.model_copy(update=changed)
    async with open_office(office), served(create_app(settings), port):
        yield MovableSite(settings, doors, office)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_a_first_post_is_written_scheduled_published_and_moved(
    site: MovableSite, open_page: OpenPage, them: Neighbours, script: bool
) -> None:
    page = await open_page(site.url, script=script)
    await become_the_owner(site, page)
    await follow(site, await open_page(f"{site.url}/follow/", script=script))
    text = f"I have read [this]({them.targets[0]}) twice."
    await page.goto(f"{site.url}/write/new/")
    await (written_with_script if script else written_without)(page, text)
    await compare(page)
    address = await schedule(page, text)

    assert await status(site, address) == 404
    with later(TWO_MINUTES + 1 / 24 / 60):
        await site.work()
        assert them.told() == {((f"{site.url}{address}", them.targets[0]), 0): 1}
        await require_readers_find_it(site, address, has_picture=script)
        await require_one_letter_that_ends_it(site, address)
        moved = await move(page)
        await site.work()

        async with httpx.AsyncClient(base_url=site.url, trust_env=False) as reader:
            answer = await reader.get(address)
            assert (answer.status_code, answer.headers["location"]) == (301, moved)
            assert (await reader.get(moved)).status_code == 200
            assert moved in (await reader.get("/feed/")).text


async def become_the_owner(site: MovableSite, page: Page) -> None:
    await page.goto(f"{site.url}/admin/setup")
    await page.get_by_label("Name").fill("Nora")
    await page.get_by_label("E-mail").fill("nora@example.org")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Become the owner").click()
    await expect(page).to_have_url(re.compile("/admin/start/$"))


async def follow(site: MovableSite, page: Page) -> None:
    """Somebody wants new posts by mail, and says so once more from their letter."""
    await page.get_by_label("E-mail").fill(FOLLOWER)
    await page.get_by_role("button", name="Mail me new posts").click()
    await expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    await site.work()
    await page.goto(site.link_for(FOLLOWER, "/confirm/blog/"))
    await page.get_by_role("button", name="Yes, mail me new posts").click()
    await expect(page.get_by_role("heading", name="You will be mailed new posts")).to_be_visible()


async def written_with_script(page: Page, text: str) -> None:
    """A picture is dropped, the connection is cut while one writes, and comes back."""
    await page.get_by_label("Title", exact=True).fill("My garden")
    await drop_files(page, ("garden.png", "image/png", a_picture()))
    await page.get_by_label("What does it show?").fill("A garden in winter")
    await expect(body_of(page)).to_have_value(re.compile(r"^!\[A garden in winter\]\(/"))
    await until_saved(page)
    await page.context.set_offline(True)
    await write(page, text)
    await expect(status_of(page)).to_contain_text("kept in this browser")
    await page.context.set_offline(False)
    await until_saved(page)
    await save(page)


async def written_without(page: Page, text: str) -> None:
    await page.get_by_label("Title", exact=True).fill("My garden")
    await body_of(page).fill("First words.")
    await save(page)
    await body_of(page).fill(text)
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator("#editor-preview")).to_contain_text("I have read this twice.")
    await save(page)


async def save(page: Page) -> None:
    # What was said of an earlier save may still stand there: the page is a new one.
    async with page.expect_navigation():
        await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator(".account__done").filter(has_text="Saved")).to_be_visible()


async def compare(page: Page) -> None:
    """The older text and the newer."""
    await body_of(page).fill(await body_of(page).input_value() + "\n\nAnd again.")
    await save(page)
    editor = page.url.partition("?")[0]
    await page.goto(f"{editor}revisions/")
    await page.get_by_role("button", name="Compare them").click()
    await expect(page.get_by_role("table")).to_contain_text("And again.")
    await page.goto(editor)


async def schedule(page: Page, text: str) -> str:
    """Two minutes ahead; the address it will have."""
    at = (clock.now() + timedelta(minutes=2)).astimezone(UTC)
    await page.locator("#panel-publishing summary").click()
    await page.get_by_label("Everybody").check()
    await page.get_by_label("Its day").fill(f"{at:%Y-%m-%dT%H:%M}")
    await page.get_by_label("Mail this to 1 follower").check()
    await save(page)
    await expect(page.get_by_text("It comes out by itself")).to_be_visible()
    return f"/{at:%Y/%m}/my-garden/"


async def status(site: MovableSite, address: str) -> int:
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as reader:
        return (await reader.get(address)).status_code


async def require_readers_find_it(site: MovableSite, address: str, *, has_picture: bool) -> None:
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as reader:
        whole = await reader.get(address)
        assert whole.status_code == 200
        assert "And again." in whole.text
        assert ('alt="A garden in winter"' in whole.text) == has_picture
        for path in ("/", "/feed/", "/feed/atom/", "/feed/json/"):
            assert "My garden" in (await reader.get(path)).text, path
        assert address in await sitemap(reader)


async def require_one_letter_that_ends_it(site: MovableSite, address: str) -> None:
    """The post's letter came once, and one click in a mail program ends the next (RFC 8058)."""
    news = [mail for mail in site.office.to(FOLLOWER) if mail["Subject"] == "My garden"]
    assert len(news) == 1
    assert f"{site.url}{address}" in text_of(news[0])
    assert news[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    ending = str(news[0]["List-Unsubscribe"]).strip("<>")
    async with httpx.AsyncClient(trust_env=False) as program:
        ended = await program.post(ending, data={"List-Unsubscribe": "One-Click"})
    assert ended.status_code == 200
    async with site.doors.reading() as db:
        assert list(await db.scalars(select(BlogFollower.email))) == []


async def sitemap(reader: httpx.AsyncClient) -> str:
    """All addresses in it."""
    index = (await reader.get("/sitemap.xml")).text
    parts = [str(httpx.URL(url).raw_path, "ascii") for url in re.findall("<loc>(.*?)</loc>", index)]
    return index + "".join(
        [(await reader.get(part)).text for part in parts if part.endswith(".xml")]
    )


async def move(page: Page) -> str:
    """Another slug; where it stands then."""
    await page.reload()
    await page.locator("#panel-address summary").click()
    await page.get_by_label("Last part of its address").fill("my-garden-in-winter")
    await save(page)
    at = datetime.now(UTC)
    return f"/{at:%Y/%m}/my-garden-in-winter/"
