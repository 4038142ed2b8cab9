"""Whom a post is announced to when it comes, changes and goes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.errors import Invalid
from app.core.jobs import Tools
from app.core.markup import markdown_post
from app.linkbacks.announcing_jobs import announce_link, announce_links
from app.linkbacks.leading_out import MOST_LINKS, links_out
from app.linkbacks.sent import AnnouncementState
from app.posts.actions import publish_due
from app.posts.models import Post, PostKind, PostStatus
from app.settings import Settings
from app.work import Doors
from tests.core.strangers import answers
from tests.linkbacks.telling import ACCEPTED, WANTS_MENTIONS, a_site_of_theirs, ours
from tests.visiting import BASE_URL
from tests.world import the_site

pytestmark = pytest.mark.anyio

PAGES = {"/a": WANTS_MENTIONS, "/b": WANTS_MENTIONS, "/hear": ACCEPTED}
OUR_ADDRESSES = (BASE_URL, "https://old.example/blog")


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a href="https://a.example/é">x</a>', ["https://a.example/é"]),
        ('<area href="http://a.example">', ["http://a.example"]),
        # The same place twice, in other words and with another fragment.
        (
            '<a href="https://a.example/x#one">1</a><a href="HTTPS://A.example:443/x">2</a>',
            ["https://a.example/x#one"],
        ),
        ('<a href="mailto:a@b.example">x</a><a href="/x">y</a><img src="https://a.example/">', []),
        ('<a href="ftp://a.example/">x</a><a href="https://u:p@a.example/">y</a>', []),
        (f'<a href="{BASE_URL}/x">x</a><a href="https://www.blog.example">y</a>', []),
        # Of the old host only the part that was ours.
        ('<a href="http://old.example/blog/x">x</a><a href="http://old.example/blog">y</a>', []),
        ('<a href="https://old.example/blogs">x</a>', ["https://old.example/blogs"]),
        (f'<a href="https://a.example/{"x" * 2000}">x</a>', []),
    ],
)
def test_links_that_lead_out_are_found_once_each(html: str, found: list[str]) -> None:
    assert list(links_out(html, OUR_ADDRESSES).values()) == found


def test_of_very_many_links_the_first_hundred_are_announced() -> None:
    html = "".join(f'<a href="https://a.example/{n}">x</a>' for n in range(500))

    assert list(links_out(html, ()))[-1] == f"https://a.example/{MOST_LINKS - 1}"


async def test_a_new_post_is_announced_to_the_page_it_links_to(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs(PAGES) as theirs:
        us = ours(doors, settings, theirs)
        await us.writes(f"See [this]({theirs.url('/a')}).", at=datetime(2024, 3, 1, tzinfo=UTC))

    source = f"{BASE_URL}/2024/03/a-letter-a-week/"
    assert theirs.heard() == [{"source": source, "target": theirs.url("/a")}]
    row = await us.row()
    assert (row.kind, row.state, row.target) == ("webmention", "sent", theirs.url("/a"))
    assert (row.endpoint, row.tries) == (theirs.url("/hear"), 1)


async def test_a_page_is_announced_as_a_post_is(doors: Doors, settings: Settings) -> None:
    async with a_site_of_theirs(PAGES) as theirs:
        us = ours(doors, settings, theirs)
        await us.writes(f"<{theirs.url('/a')}>", title="About", kind=PostKind.PAGE)

    assert [form["source"] for form in theirs.heard()] == [f"{BASE_URL}/about/"]


async def test_two_updates_and_a_deletion_are_told_each_once(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs(PAGES) as theirs:
        us = ours(doors, settings, theirs)
        a, b = theirs.url("/a"), theirs.url("/b")
        post_id = await us.writes(f"[a]({a})")
        await us.changes(post_id, body=f"[a]({a}) and [b]({b})")
        await us.changes(post_id, body=f"Only [b]({b})")
        told_so_far = [form["target"] for form in theirs.heard()]
        await us.trashes(post_id)
        await us.trashes(post_id)
        # Their server was asked ten times within a minute, and is left alone for a while.
        await us.works(later=timedelta(minutes=2))

    # Several jobs run at once, in no order that was promised.
    assert told_so_far[0] == a
    assert [sorted(told_so_far[1:3]), sorted(told_so_far[3:])] == [[a, b], [a, b]]
    assert [form["target"] for form in theirs.heard()][5:] == [b]
    assert {form["source"] for form in theirs.heard()} == {(await us.rows())[0].source}
    assert [row.told for row in await us.rows()] == ["", ""]


async def test_what_changes_nothing_that_is_read_is_not_told(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs(PAGES) as theirs:
        us = ours(doors, settings, theirs)
        post_id = await us.writes(f"[a]({theirs.url('/a')})")
        await us.changes(post_id, comments_open=False)
        await us.changes(post_id, body=f"[a]({theirs.url('/a')})")

    assert len(theirs.heard()) == 1


async def test_a_withdrawn_post_is_told_and_told_again_when_it_comes_back(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs(PAGES) as theirs:
        us = ours(doors, settings, theirs)
        post_id = await us.writes(f"[a]({theirs.url('/a')})")
        await us.changes(post_id, status=PostStatus.PRIVATE)
        await us.changes(post_id, title="Still private")
        assert len(theirs.heard()) == 2
        await us.changes(post_id, status=PostStatus.PUBLISHED)

    assert len(theirs.heard()) == 3
    assert (await us.row()).state == AnnouncementState.SENT


async def test_who_was_told_under_an_old_address_hears_of_changes_under_it(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs(PAGES) as theirs:
        us = ours(doors, settings, theirs)
        post_id = await us.writes(f"[a]({theirs.url('/a')})")
        await us.changes(post_id, slug="another", body=f"Now [a]({theirs.url('/a')})")

    first, second = (form["source"] for form in theirs.heard())
    assert first == second


@pytest.mark.parametrize("status", [PostStatus.DRAFT, PostStatus.PRIVATE])
async def test_nobody_is_told_of_what_nobody_may_read(
    doors: Doors, settings: Settings, status: PostStatus
) -> None:
    async with a_site_of_theirs(PAGES) as theirs:
        us = ours(doors, settings, theirs)
        await us.writes(f"[a]({theirs.url('/a')})", status=status)

    assert theirs.asked == []
    assert await us.rows() == []


async def test_a_scheduled_post_is_announced_when_its_time_comes(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs(PAGES) as theirs:
        us = ours(doors, settings, theirs)
        soon = clock.now() + timedelta(hours=1)
        await us.writes(f"[a]({theirs.url('/a')})", at=soon, trackbacks=(theirs.url("/ping"),))
        assert theirs.asked == []
        with clock.moved(timedelta(hours=2)):
            await publish_now(doors)
            await us.works()

    assert len(theirs.heard()) == len(theirs.bodies("/ping")) == 1


async def publish_now(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        await publish_due(db, clock.now())


async def test_a_link_that_came_and_went_before_anybody_was_told_leaves_nothing(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs({}) as theirs:
        us = ours(doors, settings, theirs)
        post_id = await us.writes(f"[a]({theirs.url('/a')})")
        assert (await us.row()).state == AnnouncementState.GIVEN_UP
        await us.changes(post_id, body="Nothing.")

    assert await us.rows() == []
    assert theirs.asked == ["GET /a"]


async def test_links_an_imported_post_came_with_are_history(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs(PAGES) as theirs:
        us = ours(doors, settings, theirs)
        old, new = theirs.url("/a"), theirs.url("/b")
        async with doors.unit_of_work() as db:
            post = await an_imported_post(db, f"[a]({old}) and [that]({new}xyz)")
        await us.changes(post.id, body=f"[a]({old}) and [b]({new})")
        await us.changes(post.id, body=f"[a]({old}), and [b]({new})")

    assert [form["target"] for form in theirs.heard()] == [new, new]


async def an_imported_post(db: AsyncSession, body: str) -> Post:
    html, _teaser = markdown_post(body)
    post = Post(
        title="Old", body_source=body, body_html=html, guid="old", path="/old/", legacy_id=7,
        status=PostStatus.PUBLISHED, published_at=datetime(2009, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    db.add(post)
    await the_site(db)
    await db.flush()
    return post


async def test_a_job_that_is_done_twice_tells_once_more_only_what_was_not_written_down(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs(PAGES) as theirs:
        us = ours(doors, settings, theirs)
        post_id = await us.writes(f"[a]({theirs.url('/a')})")
        row, tools = await us.row(), Tools(doors, us.settings)
        await announce_links(tools, post_id=post_id)
        await announce_link(tools, announcement_id=row.id)
        await announce_link(tools, announcement_id=4711)

    assert len(theirs.heard()) == 1


async def test_own_links_and_relative_ones_are_nobodys_business(
    doors: Doors, settings: Settings
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, former_urls=["https://old.example"])
    us = ours(doors, settings)
    await us.writes(f"[a]({BASE_URL}/x/) [b](/y) [c](http://www.old.example/?p=7)")

    assert await us.rows() == []


async def test_a_listed_address_gets_one_trackback(doors: Doors, settings: Settings) -> None:
    thanks = answers(b"<response><error>0</error></response>", "Content-Type: text/xml")
    async with a_site_of_theirs({"/ping": thanks}) as theirs:
        us = ours(doors, settings, theirs)
        listed = (theirs.url("/ping"), theirs.url("/ping"))
        async with doors.unit_of_work() as db:
            await the_site(db, title="Büro & Post")
        post_id = await us.writes("**Words** of mine.", title="Grün", trackbacks=listed)
        await us.changes(post_id, body="Other words.", trackbacks=listed)
        await us.trashes(post_id)

    (form,) = theirs.heard("/ping")
    assert form.pop("url").endswith("/gr%C3%BCn/")
    assert form == {
        "title": "Grün", "excerpt": "Words of mine.", "blog_name": "Büro & Post", "charset": "utf-8",
    }  # fmt: skip
    row = await us.row()
    assert (row.is_listed, row.kind, row.state) == (True, "trackback", "sent")


async def test_a_listed_address_must_be_one(doors: Doors, settings: Settings) -> None:
    with pytest.raises(Invalid, match=r"“javascript:x” is no address for a trackback\."):
        await ours(doors, settings).writes("Words.", trackbacks=("javascript:x",))
    many = tuple(f"https://a.example/{n}" for n in range(21))
    with pytest.raises(Invalid, match="at most 20"):
        await ours(doors, settings).writes("Words.", trackbacks=many)

    assert await ours(doors, settings).rows() == []
