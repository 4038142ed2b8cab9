"""Posts that link to each other here: named under "More on this site", and never a linkback."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core.jobs import Tools
from app.linkbacks.leading_out import MOST_LINKS, links_within
from app.linkbacks.own_links import find_all_own_links
from app.posts.actions import edit_post, trash_post
from app.posts.drafts import Draft
from app.posts.models import Post, PostStatus
from app.settings import Settings
from app.web.pages.post_reading import MOST_LINKED_FROM
from tests.linkbacks.linking import Here
from tests.world import a_post, the_site

pytestmark = pytest.mark.anyio

Written = Callable[..., Awaitable[Post]]
TITLE = "What came of the letters"


@pytest.fixture
def write(here: Here) -> Written:
    """Writes another post whose text links somewhere, and has the worker read it."""

    async def written(link: str, title: str = TITLE, **fields: Any) -> Post:
        async with here.doors.unit_of_work() as db:
            post = await a_post(db, title, body=f"I wrote [about it]({link}).", **fields)
        await here.run_jobs()
        return post

    return written


async def change(here: Here, post: Post, **fields: Any) -> None:
    async with here.doors.unit_of_work() as db:
        draft = Draft(**fields)
        await edit_post(db, OWNER_AT_THE_MACHINE, await the_site(db), post.id, draft)


def named(page: str) -> str:
    """What stands under "More on this site"."""
    _before, heading, rest = page.partition("More on this site")
    return rest.partition("</section>")[0] if heading else ""


async def test_a_post_names_another_that_links_to_it(here: Here, write: Written) -> None:
    assert "More on this site" not in await here.page()

    other = await write(here.target)

    assert f'<a href="{other.path}"><bdi>{TITLE}</bdi></a>' in named(await here.page())
    assert await here.links() == []


@pytest.mark.parametrize("suffix", ["", "comment-page-2/", "#comment-12", "?utm_source=x"])
async def test_every_way_to_link_to_it_counts(here: Here, write: Written, suffix: str) -> None:
    await write(here.path + suffix)

    assert TITLE in named(await here.page())


async def test_a_link_by_its_number_counts(here: Here, write: Written) -> None:
    await write(f"/?p={here.post.id}")

    assert TITLE in named(await here.page())


async def test_a_link_to_an_address_it_had_counts(here: Here, write: Written) -> None:
    was_at = here.path
    await change(here, here.post, slug="a-letter-a-day")
    await write(was_at)

    page = await here.visitor.get(was_at, follow_redirects=True)

    assert TITLE in named(page.text)


@pytest.mark.parametrize("suffix", ["feed/", "trackback/"])
async def test_a_link_to_what_is_not_its_page_does_not_count(
    here: Here, write: Written, suffix: str
) -> None:
    await write(here.path + suffix)

    assert TITLE not in named(await here.page())


async def test_nobody_is_shown_a_draft_that_links(here: Here, write: Written) -> None:
    draft = await write(here.target, status=PostStatus.DRAFT)
    assert named(await here.page()) == ""

    await change(here, draft, status=PostStatus.PUBLISHED)

    assert TITLE in named(await here.page())


async def test_a_new_title_stands_there_at_once(here: Here, write: Written) -> None:
    other = await write(here.target)
    await here.page()

    await change(here, other, title="What became of them")

    assert "What became of them" in named(await here.page())


async def test_a_post_in_the_trash_is_named_no_more(here: Here, write: Written) -> None:
    other = await write(here.target)
    await here.page()

    async with here.doors.unit_of_work() as db:
        await trash_post(db, OWNER_AT_THE_MACHINE, other.id)

    assert named(await here.page()) == ""


async def test_a_link_that_was_taken_out_counts_no_more(here: Here, write: Written) -> None:
    other = await write(here.target)
    await here.page()

    await change(here, other, body="I wrote about it.")
    await here.run_jobs()

    assert named(await here.page()) == ""


async def test_a_post_that_links_to_itself_does_not_name_itself(here: Here) -> None:
    await change(here, here.post, body=f"As [I said]({here.target}).")
    await here.run_jobs()

    assert named(await here.page()) == ""


async def test_of_many_the_newest_ten_are_named(here: Here, write: Written) -> None:
    for number in range(MOST_LINKED_FROM + 2):
        await write(here.target, f"Letter {number:02}")

    page = named(await here.page())

    told = [number for number in range(MOST_LINKED_FROM + 2) if f"Letter {number:02}" in page]
    assert told == list(range(2, MOST_LINKED_FROM + 2))
    assert page.index("Letter 11") < page.index("Letter 02")


async def test_what_came_all_at_once_is_gone_through(here: Here, settings: Settings) -> None:
    async with here.doors.unit_of_work() as db:
        for number in range(120):
            html = f'<p><a href="{here.path}">x</a></p>' if number == 119 else "<p>x</p>"
            await a_post(db, f"Letter {number}", html=html)
    await find_all_own_links(Tools(here.doors, settings))
    await here.run_jobs()

    assert "Letter 119" in named(await here.page())


def test_of_very_many_links_the_first_hundred_are_followed() -> None:
    html = "".join(f'<a href="/{n}">x</a>' for n in range(500))

    found = links_within(html, "http://blog.example/x/", ["http://blog.example"])

    assert len(found) == MOST_LINKS


def test_a_relative_link_leads_where_browsers_would_go() -> None:
    html = '<a href="../2/">x</a><a href="https://elsewhere.example/">y</a><a href="mailto:x@y.example">z</a>'

    assert links_within(html, "http://blog.example/a/1/", ["http://blog.example"]) == [
        "http://blog.example/a/2/"
    ]
