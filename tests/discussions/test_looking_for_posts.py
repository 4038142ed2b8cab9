"""The worker looks for commenters' newest posts at their own sites, however these answer."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import anyio
import httpx
import pytest
from anyio.abc import SocketStream

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core import clock
from app.core.outbound.asking import Limits
from app.discussions.actions import approve, hold, mark_as_spam, remove
from app.discussions.latest_posts import finding
from app.discussions.latest_posts.keeping import RETRIES
from app.discussions.models import Comment
from app.discussions.own import withdraw_own
from app.moderation.models import Case
from tests.conftest import SignedIn
from tests.core.strangers import Behaviour, answers, redirects_to, sends
from tests.discussions.blogs import a_blog, a_feed, a_page
from tests.discussions.linking import Site, links_on, said
from tests.web.commenting import send

pytestmark = [pytest.mark.anyio, pytest.mark.each_case]

LATER = RETRIES[0] + timedelta(minutes=1)


async def test_without_the_tick_or_a_website_nobody_is_asked(
    site: Site, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    async with a_blog({"/": a_feed(("/bread/", "Bread"))}) as blog:
        await send(visitor, site.post, url=blog.url)
        with clock.moved(timedelta(minutes=1)):
            await send(visitor, site.post, comment="Again.", latest_post="yes")
        member = await signed_in()
        with clock.moved(timedelta(minutes=2)):
            await send(member, site.post, comment="Mine.", url=blog.url, latest_post="yes")
        await site.work(blog)

    assert (blog.connections, await site.latest()) == (0, [])


FOUND: dict[str, tuple[dict[str, Behaviour], str]] = {
    "the answer is a feed itself": ({"/": a_feed(("/bread/", "Bread"))}, "bread/"),
    "a redirect": (
        {"/": redirects_to("/en/"), "/en/": a_page("feed"), "/en/feed": a_feed(("../x", "X"))},
        "x",
    ),
    "Atom by another type": (
        {"/": a_page("/atom", "application/atom+xml"), "/atom": a_feed(("/x", "X"))},
        "x",
    ),
}


@pytest.mark.parametrize(("pages", "leads_to"), FOUND.values(), ids=FOUND)
async def test_the_feed_is_found_wherever_the_website_says(
    site: Site, visitor: httpx.AsyncClient, pages: dict[str, Behaviour], leads_to: str
) -> None:
    async with a_blog(pages) as blog:
        await said(site, visitor, blog.url)
        await site.work(blog)

    link = await site.link()
    assert link is not None
    assert link[0] == blog.url + leads_to


async def test_a_feed_of_another_host_counts_if_the_website_names_it(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    pages: dict[str, Behaviour] = {}
    async with a_blog(pages) as blog:
        pages["/"] = a_page(f"http://localhost:{blog.port}/feed")
        pages["/feed"] = a_feed((f"{blog.url}bread/", "Bread"))
        await said(site, visitor, blog.url)
        await site.work(blog)

    assert await site.link() == (f"{blog.url}bread/", "Bread")


NOTHING: dict[str, dict[str, Behaviour]] = {
    "no feed": {"/": a_page(feed="")},
    "an empty feed": {"/": a_page(), "/feed": a_feed()},
    "the newest is elsewhere": {
        "/": a_page(),
        "/feed": a_feed(("https://elsewhere.example/", "Bread"), ("/mine/", "Mine")),
    },
    "no web address": {"/": a_feed(("javascript:alert(1)", "Bread"))},
    "an address with a blank": {"/": a_feed(("/bread and salt/", "Bread"))},
    "an endless address": {"/": a_feed(("/" + "x" * 600, "Bread"))},
    "a bomb": {
        "/": answers(
            b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
            b"<rss><item><title>&b;</title><link>/x</link></item></rss>",
            "Content-Type: application/rss+xml",
        )
    },
    "the page names itself": {"/": a_page("/")},
}


@pytest.mark.parametrize("pages", NOTHING.values(), ids=NOTHING)
async def test_where_there_is_nothing_to_link_nothing_is_kept(
    site: Site, visitor: httpx.AsyncClient, pages: dict[str, Behaviour]
) -> None:
    async with a_blog(pages) as blog:
        await said(site, visitor, blog.url)
        await site.work(blog)

    assert await site.latest() == []
    assert 1 <= blog.connections <= 2


async def never(stream: SocketStream) -> None:
    """It takes its time."""
    await anyio.sleep(60)


async def for_ever(stream: SocketStream) -> None:
    """It never ends."""
    await stream.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        await stream.send(b"<p>And so on. " * 1000)


SILENT: dict[str, Behaviour] = {
    "slow": never,
    "endless": for_ever,
    "an error": answers(b"", status="503 Service Unavailable"),
    "a picture": answers(b"GIF89a", "Content-Type: image/gif"),
    "cut off": sends(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\nHel"
    ),
}


@pytest.mark.parametrize("behave", SILENT.values(), ids=SILENT)
async def test_who_gives_no_answer_is_asked_again_later_and_not_for_ever(
    site: Site, visitor: httpx.AsyncClient, behave: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "LIMITS", Limits(max_bytes=50_000, seconds=0.5))
    async with a_blog({"/": behave}) as blog:
        await said(site, visitor, blog.url)
        await site.work(blog)
        await site.work(blog, later=timedelta(minutes=1))
        assert (blog.connections, len(await site.latest())) == (1, 1)
        await site.work(blog, later=LATER)
        await site.work(blog, later=LATER + RETRIES[1])
        await site.work(blog, later=timedelta(days=9))

    assert (blog.connections, await site.latest()) == (3, [])


async def test_who_was_away_for_a_while_is_linked_all_the_same(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    pages = {"/": answers(b"", status="500 Oh dear")}
    async with a_blog(pages) as blog:
        await said(site, visitor, blog.url)
        await site.work(blog)
        pages["/"] = a_feed(("/bread/", "Bread"))
        await site.work(blog, later=LATER)

    assert await site.link() == (f"{blog.url}bread/", "Bread")


PRIVATE: dict[str, Callable[[str], Behaviour]] = {"a redirect": redirects_to, "a feed": a_page}


@pytest.mark.parametrize("leads_to", [None, *PRIVATE.values()], ids=["the website", *PRIVATE])
async def test_a_private_address_is_never_connected_to(
    site: Site, visitor: httpx.AsyncClient, leads_to: Callable[[str], Behaviour] | None
) -> None:
    async with a_blog({"/": a_feed(("/bread/", "Bread"))}) as secret:
        front = leads_to(secret.url) if leads_to else a_page("")
        async with a_blog({"/": front}) as blog:
            await said(site, visitor, blog.url if leads_to else secret.url)
            for later in (timedelta(), LATER, LATER + RETRIES[1]):
                await site.work(blog, later=later)

    assert (secret.connections, blog.connections) == (0, 3 if leads_to else 0)
    assert await site.latest() == []


async def test_of_a_comment_that_is_gone_meanwhile_nothing_is_kept(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    async def withdrawn_meanwhile(stream: SocketStream) -> None:
        async with site.doors.unit_of_work() as db:
            await withdraw_own(db, 1)
        await a_feed(("/bread/", "Bread"))(stream)

    async with a_blog({"/": withdrawn_meanwhile}) as blog:
        await said(site, visitor, blog.url)
        await site.work(blog)
    assert await site.link() is None

    async def purged_meanwhile(stream: SocketStream) -> None:
        async with site.doors.unit_of_work() as db:
            await db.delete(await db.get_one(Case, 2))
            await db.delete(await db.get_one(Comment, 2))
        await a_feed(("/bread/", "Bread"))(stream)

    async with a_blog({"/": purged_meanwhile}) as blog:
        with clock.moved(timedelta(minutes=1)):
            await said(site, visitor, blog.url, comment="Something else.")
        await site.work(blog, later=timedelta(minutes=2))
    assert [one.comment_id for one in await site.latest()] == [1]


async def test_for_spam_nobody_is_asked_until_somebody_says_that_it_is_none(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    async with a_blog({"/": a_feed(("/bread/", "Bread"))}) as blog:
        await said(site, visitor, blog.url, your_subject="Cheap watches")
        await site.work(blog)
        assert blog.connections == 0
        async with site.doors.unit_of_work() as db:
            await approve(db, OWNER_AT_THE_MACHINE, 1)
        await site.work(blog)

    assert [link.get("href") for link in await links_on(visitor, site)] == [f"{blog.url}bread/"]


async def test_what_was_found_is_not_looked_for_again(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    async with a_blog({"/": a_feed(("/bread/", "Bread"))}) as blog:
        await said(site, visitor, blog.url)
        await site.work(blog)
        for decide in (mark_as_spam, hold, remove, approve):
            async with site.doors.unit_of_work() as db:
                await decide(db, OWNER_AT_THE_MACHINE, 1)
            await site.work(blog)

    assert blog.connections == 1
    assert len(await links_on(visitor, site)) == 1


async def test_a_job_that_was_killed_is_done_again_and_once(
    site: Site, visitor: httpx.AsyncClient
) -> None:
    is_asked = asyncio.Event()

    async def thinks(stream: SocketStream) -> None:
        is_asked.set()
        await never(stream)

    pages: dict[str, Behaviour] = {"/": thinks}
    async with a_blog(pages) as blog:
        await said(site, visitor, blog.url)
        killed = asyncio.create_task(site.worker(blog).run_until_idle())
        async with asyncio.timeout(20):
            await is_asked.wait()
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
        pages["/"] = a_feed(("/bread/", "Bread"))
        await site.work(blog)
        found = await site.latest()
        pages["/"] = a_feed(("/newer/", "Newer"))
        await site.work(blog)

    assert await site.link() == (f"{blog.url}bread/", "Bread")
    assert [one.found_at for one in await site.latest()] == [one.found_at for one in found]
