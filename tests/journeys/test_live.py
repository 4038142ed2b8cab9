"""A discussion that is open in a real browser: what is new is offered and moves nothing; people are named with an @."""

import pytest
from playwright.async_api import Page, Route, expect

from app.work import Doors
from tests.browsers import SCHEMES, WIDTHS
from tests.conftest import OpenPage, Serve
from tests.groups.building import answer
from tests.groups.listening import AS_EVENTS, Talk, a_talk
from tests.journeys.looking import troubles_on

pytestmark = pytest.mark.anyio

UNLIMITED = {"RAPPORT_RATE_LIMITS": "off"}
WHERE = "[scrollY, document.activeElement.id, document.querySelectorAll('.reply').length]"


async def as_mika(talk: Talk, open_page: OpenPage, **window: object) -> Page:
    """The member's browser, with the discussion open."""
    url = str(talk.visitor.base_url).rstrip("/")
    page = await open_page(f"{url}/healthz", **window)
    token = talk.place.member.cookies["session"]
    await page.context.add_cookies([{"name": "session", "value": token, "url": url}])
    await page.goto(url + talk.topic)
    return page


async def test_a_new_reply_is_offered_and_taken_by_keys_and_nothing_jumps(
    serve: Serve, doors: Doors, open_page: OpenPage
) -> None:
    async with a_talk(doors, serve(**UNLIMITED)) as talk:
        page = await as_mika(talk, open_page)
        await page.get_by_label("Your words").fill("I was about to say")
        before = await page.evaluate(WHERE)
        await talk.say("A baker is.")
        offer = page.get_by_role("link", name="1 new reply")
        await offer.wait_for()
        await page.locator(".masthead__count", has_text="1").wait_for()
        assert await page.evaluate(WHERE) == before
        await talk.say("And a smith.")
        await page.get_by_role("link", name="2 new replies").focus()
        await page.keyboard.press("Enter")

        await page.get_by_text("And a smith.").wait_for()
        await offer.wait_for(state="detached")
        await expect(page.locator(":focus")).to_contain_text("A baker is.")
        assert await page.get_by_label("Your words").input_value() == "I was about to say"


async def test_a_browser_in_which_no_events_get_through_asks_instead(
    serve: Serve, doors: Doors, open_page: OpenPage
) -> None:
    async with a_talk(doors, serve(**UNLIMITED)) as talk:
        page = await as_mika(talk, open_page, width=360)
        kept_out = []

        async def between(route: Route) -> None:
            if route.request.headers["accept"] == AS_EVENTS["Accept"]:
                kept_out.append(route.request.url)
                await route.fulfill(status=503)
                return
            await answer(talk.place.owner, talk.topic)
            await route.continue_()

        await page.route("**/live/**", between)
        await page.reload()

        await expect(page.get_by_role("link", name="1 new reply")).to_be_visible(timeout=30_000)
        assert kept_out


async def test_somebody_is_named_by_keys_alone_and_axe_finds_nothing(
    serve: Serve, doors: Doors, open_page: OpenPage
) -> None:
    found = {}
    async with a_talk(doors, serve(**UNLIMITED)) as talk:
        for width, scheme in zip(WIDTHS, SCHEMES, strict=True):
            page = await as_mika(talk, open_page, width=width, scheme=scheme)
            words = page.get_by_label("Your words")
            await words.press_sequentially("Ask (@o")
            await page.get_by_role("option", name="Olga @olga", selected=True).wait_for()
            await talk.say(f"A baker, at {width} in the {scheme}.")
            await page.get_by_role("link", name="1 new reply").wait_for()
            too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            if problems := [*(await troubles_on(page)), *(["too wide"] if too_wide else [])]:
                found[width, scheme] = problems
            await page.keyboard.press("Enter")
            assert await words.input_value() == "Ask (@olga "
            await page.keyboard.type("@o")
            await page.get_by_role("option").wait_for()
            await page.keyboard.press("Escape")
            await page.get_by_role("option").wait_for(state="detached")

    assert found == {}
