"""What a guest's script hears of their newest post while they are still writing, and what nobody hears."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.core import clock
from app.core.jobs import Tools
from app.discussions.latest_posts.models import Lookup
from app.discussions.retention import purge_comments
from tests.core.strangers import Stranger, answers, redirects_to
from tests.discussions.blogs import a_blog, a_feed, a_page
from tests.discussions.linking import Site, said

pytestmark = pytest.mark.anyio

DOOR = "/c/latest-post/"


async def asked(visitor: httpx.AsyncClient, url: str) -> httpx.Response:
    """The box was ticked."""
    return await visitor.post(DOOR, data={"url": url})


async def heard(visitor: httpx.AsyncClient, url: str) -> httpx.Response:
    """What is known by now."""
    return await visitor.get(DOOR, params={"url": url})


def known(blog: Stranger) -> str:
    """The website as its owner types it."""
    return f" {blog.url} "


async def test_the_title_of_what_was_found_is_shown_and_linked_without_asking_again(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    async with a_blog(
        {"/": a_page(), "/feed": a_feed(("/bread/", "Bread &amp;amp; salt"))}
    ) as blog:
        first = await asked(visitor, known(blog))
        before = await heard(visitor, known(blog))
        await site.work(blog)
        after = await heard(visitor, known(blog))
        await said(site, visitor, blog.url)
        await site.work(blog)

    assert (first.status_code, before.json()) == (202, {})
    assert after.json() == {"title": "Bread & salt"}
    assert after.headers["cache-control"] == "no-store"
    assert await site.link() == (f"{blog.url}bread/", "Bread & salt")
    assert len(blog.requests) == 2
    assert b"Feed; asked by 127.0.0.1" in blog.requests[0]


async def test_what_was_found_long_ago_is_looked_for_anew(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    pages = {"/": a_feed(("/bread/", "Bread"))}
    async with a_blog(pages) as blog:
        await asked(visitor, blog.url)
        await site.work(blog)
        pages["/"] = a_feed(("/salt/", "Salt"))
        await asked(visitor, blog.url)
        await site.work(blog)
        same = await heard(visitor, blog.url)
        with clock.moved(timedelta(minutes=61)):
            assert (await heard(visitor, blog.url)).json() == {}
            await asked(visitor, blog.url)
            await site.worker(blog).run_until_idle()
            anew = await heard(visitor, blog.url)

    assert (same.json(), anew.json()) == ({"title": "Bread"}, {"title": "Salt"})


async def test_nobody_learns_what_a_connection_did(site: Site, visitor: httpx.AsyncClient) -> None:
    async with (
        a_blog({"/": a_feed(("/secret/", "Secret"))}) as private,
        a_blog({"/": answers(b"", status="500 No")}) as broken,
        a_blog({"/": redirects_to(private.url)}) as leads_inside,
        a_blog({"/": a_page("")}) as without,
    ):
        websites = [blog.url for blog in (private, broken, leads_inside, without)]
        said = [await asked(visitor, url) for url in websites]
        await site.work(broken, leads_inside, without)
        known = [
            await heard(visitor, url) for url in (*websites, "http://127.0.0.1:1/", "", "x", "\0")
        ]

    assert private.connections == 0
    assert {(answer.status_code, answer.text) for answer in said} == {(202, "{}")}
    assert {(answer.status_code, answer.text) for answer in known} == {(200, "{}")}


@pytest.mark.parametrize(
    "url", ["", "http://", "javascript:alert(1)", "x" * 600, "ftp://x.example/"]
)
async def test_only_web_addresses_are_looked_up(visitor: httpx.AsyncClient, url: str) -> None:
    assert (await asked(visitor, url)).status_code == 422


async def test_nobody_has_many_websites_looked_up(site: Site, visitor: httpx.AsyncClient) -> None:
    codes = [(await asked(visitor, f"https://{n}.example/")).status_code for n in range(6)]

    assert codes == [202] * 5 + [429]


async def test_lookups_are_forgotten_after_a_day(site: Site, visitor: httpx.AsyncClient) -> None:
    await asked(visitor, "https://gwen.example/")

    kept = []
    for hours in (23, 25):
        with clock.moved(timedelta(hours=hours)):
            await purge_comments(Tools(site.doors, site.settings))
        async with site.doors.reading() as db:
            kept.append(len((await db.scalars(select(Lookup))).all()))

    assert kept == [1, 0]
