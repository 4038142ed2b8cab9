"""One comment's whole way in a real browser, with script and without: from the form to the last letter."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import feedparser
import httpx
import pytest
from playwright.async_api import Page, expect

from app.accounts.actor import Role
from app.core import clock
from app.notifications.follows import ask_to_follow
from app.work import Doors
from tests.browsers import PATIENCE
from tests.conftest import OpenPage, Serve
from tests.notifications.post_office import PostOffice, an_office, open_office, text_of
from tests.visiting import Server
from tests.web.signing_in import PASSWORD, SIGN_IN
from tests.world import a_comment, a_member, a_post, the_site, thread_of

pytestmark = pytest.mark.anyio

POST = "/2024/03/a-letter-a-week/"
GUEST, MODERATOR, WITNESS = "gwen@example.org", "ada@example.org", "bo@example.org"
FIRST, BETTER = "It is red, I think.", "It is green, not red."
ANSWER, AFTERTHOUGHT = "Green it is. Thank you!", "Or rather turquoise."


@dataclass(frozen=True)
class Scene:
    """A site with one post, a moderator, a real server and a real mail server."""

    server: Server
    office: PostOffice

    def path_in(self, mail: EmailMessage, beginning: str) -> str:
        """The first link of a mail that begins so."""
        found = re.search(re.escape(self.server.url + beginning) + r"\S*", text_of(mail))
        assert found, text_of(mail)
        return found[0]

    async def letters(self, number: int, to: str = GUEST) -> list[EmailMessage]:
        """What came for somebody, as soon as it is so many."""
        async with asyncio.timeout(PATIENCE):
            while len(self.office.to(to)) < number:  # noqa: ASYNC110 - SMTP is what tells us
                await asyncio.sleep(0.05)
        return self.office.to(to)


@pytest.fixture
async def scene(serve: Serve, doors: Doors) -> Any:
    async with doors.unit_of_work() as db:
        await the_site(db, title="The Long Table")
        post = await a_post(db)
        await a_comment(db, "First!", under=post, by="Bo")
        await a_member(db, "Ada", roles=[Role.MODERATOR], password=PASSWORD, email=MODERATOR)
        # Follows all that is said: when a letter came there, the guest's would have come, too.
        thread = await thread_of(db, post)
        follow = await ask_to_follow(db, thread_id=thread.id, comment_id=None, email=WITNESS)
        assert follow is not None
        follow.confirmed_at = clock.now()
    async with open_office(an_office()) as office:
        settings = {"RAPPORT_SMTP_URL": office.url, "RAPPORT_FORM_MIN_SECONDS": "0"}
        # In a thread, for the office is here: letters that wait want to be taken at once.
        yield Scene(await asyncio.to_thread(serve, **settings), office)


async def comment(page: Page) -> None:
    """A guest writes, and wants to be known again and to be told."""
    await page.get_by_label("Name", exact=True).fill("Gwen")
    await page.get_by_label("E-mail").fill(GUEST)
    await page.get_by_label("Comment", exact=True).fill(FIRST)
    await page.get_by_label("Mail me answers to this").check()
    await page.get_by_label("Remember me in this browser").check()
    await page.get_by_role("button", name="Send for reading").click()


async def sees_it_wait(page: Page, scene: Scene) -> str:
    """On its own page, and below the post for this browser alone; the own page's address."""
    await expect(page.get_by_role("heading", level=1)).to_contain_text("waits for a moderator")
    await expect(page.locator(".comment")).to_contain_text(FIRST)
    own = page.url
    await page.goto(scene.server.url + POST)
    waiting = page.locator(".comment--waits")
    await expect(waiting).to_contain_text(FIRST)
    await expect(page.get_by_label("Name", exact=True)).to_have_value("Gwen")
    return own


async def change_it(page: Page, own: str) -> None:
    """The guest says it otherwise, on its own page."""
    await page.goto(own)
    await page.get_by_label("Comment", exact=True).fill(BETTER)
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".comment")).to_contain_text(BETTER)
    await expect(page.locator(".comment")).not_to_contain_text(FIRST)


async def confirm(page: Page, scene: Scene) -> None:
    """The mailed link asks once more, and its button says yes."""
    (asked,) = await scene.letters(1)
    await page.goto(scene.path_in(asked, "/confirm/"))
    await page.get_by_role("button", name="Yes, mail me answers").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("You will hear of answers")


async def sign_in(page: Page) -> None:
    """The moderator types what one types, and lands in the queue."""
    await page.get_by_label("E-mail").focus()
    await page.keyboard.type(MODERATOR)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Needs you")


async def answer_by_keys(page: Page) -> None:
    """`r`, the answer, and the button after it: no mouse."""
    # Keys are heard from when the script has run, which marks the first row.
    await expect(page.locator(".case[data-current]")).to_be_attached()
    await page.keyboard.press("j")
    await expect(page.locator(".case")).to_be_focused()
    await page.keyboard.press("r")
    await expect(page.locator("dialog#sheet textarea")).to_be_focused()
    await page.keyboard.type(ANSWER)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".case")).to_have_attribute("data-status", "approved")


async def answer_by_buttons(page: Page) -> None:
    """The same by links and buttons, each a page."""
    await page.get_by_role("link", name="Reply").click()
    await page.get_by_label("Your answer").fill(ANSWER)
    await page.get_by_role("button", name="Approve and answer").click()
    await expect(page.get_by_role("status")).to_contain_text("Gwen")


async def everybody_sees_it(scene: Scene) -> None:
    """The page, its count and each feed, in the very next request of somebody else."""
    async with httpx.AsyncClient(base_url=scene.server.url, trust_env=False) as reader:
        page = (await reader.get(POST)).text
        home = (await reader.get("/")).text
        feeds = {
            path: (await reader.get(path)).text
            for path in (f"{POST}feed/", "/comments/feed/", "/comments/feed/atom/")
        }
        entries = (await reader.get("/comments/feed/json/")).json()["items"]
    assert BETTER in page
    assert ANSWER in page
    assert FIRST not in page
    assert "3 comments" in page
    assert "3 comments" in home
    for path, feed in feeds.items():
        texts = [entry.summary for entry in feedparser.parse(feed).entries]
        assert any(BETTER in text for text in texts), path
        assert any(ANSWER in text for text in texts), path
    assert {BETTER, ANSWER} <= {
        re.sub("<.*?>", "", entry["content_html"]).strip() for entry in entries
    }


async def one_click(scene: Scene, mail: EmailMessage) -> None:
    """A mail program ends it (RFC 8058), from wherever, with no cookie."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    async with httpx.AsyncClient(trust_env=False) as program:
        ended = await program.post(
            mail["List-Unsubscribe"].strip("<>"),
            data={"List-Unsubscribe": "One-Click"},
            headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
        )
    assert ended.status_code == 200


async def add_an_afterthought(page: Page, scene: Scene) -> None:
    """The moderator answers once more, below the post."""
    await page.goto(scene.server.url + POST)
    await page.get_by_role("link", name="Reply: Gwen").click()
    await page.get_by_label("Comment", exact=True).fill(AFTERTHOUGHT)
    await page.get_by_role("button", name="Publish").click()
    await expect(page.locator(".thread")).to_contain_text(AFTERTHOUGHT)


@pytest.mark.parametrize(
    ("script", "answer"),
    [(True, answer_by_keys), (False, answer_by_buttons)],
    ids=["with script", "without"],
)
async def test_a_guest_is_read_answered_told_and_left_alone(
    scene: Scene, open_page: OpenPage, script: bool, answer: Callable[..., Any]
) -> None:
    guest = await open_page(scene.server.url + POST, script=script)
    await comment(guest)
    own = await sees_it_wait(guest, scene)
    await change_it(guest, own)
    await confirm(guest, scene)

    moderator = await open_page(scene.server.url + SIGN_IN, script=script)
    await sign_in(moderator)
    await expect(moderator.locator(".case__text")).to_contain_text(BETTER)
    await answer(moderator)
    await everybody_sees_it(scene)
    await guest.goto(own)
    await expect(guest.get_by_role("heading", level=1)).to_have_text("Your comment is published.")

    _, told = await scene.letters(2)
    assert ANSWER in text_of(told)
    await one_click(scene, told)
    await add_an_afterthought(moderator, scene)
    *_, last = await scene.letters(3, to=WITNESS)
    assert AFTERTHOUGHT in text_of(last)
    assert len(scene.office.to(GUEST)) == 2
