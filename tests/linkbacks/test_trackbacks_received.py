"""Trackbacks are taken in at once, looked at later, held, and shown when somebody has read them."""

from datetime import timedelta

import httpx
import pytest
from lxml import etree

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.discussions import actions
from app.discussions.models import CommentKind, CommentStatus
from app.linkbacks.models import LookState
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.linkbacks.linking import OtherSite, kept_links
from tests.world import the_site

pytestmark = pytest.mark.anyio


def said(response: httpx.Response) -> tuple[str, str]:
    """The error and the message of an answer (TrackBack 1.2, "Responding to a TrackBack Ping")."""
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/xml")
    root = etree.fromstring(response.content)
    return root.findtext("error") or "", root.findtext("message") or ""


async def test_a_trackback_is_kept_looked_at_and_held(
    visitor: httpx.AsyncClient,
    post: Post,
    elsewhere: OtherSite,
    settings: Settings,
    doors: Doors,
    run_jobs: RunJobs,
) -> None:
    elsewhere.links_to(f"{settings.base_url}{post.path}")
    form = {
        "url": elsewhere.url,
        "title": "About letters",
        "excerpt": "I have read",
        "blog_name": "Notes",
    }

    assert said(await visitor.post(f"{post.path}trackback/", data=form)) == ("0", "")
    await run_jobs()

    (kept,) = await kept_links(doors)
    assert (kept.comment.kind, kept.status) == (CommentKind.TRACKBACK, CommentStatus.PENDING)
    assert kept.link.state == LookState.FOUND
    assert "linkback" in kept.reasons
    assert elsewhere.visits == 1
    # The network address goes with the comment's own, in a month; nothing else keeps it.
    assert kept.link.asked_by == ""
    assert "About letters" not in (await visitor.get(post.path or "")).text


async def test_an_approved_trackback_is_shown_under_the_post_and_told_to_programs(
    visitor: httpx.AsyncClient,
    post: Post,
    elsewhere: OtherSite,
    settings: Settings,
    doors: Doors,
    run_jobs: RunJobs,
) -> None:
    elsewhere.links_to(f"{settings.base_url}{post.path}")
    await visitor.post(f"{post.path}trackback/", data={"url": elsewhere.url})
    await run_jobs()
    (kept,) = await kept_links(doors)
    async with doors.unit_of_work() as db:
        await actions.approve(db, OWNER_AT_THE_MACHINE, kept.comment.id)

    page = (await visitor.get(post.path or "")).text
    rss = await visitor.get(f"{post.path}trackback/?__mode=rss")

    assert "Other links to this post" in page
    assert "worth more than ten mails" in page
    assert f'href="{elsewhere.url}"' in page
    assert [item.findtext("link") for item in etree.fromstring(rss.content).iter("item")] == [
        elsewhere.url
    ]


async def test_a_trackback_without_a_link_is_spam(
    visitor: httpx.AsyncClient, post: Post, elsewhere: OtherSite, doors: Doors, run_jobs: RunJobs
) -> None:
    elsewhere.links_to("https://somebody.example/")

    await visitor.post(f"{post.path}trackback/", data={"url": elsewhere.url, "title": "Cheap"})
    await run_jobs()

    (kept,) = await kept_links(doors)
    assert (kept.status, kept.link.state) == (CommentStatus.SPAM, LookState.MISSING)
    assert "no_link" in kept.reasons


async def test_a_page_that_cannot_be_read_is_spam_until_it_can(
    visitor: httpx.AsyncClient,
    post: Post,
    elsewhere: OtherSite,
    settings: Settings,
    doors: Doors,
    run_jobs: RunJobs,
) -> None:
    elsewhere.status = "503 Service Unavailable"
    await visitor.post(f"{post.path}trackback/", data={"url": elsewhere.url})
    await run_jobs()
    (before,) = await kept_links(doors)
    elsewhere.status = "200 OK"
    elsewhere.links_to(f"{settings.base_url}{post.path}")
    await run_jobs(later=timedelta(minutes=11))
    (after,) = await kept_links(doors)

    assert (before.status, before.link.state) == (CommentStatus.SPAM, LookState.AWAY)
    assert (after.status, after.link.state) == (CommentStatus.PENDING, LookState.FOUND)


async def test_the_same_trackback_twice_is_one(
    visitor: httpx.AsyncClient, post: Post, elsewhere: OtherSite, doors: Doors
) -> None:
    again = elsewhere.url.replace("http://", "HTTP://") + "#top"

    await visitor.post(f"{post.path}trackback/", data={"url": elsewhere.url})
    error, message = said(await visitor.post(f"{post.path}trackback/", data={"url": again}))

    assert error == "1"
    assert "already" in message
    assert len(await kept_links(doors)) == 1


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ({"title": "No address"}, "{post}trackback/"),
        ({"url": "ftp://files.example/"}, "{post}trackback/"),
        ({"url": "https://blog.elsewhere.example/", "charset": "utf-7"}, "{post}trackback/"),
        ({"url": "https://blog.elsewhere.example/"}, "/2001/01/nothing/trackback/"),
        ({"url": "https://blog.elsewhere.example/"}, "/wp-trackback.php?p=999"),
        ({"url": "https://blog.elsewhere.example/"}, "/a%00b/trackback/"),
        ({"url": "https://blog.elsewhere.example/"}, "/wp-trackback.php/999"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_xml(
    visitor: httpx.AsyncClient, post: Post, doors: Doors, form: dict[str, str], path: str
) -> None:
    error, message = said(await visitor.post(path.format(post=post.path), data=form))

    assert error == "1"
    assert message
    assert await kept_links(doors) == []


@pytest.mark.parametrize(
    "path", ["/wp-trackback.php?p={id}", "/wp-trackback.php/{id}", "{path}trackback"]
)
async def test_wordpress_s_own_addresses_take_them_too(
    visitor: httpx.AsyncClient, post: Post, doors: Doors, path: str
) -> None:
    where = path.format(id=post.id, path=post.path)

    assert said(await visitor.post(where, data={"url": "https://b.example/x"})) == ("0", "")
    assert len(await kept_links(doors)) == 1


async def test_where_trackbacks_are_switched_off_they_are_refused_and_not_announced(
    visitor: httpx.AsyncClient, post: Post, doors: Doors
) -> None:
    announced = "trackback:ping" in (await visitor.get(post.path or "")).text
    async with doors.unit_of_work() as db:
        await the_site(db, takes_trackbacks=False)

    error, _message = said(
        await visitor.post(f"{post.path}trackback/", data={"url": "https://b.example/"})
    )

    assert (announced, error) == (True, "1")


async def test_a_page_of_this_very_site_becomes_no_link_from_elsewhere(
    visitor: httpx.AsyncClient, post: Post, settings: Settings, doors: Doors
) -> None:
    own = {"url": f"{settings.base_url}/2024/03/other/"}

    assert said(await visitor.post(f"{post.path}trackback/", data=own)) == ("0", "")
    assert await kept_links(doors) == []
