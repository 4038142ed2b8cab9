"""Everything members do with each other, by Tab, Enter, Space and arrows alone."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from app.accounts.models import User
from app.accounts.sessions import Whereabouts, start_session
from app.discussions.topics.speaking import TopicDraft, reply_in_topic, start_topic
from app.moderation.submission import submission_of
from app.settings import Settings
from app.work import Doors
from tests.conftest import OpenPage, RunJobs, Serve
from tests.groups.building import a_group, a_membership, as_actor
from tests.journeys.keys import focused, go_to, press, troubles_of, write
from tests.journeys.looking import troubles_on
from tests.networking.introductions.meeting import introduced, knowing, three_people
from tests.networking.promises.promising import an_open_one
from tests.visiting import Server
from tests.world import the_site

pytestmark = pytest.mark.anyio

UNLIMITED = {"RAPPORT_RATE_LIMITS": "off", "RAPPORT_FORM_MIN_SECONDS": "0"}
TOPIC = "/groups/job-search/d/1-who-is-hiring/"
PAGES = (
    "/people/", "/people/bo-carter/", "/account/profile/", "/account/blocks/", "/account/figures/",
    "/groups/", "/groups/job-search/", "/groups/job-search/about/", "/groups/job-search/members/",
    "/groups/job-search/keep/", "/groups/job-search/settings/", "/groups/job-search/d/new/",
    TOPIC, "/groups/job-search/d/1/keep/", "/groups/job-search/asks/", "/groups/job-search/asks/new/",
    "/groups/job-search/offers/new/", "/groups/job-search/resources/",
    "/groups/job-search/resources/new/", "/report/?comment=1", "/promises/", "/promises/1/",
    "/promises/new/?to=bo-carter", "/intros/", "/intros/1/", "/intros/new?to=cy-dunn",
    "/intros/two", "/intros/known/", "/intros/choices/", "/conversations/1/", "/inbox/",
    "/account/notices/",
)  # fmt: skip


@pytest.fixture
async def people(doors: Doors, settings: Settings) -> dict[str, str]:
    """Sessions by name: Ada keeps a group with Bo in it, was introduced to Cy, and owes Bo something; Dee is new."""
    async with doors.unit_of_work() as db:
        site = await the_site(db, title="The Long Table", form_min_seconds=0)
        three = await three_people(db)
        group = await a_group(db, by=three.ada)
        await a_membership(db, group, three.bo)
        await introduced(db, three)
        await knowing(db, three.ada, three.dee)
        await an_open_one(db, three.ada, three.bo)
        ada, bo = as_actor(three.ada), as_actor(three.bo)
        said = submission_of("Is anybody?", name=three.ada.name, user_id=three.ada.id)
        draft = TopicDraft("Who is hiring?")
        topic, _opening = await start_topic(db, ada, settings, site, group.slug, draft, said)
    async with doors.unit_of_work() as db:
        said = submission_of("A baker is.", name=three.bo.name, user_id=three.bo.id)
        await reply_in_topic(db, bo, settings, site, (group.slug, topic.id), said)
        return {
            name: await _session(db, getattr(three, name)) for name in ("ada", "bo", "cy", "dee")
        }


async def _session(db, user: User) -> str:
    return await start_session(db, user, Whereabouts("203.0.113.9", "A browser"))


async def window(open_page: OpenPage, server: Server, token: str, path: str, **how: object) -> Page:
    """Somebody's window, on a page."""
    page = await open_page(server.url + "/healthz", **how)
    await page.context.add_cookies([{"name": "session", "value": token, "url": server.url}])
    await page.goto(server.url + path)
    return page


async def looks_well(page: Page, heading: str) -> None:
    """The page under this heading is there, and axe has nothing to say to it; without script it is the same page."""
    await expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    if await page.evaluate("matchMedia('(scripting: none)').matches"):
        # It waits for timers, which do not run there.
        return
    assert await troubles_on(page) == [], heading


async def test_everything_on_every_page_is_reached_and_seen_to_be(
    server: Server, people: dict[str, str], open_page: OpenPage
) -> None:
    page = await window(open_page, server, people["ada"], "/healthz")
    found: dict[str, list[str]] = {}
    for path in PAGES:
        answer = await page.goto(server.url + path)
        if answer is None or answer.status != 200:
            found[path] = [f"answered {answer and answer.status}"]
        elif troubles := await troubles_of(page):
            found[path] = troubles

    assert found == {}


async def test_an_ask_becomes_a_promise_by_keys_alone(
    serve: Serve, people: dict[str, str], open_page: OpenPage
) -> None:
    server = serve(**UNLIMITED)
    ada = await window(open_page, server, people["ada"], "/groups/job-search/asks/new/")
    await write(ada, "What you need, in one line", "A second pair of eyes")
    await write(ada, "More about it", "On my letter, please.")
    await write(ada, "What kind of help", "R")
    await press(ada, "No", "input", "Space")
    await press(ada, "Ask", "button")
    await expect(ada.get_by_role("heading", name="A second pair of eyes")).to_be_visible()

    bo = await window(open_page, server, people["bo"], ada.url.removeprefix(server.url))
    await press(bo, "I can help", "summary")
    await write(bo, "What you will do", "I read it on Monday.")
    await press(bo, "Offer it", "button")
    await expect(bo.get_by_role("heading", name="Your answer")).to_be_visible()

    await ada.reload()
    await press(ada, "Yes, please, to Bo Carter", "button")
    await expect(ada.get_by_text("In hand: somebody has promised to help.")).to_be_visible()
    await bo.goto(f"{server.url}/promises/")
    await press(bo, "I read it on Monday.", "a")
    await bo.wait_for_url("**/promises/3/")
    await press(bo, "done", "button")
    await expect(bo.get_by_role("button", name="done")).to_have_count(0)
    await ada.goto(f"{server.url}/promises/")
    await press(ada, "I read it on Monday.", "a")
    await expect(ada.get_by_role("button", name="Not yet")).to_be_visible()


async def test_one_joins_is_introduced_and_writes_by_keys_alone(
    serve: Serve, people: dict[str, str], open_page: OpenPage
) -> None:
    server = serve(**UNLIMITED)
    dee = await window(open_page, server, people["dee"], "/groups/job-search/join/")
    await press(dee, "Join", "button")
    await expect(dee.get_by_role("link", name="Who is hiring?")).to_be_visible()
    await dee.goto(f"{server.url}/intros/new?to=bo-carter")
    await write(dee, "Whom you ask", "Ada")
    for field in ("About me", "Why I would like to meet", "What I ask"):
        await write(dee, field, "I mill flour.")
    await press(dee, "Send the request", "button")
    await expect(dee.get_by_text("Your request is on its way.")).to_be_visible()

    ada = await window(open_page, server, people["ada"], "/intros/2/")
    await write(ada, "A note of yours", "She is good company.")
    await press(ada, "Pass it on", "button")
    await expect(ada.get_by_role("button", name="Pass it on")).to_have_count(0)
    bo = await window(open_page, server, people["bo"], "/intros/2/", script=False)
    await expect(bo.get_by_text("She is good company.")).to_be_visible()
    await press(bo, "Yes, introduce us", "button")
    await expect(bo.get_by_role("link", name="Go to the conversation")).to_be_visible()
    await press(bo, "Go to the conversation", "a")
    await bo.wait_for_url("**/conversations/2/")
    await write(bo, "Your message", "Good morning.")
    await press(bo, "Send", "button")
    await expect(bo.get_by_text("Good morning.")).to_be_visible()


async def test_a_handle_is_completed_and_left_alone_by_keys_alone(
    server: Server, people: dict[str, str], open_page: OpenPage
) -> None:
    page = await window(open_page, server, people["ada"], TOPIC)
    await write(page, "Your words", "Ask @bo")
    await expect(page.get_by_role("option", name="Bo Carter")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("option")).to_have_count(0)
    # Nothing holds the focus: Tab leads on.
    await page.keyboard.press("Tab")
    found = await focused(page)
    assert found is not None
    assert found["tag"] != "textarea"


@pytest.mark.parametrize("script", [True, False])
async def test_a_report_is_sent_and_followed_by_keys_alone(
    server: Server, people: dict[str, str], open_page: OpenPage, script: bool
) -> None:
    page = await window(open_page, server, people["ada"], "/people/bo-carter/", script=script)
    await press(page, "Report: Bo Carter", "a")
    await looks_well(page, "Report")
    await go_to(page, "An advertisement, or spam", "input")
    await page.keyboard.press("ArrowDown")
    await write(page, "Something moderators should know", "Three times a day.")
    await press(page, "Report it", "button")
    await expect(page.get_by_text("Moderators will look at it.")).to_be_visible()
    await looks_well(page, "Thank you")
    await press(page, "What you reported, and what became of it", "a")
    await looks_well(page, "What you reported")
    row = page.get_by_role("listitem").filter(has_text="Three times a day.")
    await expect(row).to_contain_text("Attacks a person")


@pytest.mark.parametrize("script", [True, False])
async def test_a_resource_is_handed_in_and_changed_by_keys_alone(
    serve: Serve, people: dict[str, str], open_page: OpenPage, tmp_path: Path, script: bool
) -> None:
    server, file = serve(**UNLIMITED), tmp_path / "letters.txt"
    file.write_bytes(b"Dear baker,\n" * 1000)
    here = "/groups/job-search/resources/"
    page = await window(open_page, server, people["bo"], here, script=script)
    # Choosers are taken over only from a while after somebody first listens for them.
    page.on("filechooser", lambda _chooser: None)
    await press(page, "Put a file here", "a")
    await looks_well(page, "Put a file here")
    await write(page, "Title", "Letters to bakers")
    # Sent too early it comes back with its words, and says what is missing.
    await press(page, "Put it here", "button")
    await looks_well(page, "Put a file here")
    await go_to(page, "File", "input")
    async with page.expect_file_chooser() as asked:
        await page.keyboard.press("Enter")
    await (await asked.value).set_files(file)
    await press(page, "Put it here", "button")
    await looks_well(page, "Letters to bakers")


@pytest.mark.parametrize("script", [True, False])
async def test_notices_are_read_and_chosen_by_keys_alone(
    serve: Serve, people: dict[str, str], run_jobs: RunJobs, open_page: OpenPage, script: bool
) -> None:
    # They are counted: none may come meanwhile.
    await run_jobs()
    server = serve(**UNLIMITED)
    page = await window(open_page, server, people["bo"], "/", script=script)
    await press(page, "Inbox", "a")
    await looks_well(page, "Inbox")
    before = await page.get_by_role("button", name="Mark as read").count()
    assert before > 1
    await press(page, "Mark as read", "button")
    await expect(page.get_by_role("button", name="Mark as read")).to_have_count(before - 1)
    await looks_well(page, "Inbox")
    await press(page, "Mark all as read", "button")
    await expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)
    await looks_well(page, "Inbox")
    await press(page, "How you hear of things", "a")
    await looks_well(page, "How you hear of things")
    await go_to(page, "Thanks: In the inbox", "input")
    await page.keyboard.press("ArrowRight")
    await press(page, "Keep this", "button")
    await expect(page.get_by_role("status").filter(has_text="from now on")).to_be_visible()
    await looks_well(page, "How you hear of things")
    await press(page, "Your inbox", "a")
    await expect(page.get_by_role("heading", name="Read before")).to_be_visible()
