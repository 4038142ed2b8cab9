"""Four people in a real browser, with script and without, on a phone: from signing up to a promise that was kept.

Olga keeps a group. Mika asks it for help, Tom helps and knows Vera, and Vera has to go in the end.
The clock is the test's: what comes due in ten days is looked at in ten days.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.models import User
from app.core import clock
from app.main import create_app
from app.settings import Settings
from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.four import (
    GROUP,
    PHONE,
    Four,
    address_of,
    ask_to_join,
    begin_a_group,
    let_in,
    sign_in,
    sign_up,
)
from tests.journeys.movable import MovableSite, later, served
from tests.networking.figures.helping import a_kept_promise
from tests.notifications.post_office import PostOffice, an_office, open_office
from tests.visiting import free_port
from tests.web.signing_in import PASSWORD
from tests.world import a_member, the_site

pytestmark = pytest.mark.anyio

NEED = "Somebody to read my letter"
PROMISED = "I read it, and write beside it what I would ask you."
NOISE = "Buy my course, it is the only one you need."


@pytest.fixture
def office() -> PostOffice:
    """A mail server that is not there yet."""
    return an_office()


@pytest.fixture
def port() -> int:
    """Where the site is."""
    return free_port()


@pytest.fixture
def settings(settings: Settings, office: PostOffice, port: int) -> Settings:
    """Settings as shipped, with an address of this machine and a mail server."""
    changed = {
        "base_url": f"http://127.0.0.1:{port}",
        "smtp_url": office.url,
        "form_min_seconds": 0,
    }
    return settings.model_copy(update=changed)


@pytest.fixture
async def site(
    settings: Settings, doors: Doors, office: PostOffice, port: int
) -> AsyncIterator[MovableSite]:
    """A site whose owner, Olga, lets everybody sign up."""
    async with doors.unit_of_work() as db:
        await the_site(db, title="The Long Table", sign_up="open")
        await a_member(
            db,
            "Olga",
            roles=[Role.OWNER],
            password=PASSWORD,
            email=address_of("Olga"),
            email_confirmed_at=clock.now(),
        )
    async with open_office(office), served(create_app(settings), port):
        yield MovableSite(settings, doors, office)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_help_is_asked_for_promised_kept_and_thanked(
    site: MovableSite, open_page: OpenPage, script: bool
) -> None:
    windows = [await open_page(site.url, width=PHONE, script=script) for _ in range(4)]
    four = Four(site, *windows, has_script=script)
    await sign_in(four, four.olga, "Olga")
    for name, page in (("Mika", four.mika), ("Tom", four.tom), ("Vera", four.vera)):
        await sign_up(four, page, name)
    await begin_a_group(four)
    for name, page in (("Mika", four.mika), ("Tom", four.tom), ("Vera", four.vera)):
        await ask_to_join(four, page, name)
        await let_in(four, name)

    with later(days=31):
        # A month without a visit ends a session.
        for name, page in (("Mika", four.mika), ("Tom", four.tom), ("Vera", four.vera)):
            await sign_in(four, page, name)
        topic = await ask_for_help(four)
        promise = await promise_help(four, topic)
    await remind_three_times(four)
    with later(days=53):
        await sign_in(four, four.olga, "Olga")
        await keep(four, promise)
        await close_the_ask(four, topic)
        await be_introduced(four)
        await have_kept_four_before(four)
    # At night it is counted.
    with later(days=54):
        await four.site.work()
        await show_the_figure(four)
        await put_out(four)
    assert {kind: problems for kind, problems in four.found.items() if problems} == {}


async def ask_for_help(four: Four) -> str:
    """Mika asks the group; where the ask stands."""
    page = four.mika
    await four.go(page, f"{GROUP}asks/new/")
    await page.get_by_label("What you need, in one line").fill(NEED, timeout=3000)
    await page.get_by_label("More about it").fill("I apply as a gardener.")
    await page.get_by_label("What kind of help").select_option("review")
    await page.get_by_role("radio", name="No", exact=True).check()
    await page.get_by_label("Tags").fill("letters")
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(NEED)
    return page.url


async def promise_help(four: Four, topic: str) -> str:
    """Tom offers, Mika says yes; where the promise stands."""
    page = four.tom
    await four.go(page, topic)
    await page.get_by_text("I can help", exact=True).click()
    await page.get_by_label("What you will do").fill(PROMISED)
    due = (clock.now() + timedelta(days=10)).date()
    await page.get_by_label("By when").fill(due.isoformat())
    await page.get_by_role("button", name="Offer it").click()
    await four.go(four.mika, topic)
    await four.mika.get_by_role("button", name="Yes, please, to Tom").click()
    await four.go(page, "/promises/")
    await page.get_by_role("link", name=PROMISED).click()
    return page.url


async def remind_three_times(four: Four) -> None:
    """Three days before, on the day, and a week after; then never again."""
    for days in (37, 38, 39, 41, 42, 48, 50, 52):
        with later(days=days + 0.9):
            await four.site.work()
    about = [words for words in four.site.subjects(address_of("Tom")) if "You promised" in words]
    assert [words.partition(":")[0] for words in about] == [
        "You promised this for three days from now",
        "You promised this for today",
        "You promised this for a week ago",
    ]


async def keep(four: Four, promise: str) -> None:
    """Tom says it is done, Mika that it is."""
    await four.go(four.tom, promise)
    await four.tom.get_by_role("button", name="It is done").click()
    await four.site.work()
    await four.go(four.mika, promise)
    await four.mika.get_by_role("button", name="Yes, it is done").click()
    await expect(four.mika.locator(".promise__state")).to_contain_text("ept")


async def close_the_ask(four: Four, topic: str) -> None:
    """Mika says how it went: it was met, by Tom."""
    page = four.mika
    await four.go(page, topic)
    await page.get_by_text("Say how it went", exact=True).click()
    await page.get_by_role("radio", name="Yes", exact=True).check()
    await page.get_by_label("By whom").select_option(label="Tom")
    await page.get_by_role("button", name="Close it").click()
    await page.get_by_label("A note to whoever met it").fill("Nobody ever read it so well.")
    await page.get_by_role("button", name="Send it").click()
    await expect(page.get_by_text("Your thanks are sent.")).to_be_visible()


async def say_that_they_know_each_other(
    four: Four, one: Page, other: Page, other_name: str
) -> None:
    """One says so on the other's page, and the other agrees."""
    await four.go(one, f"/people/{other_name.lower()}/")
    await one.get_by_role("button", name=f"I know {other_name}").click()
    await four.go(other, "/intros/known/")
    await other.get_by_role("button", name="Yes, I know").click()


async def be_introduced(four: Four) -> None:
    """Mika asks Tom, who knows Vera; both say yes, write to each other, and talk."""
    mika, tom, vera = four.mika, four.tom, four.vera
    await say_that_they_know_each_other(four, mika, tom, "Tom")
    await say_that_they_know_each_other(four, tom, vera, "Vera")
    await four.go(mika, "/people/vera/")
    await mika.get_by_role("link", name="Ask to be introduced").click()
    await mika.get_by_label("Whom you ask").select_option(label="Tom")
    await mika.get_by_label("About me").fill("I am a gardener.")
    await mika.get_by_label("Why I would like to meet").fill("Vera knows about roses.")
    await mika.get_by_label("What I ask").fill("Half an hour.")
    await mika.get_by_role("button", name="Send the request").click()
    for page, answer in ((tom, "Pass it on"), (vera, "Yes, introduce us")):
        await four.go(page, "/intros/")
        await page.get_by_role("region", name="Needs my answer").get_by_role("link").first.click()
        await page.get_by_role("button", name=answer).click()
    for page, words in ((mika, "Are roses cut in winter?"), (vera, "In March, at the latest.")):
        await four.go(page, "/intros/mine/")
        await page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
        await page.get_by_role("link", name="Go to the conversation").click()
        await page.get_by_label("Your message").fill(words)
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator(".message").last).to_contain_text(words)
    await mika.get_by_role("link", name="What this is about").click()
    await mika.get_by_role("button", name="We talked").click()
    await mika.get_by_label("A few words").fill("Without you I would not know her.")
    await mika.get_by_role("button", name="Send thanks").click()
    await four.go(tom, "/inbox/")
    await expect(tom.get_by_role("link").filter(has_text="thanks you")).to_have_count(2)


async def have_kept_four_before(four: Four) -> None:
    """Tom has helped Olga and Vera, too: a number is shown from five on."""
    async with four.site.doors.unit_of_work() as db:
        people = {user.name: user for user in await db.scalars(select(User))}
        for name in ("Olga", "Vera"):
            for days_ago in (1, 2):
                await a_kept_promise(db, people["Tom"], people[name], days_ago=days_ago)


async def show_the_figure(four: Four) -> None:
    """Nobody sees what was counted before Tom says so; then everybody does."""
    await four.go(four.mika, "/people/tom/")
    await expect(four.mika.get_by_text("5 promises kept")).to_have_count(0)
    await four.go(four.tom, "/account/figures/")
    await four.tom.get_by_label("Promises kept").check()
    await four.tom.get_by_role("button", name="Keep my choices").click()
    await four.go(four.mika, "/people/tom/")
    await expect(four.mika.get_by_text("5 promises kept")).to_be_visible()


async def put_out(four: Four) -> None:
    """Vera makes noise; Olga puts her out, and takes all of it away."""
    await four.go(four.vera, f"{GROUP}d/new/")
    await four.vera.get_by_label("Title").fill("My course")
    await four.vera.get_by_label("What you want to say").fill(NOISE)
    await four.vera.get_by_role("button", name="Begin it").click()
    noise = four.vera.url
    await four.go(four.olga, f"{GROUP}members/")
    await four.olga.get_by_role("link", name="What may be done about Vera").click()
    await four.olga.get_by_label("And remove all they wrote here").check()
    await four.olga.get_by_role("button", name="Put out").click()
    await four.site.work()
    for page in (four.mika, four.vera):
        await four.go(page, noise)
        await expect(page.get_by_text(NOISE)).to_have_count(0)
    await four.go(four.olga, f"{GROUP}keep/")
    await expect(four.olga.get_by_text("Vera").first).to_be_visible()
