"""Trackbacks are taken in at once, looked at later, held, and shown when somebody has read them."""

from datetime import timedelta

import httpx
import pytest
from lxml import etree

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.discussions import actions
from app.discussions.models import CommentKind, CommentStatus
from app.linkbacks.models import LookState
from tests.linkbacks.linking import Here, OtherSite
from tests.world import the_site

pytestmark = pytest.mark.anyio


def said(response: httpx.Response) -> tuple[str, str]:
    """The error and the message of an answer (TrackBack 1.2, "Responding to a TrackBack Ping")."""
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/xml")
    root = etree.fromstring(response.content)
    return root.findtext("error") or "", root.findtext("message") or ""


async def test_a_trackback_is_kept_looked_at_and_held(here: Here, elsewhere: OtherSite) -> None:
    elsewhere.links_to(here.target)
    form = {
        "url": elsewhere.url,
        "title": "About letters",
        "excerpt": "I have read",
        "blog_name": "Notes",
    }

    assert said(await here.trackback(**form)) == ("0", "")
    await here.run_jobs()

    kept = await here.the_link()
    assert (kept.comment.kind, kept.status) == (CommentKind.TRACKBACK, CommentStatus.PENDING)
    assert kept.link.state == LookState.FOUND
    assert "linkback" in kept.reasons
    assert elsewhere.visits == 1
    # The network address goes with the comment's own, in a month; nothing else keeps it.
    assert kept.link.asked_by == ""
    assert "About letters" not in await here.page()


async def test_an_approved_trackback_is_shown_under_the_post_and_told_to_programs(
    here: Here, elsewhere: OtherSite
) -> None:
    elsewhere.links_to(here.target)
    await here.trackback(url=elsewhere.url)
    await here.run_jobs()
    kept = await here.the_link()
    async with here.doors.unit_of_work() as db:
        await actions.approve(db, OWNER_AT_THE_MACHINE, kept.comment.id)

    page = await here.page()
    rss = await here.visitor.get(f"{here.path}trackback/?__mode=rss")

    assert "Other links to this post" in page
    assert "worth more than ten mails" in page
    assert f'href="{elsewhere.url}"' in page
    assert [item.findtext("link") for item in etree.fromstring(rss.content).iter("item")] == [
        elsewhere.url
    ]


async def test_a_trackback_without_a_link_is_spam(here: Here, elsewhere: OtherSite) -> None:
    elsewhere.links_to("https://somebody.example/")

    await here.trackback(url=elsewhere.url, title="Cheap")
    await here.run_jobs()

    kept = await here.the_link()
    assert (kept.status, kept.link.state) == (CommentStatus.SPAM, LookState.MISSING)
    assert "no_link" in kept.reasons


async def test_a_page_that_cannot_be_read_is_spam_until_it_can(
    here: Here, elsewhere: OtherSite
) -> None:
    elsewhere.status = "503 Service Unavailable"
    await here.trackback(url=elsewhere.url)
    await here.run_jobs()
    before = await here.the_link()
    elsewhere.status = "200 OK"
    elsewhere.links_to(here.target)
    await here.run_jobs(later=timedelta(minutes=11))
    after = await here.the_link()

    assert (before.status, before.link.state) == (CommentStatus.SPAM, LookState.AWAY)
    assert (after.status, after.link.state) == (CommentStatus.PENDING, LookState.FOUND)


async def test_the_same_trackback_twice_is_one(here: Here, elsewhere: OtherSite) -> None:
    again = elsewhere.url.replace("http://", "HTTP://") + "#top"

    await here.trackback(url=elsewhere.url)
    error, message = said(await here.trackback(url=again))

    assert error == "1"
    assert "already" in message
    assert len(await here.links()) == 1


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
    here: Here, form: dict[str, str], path: str
) -> None:
    error, message = said(await here.visitor.post(path.format(post=here.path), data=form))

    assert error == "1"
    assert message
    assert await here.links() == []


@pytest.mark.parametrize(
    "path", ["/wp-trackback.php?p={id}", "/wp-trackback.php/{id}", "{path}trackback"]
)
async def test_wordpress_s_own_addresses_take_them_too(here: Here, path: str) -> None:
    where = path.format(id=here.post.id, path=here.path)

    assert said(await here.visitor.post(where, data={"url": "https://b.example/x"})) == ("0", "")
    assert len(await here.links()) == 1


async def test_where_trackbacks_are_switched_off_they_are_refused_and_not_announced(
    here: Here,
) -> None:
    announced = "trackback:ping" in await here.page()
    async with here.doors.unit_of_work() as db:
        await the_site(db, takes_trackbacks=False)

    error, _message = said(await here.trackback(url="https://b.example/"))

    assert (announced, error) == (True, "1")


async def test_a_page_of_this_very_site_becomes_no_link_from_elsewhere(here: Here) -> None:
    own = {"url": f"{here.settings.base_url}/2024/03/other/"}

    assert said(await here.trackback(**own)) == ("0", "")
    assert await here.links() == []
