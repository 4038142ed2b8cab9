"""A discussion with a real browser: a post is taken up, and what was said is changed where it stands."""

import pytest
from playwright.async_api import Page, expect

from app.accounts.sessions import Whereabouts, start_session
from app.discussions.topics.speaking import TopicDraft, reply_in_topic, start_topic
from app.moderation.submission import submission_of
from app.settings import Settings
from app.work import Doors
from tests.browsers import WIDTHS
from tests.conftest import OpenPage
from tests.groups.building import a_group, as_actor
from tests.journeys.looking import troubles_by_day_and_night
from tests.visiting import Server
from tests.world import a_comment, a_member, a_post, the_site

pytestmark = pytest.mark.anyio


@pytest.fixture
async def mika(doors: Doors, settings: Settings) -> str:
    """The session of Mika, who keeps a group, has begun a discussion about a post and answered in it."""
    async with doors.unit_of_work() as db:
        site = await the_site(db, title="The Long Table")
        mika = await a_member(db, "Mika Aalto")
        group = await a_group(db, by=mika)
        post = await a_post(db, "A letter a week")
        await a_comment(db, "A card will do.", under=post)
        me = as_actor(mika)
        draft = TopicDraft("Cards or letters?", about_post_id=post.id)
        words = submission_of(
            "> A letter a week\n\nWhat do you do, @mika-aalto?", name=mika.name, user_id=mika.id
        )
        topic, _opening = await start_topic(db, me, settings, site, group.slug, draft, words)
    async with doors.unit_of_work() as db:
        words = submission_of("I send *cards*.", name=mika.name, user_id=mika.id)
        await reply_in_topic(db, me, settings, site, (group.slug, topic.id), words)
        return await start_session(db, mika, Whereabouts("203.0.113.9", "A browser"))


async def opened(
    open_page: OpenPage, server: Server, token: str, path: str, **window: object
) -> Page:
    page = await open_page(server.url + "/healthz", **window)
    await page.context.add_cookies([{"name": "session", "value": token, "url": server.url}])
    await page.goto(server.url + path)
    return page


TOPIC = "/groups/job-search/d/1-cards-or-letters/"


@pytest.mark.parametrize("script", [True, False])
async def test_a_reply_is_changed_by_keys_alone_where_it_stands_or_on_a_page(
    server: Server, mika: str, open_page: OpenPage, script: bool
) -> None:
    page = await opened(open_page, server, mika, TOPIC, script=script)
    reply = page.locator("#reply-3")

    await reply.get_by_role("link", name="Change").focus()
    await page.keyboard.press("Enter")
    field = (reply if script else page).get_by_label("Your words")
    await field.wait_for()
    if script:
        assert page.url.endswith(TOPIC)
        await page.get_by_role("button", name="Leave it as it is").press("Enter")
        await reply.get_by_role("link", name="Change").press("Enter")
        await field.wait_for()
    await field.fill("I send **letters**.")
    await page.get_by_role("button", name="Save").press("Enter")

    await page.wait_for_url("**#reply-3")
    await expect(reply.locator("strong")).to_have_text(["letters"])
    await expect(reply).to_contain_text("edited")


async def test_axe_finds_nothing_where_something_is_discussed(
    server: Server, mika: str, open_page: OpenPage
) -> None:
    there = (
        "/?p=1", TOPIC, "/groups/discuss/?comment=1", "/groups/job-search/r/3/text/",
        "/groups/job-search/r/3/history/",
    )  # fmt: skip
    for width in WIDTHS:
        page = await opened(open_page, server, mika, "/healthz", width=width)
        for path in there:
            await page.goto(server.url + path)
            assert await troubles_by_day_and_night(page) == [], (path, width)
