"""The newest post of whoever comments, linked below what they said: who sees it where, and who may forget it."""

import json
from datetime import timedelta

import httpx
import pytest
from lxml import html
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.core import clock
from app.core.jobs import Tools
from app.discussions.actions import approve, remove
from app.discussions.models import Comment
from app.discussions.retention import purge_comments
from app.moderation.models import AuthorKey, Case, Standing
from tests.conftest import CountQueries, SignedIn
from tests.discussions.blogs import a_blog, a_feed, a_page
from tests.discussions.linking import Site, links_on, said
from tests.visiting import rapport
from tests.web.commenting import fields_of
from tests.world import a_comment

pytestmark = pytest.mark.anyio


async def test_the_link_stands_with_the_comment_as_soon_as_that_is_approved(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    bread = ("/bread/", "Bread &amp;amp; &amp;lt;salt&amp;gt;")
    async with a_blog({"/": a_page(), "/feed": a_feed(bread, ("/older/", "Older"))}) as blog:
        await said(site, visitor, blog.url)
        await site.work(blog)
    before = await links_on(visitor, site)
    async with site.doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, 1)

    (link,) = await links_on(visitor, site)

    assert before == []
    assert link.get("href") == f"{blog.url}bread/"
    assert link.get("rel") == "ugc nofollow"
    assert link.xpath("bdi/text()") == ["Bread & <salt>"]
    agents = [request.split(b"User-Agent: ")[1].split(b"\r\n")[0] for request in blog.requests]
    assert agents == [b"Rapport (+http://blog.example; Feed; asked by 127.0.0.1)"] * 2


async def test_a_kept_page_shows_what_is_found_after_the_approval(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    async with a_blog({"/": a_page(), "/feed": a_feed(("/bread/", "Bread"))}) as blog:
        await said(site, visitor, blog.url)
        async with site.doors.unit_of_work() as db:
            await approve(db, OWNER_AT_THE_MACHINE, 1)
        before = await links_on(visitor, site)
        await site.work(blog)

    assert before == []
    assert [link.get("href") for link in await links_on(visitor, site)] == [f"{blog.url}bread/"]


async def test_a_comment_without_the_tick_costs_what_it_did(
    site: Site, visitor: httpx.AsyncClient, count_queries: CountQueries
) -> None:
    fields = await fields_of(visitor, site.post, url="https://gwen.example/")
    with count_queries() as queries:
        await visitor.post(f"{site.post.path}comment", data=fields)

    assert not any("latest_posts" in query for query in queries)


@pytest.mark.parametrize(("is_proved", "rel"), [(True, "ugc"), (False, "ugc nofollow")])
async def test_search_engines_may_think_well_of_trusted_authors_alone(
    site: Site, visitor: httpx.AsyncClient, is_proved: bool, rel: str
) -> None:
    async with a_blog({"/": a_feed(("/bread/", "Bread"))}) as blog:
        await said(site, visitor, blog.url)
        async with site.doors.unit_of_work() as db:
            (await db.get_one(Case, 1)).is_proved = is_proved
            (await db.scalars(select(AuthorKey))).one().standing = Standing.TRUSTED
            await approve(db, OWNER_AT_THE_MACHINE, 1)
        await site.work(blog)

    assert [link.get("rel") for link in await links_on(visitor, site)] == [rel]


async def test_a_title_is_short_and_what_has_none_is_called_by_its_address(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    titles = ["x" * 201, "", "y" * 200]
    for number, title in enumerate(titles):
        async with a_blog({"/": a_feed(("/bread/", title))}) as blog:
            with clock.moved(timedelta(minutes=number)):
                await said(site, visitor, blog.url, comment=f"Number {number}.")
                await site.worker(blog).run_until_idle()

    latest = sorted(await site.latest(), key=lambda one: one.comment_id)
    bare = latest[1].url.removeprefix("http://").rstrip("/")
    assert [one.title for one in latest] == ["x" * 199 + "…", bare, "y" * 200]


async def test_the_console_shows_where_the_link_leads(
    site: Site, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    async with a_blog({"/": a_feed(("/bread/", "Bread &amp;amp; butter"))}) as blog:
        await said(site, visitor, blog.url)
        await site.work(blog)
    moderator = await signed_in(Role.MODERATOR)

    row = html.fromstring((await moderator.get("/mod/")).text)

    (line,) = row.xpath("//p[@class='case__latest']")
    assert " ".join(line.text_content().split()) == (
        "Latest post: Bread & butter ↗ leads to 127.0.0.1"
    )


async def test_the_form_shows_the_box_to_guests_alone_and_keeps_the_tick(
    site: Site, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    member = await signed_in()
    fields = await fields_of(visitor, site.post, url="https://gwen.example/", latest_post="yes")

    fresh, own = await visitor.get(site.post.path or ""), await member.get(site.post.path or "")
    again = await visitor.post(f"{site.post.path}comment", data={**fields, "preview": "1"})

    ticked = "//input[@name='latest_post']/@checked"
    assert html.fromstring(fresh.text).xpath("count(//input[@name='latest_post'])") == 1
    assert html.fromstring(fresh.text).xpath(ticked) == []
    assert html.fromstring(again.text).xpath(ticked) == ["checked"]
    assert 'name="latest_post"' not in own.text


async def test_what_is_known_of_a_commenter_includes_the_link_and_is_forgotten_with_it(
    site: Site, visitor: httpx.AsyncClient, here: dict[str, str]
) -> None:
    async with a_blog({"/": a_feed(("/bread/", "Bread"))}) as blog:
        await said(site, visitor, blog.url)
        await site.work(blog)
        async with site.doors.unit_of_work() as db:
            await approve(db, OWNER_AT_THE_MACHINE, 1)
    taken = rapport("commenter", "export", "gwen@example.org", environment=here)
    (comment,) = json.loads(taken.stdout)["comments"]

    rapport("commenter", "erase", "gwen@example.org", environment=here)

    assert (comment["latest_post"], comment["latest_post_title"]) == (f"{blog.url}bread/", "Bread")
    assert await site.latest() == []
    assert "Former member" in (await visitor.get(site.post.path or "")).text


async def test_with_a_comment_that_is_purged_the_link_goes_too(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    async with a_blog({"/": a_feed(("/bread/", "Bread"))}) as blog:
        await said(site, visitor, blog.url)
        await site.work(blog)
    async with site.doors.unit_of_work() as db:
        # Its place is kept by an answer.
        await approve(db, OWNER_AT_THE_MACHINE, 1)
        await a_comment(db, under=site.post, answering=await db.get_one(Comment, 1))
        await remove(db, OWNER_AT_THE_MACHINE, 1)

    with clock.moved(timedelta(days=31)):
        await purge_comments(Tools(site.doors, site.settings))

    assert await site.latest() == []
