"""Posts by the MetaWeblog API and its relatives, as desktop editors write them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.accounts.actor import Role
from app.core import clock
from app.discussions.models import CommentKind
from app.linkbacks.announcing import announcements_of
from app.posts.models import Post, PostStatus
from app.work import Doors
from tests.web.calling import Editor, an_editor
from tests.world import a_category, a_draft, a_linkback, a_post, a_tag, the_site

pytestmark = pytest.mark.anyio

TEXT = "First line.\n\nSecond <em>line</em>."


@pytest.fixture
async def editor(doors: Doors, visitor: httpx.AsyncClient) -> Editor:
    async with doors.unit_of_work() as db:
        await the_site(db, title="Rooms", timezone="Europe/Vienna")
    return await an_editor(doors, visitor, Role.EDITOR)


async def the_post(doors: Doors, post_id: str | int) -> Post:
    async with doors.reading() as db:
        return await db.get_one(Post, int(post_id))


async def test_a_post_is_written_read_changed_and_trashed(
    editor: Editor, doors: Doors, visitor: httpx.AsyncClient
) -> None:
    content = {
        "title": "Té & talk", "description": TEXT, "categories": ["Letters", "Work"],
        "mt_keywords": "tea, talk", "wp_slug": "te", "mt_excerpt": "Short.", "mt_allow_comments": 0,
        "mt_allow_pings": "closed",
    }  # fmt: skip

    number = await editor("metaWeblog.newPost", content, True)
    got = await editor("metaWeblog.getPost", number)

    assert {name: got[name] for name in content} == content | {"mt_allow_pings": 0}
    assert (got["postid"], got["userid"], got["post_status"]) == (
        number, str(editor.user.id), "publish",
    )  # fmt: skip
    page = await visitor.get(got["link"])
    assert "<p>First line.</p>\n<p>Second <em>line</em>.</p>" in page.text
    assert [p["postid"] for p in await editor("metaWeblog.getRecentPosts", 5)] == [number]
    [title] = await editor("mt.getRecentPostTitles", 5)
    assert (title["postid"], title["title"]) == (number, "Té & talk")

    changed = got | {"title": "Tea", "description": "Other words.", "categories": ["Work"]}
    assert await editor("metaWeblog.editPost", number, changed, True) is True
    again = await editor("metaWeblog.getPost", number)
    assert (again["title"], again["link"]) == ("Tea", got["link"])
    assert (again["categories"], again["mt_keywords"]) == (["Work"], "tea, talk")
    assert again["dateCreated"] == got["dateCreated"]
    assert "Other words." in (await visitor.get(got["link"])).text

    assert await editor("blogger.deletePost", number, True) is True
    assert (await visitor.get(got["link"])).status_code == 410
    assert (await the_post(doors, number)).status == PostStatus.TRASHED
    assert await editor("metaWeblog.getRecentPosts", 5) == []


@pytest.mark.parametrize(
    "sent",
    [
        ["https://one.example/tb", "https://two.example/tb"],
        "https://one.example/tb\n https://two.example/tb",
    ],
)
async def test_addresses_for_trackbacks_are_written_down_once(
    editor: Editor, doors: Doors, sent: list[str] | str
) -> None:
    content = {"title": "T", "description": "x", "mt_tb_ping_urls": sent}

    number = await editor("metaWeblog.newPost", content, False)
    await editor("metaWeblog.editPost", number, content, False)

    async with doors.reading() as db:
        rows = await announcements_of(db, int(number))
    listed = ["https://one.example/tb", "https://two.example/tb"]
    assert [(row.target, row.is_listed) for row in rows] == [(url, True) for url in listed]


async def test_an_address_that_gets_no_trackback_is_a_fault_and_nothing_is_written(
    editor: Editor,
) -> None:
    content = {"title": "T", "description": "x", "mt_tb_ping_urls": ["mailto:a@b.example"]}

    assert await editor.code("metaWeblog.newPost", content, True) == 422
    assert await editor("metaWeblog.getRecentPosts", 5) == []


async def test_html_is_cleaned_and_own_addresses_become_paths(editor: Editor, doors: Doors) -> None:
    text = (
        '<p onclick="x()">Hi<script>alert(1)</script> <a href="javascript:x">no</a> '
        '<img src="http://blog.example/wp-content/uploads/2026/11/a.jpg" alt="A"> '
        '<img src="http://elsewhere.example/b.jpg" alt="B"></p>'
        '[caption id="x" width="300"]<img src="/wp-content/uploads/c.jpg" /> Said[/caption]'
    )

    number = await editor("metaWeblog.newPost", {"title": "T", "description": text}, True)

    post = await the_post(doors, number)
    html = str(post.body_html)
    assert "script" not in html
    assert "onclick" not in html
    assert 'src="/wp-content/uploads/2026/11/a.jpg"' in html
    assert '<a href="http://elsewhere.example/b.jpg">B</a>' in html
    assert "<figcaption" in html
    assert (await editor("metaWeblog.getPost", number))["description"] == text == post.body_source


async def test_a_text_has_a_part_behind_more_and_pages(editor: Editor, doors: Doors) -> None:
    content = {"title": "T", "description": "One.", "mt_text_more": "Two.\n<!--nextpage-->\nThree."}

    number = await editor("metaWeblog.newPost", content, True)

    post = await the_post(doors, number)
    assert str(post.teaser_html) == "<p>One.</p>"
    assert len(post.pages) == 2
    got = await editor("metaWeblog.getPost", number)
    assert (got["description"], got["mt_text_more"]) == ("One.", content["mt_text_more"])
    await editor("metaWeblog.editPost", number, got, True)
    assert (await the_post(doors, number)).body_source == post.body_source


async def test_what_was_written_in_markdown_stays_so_until_its_text_is_changed(
    editor: Editor, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db, body="Write **one**.\n\n<!--more-->\n\n[Here](/a/).", title="M")

    got = await editor("metaWeblog.getPost", str(post.id))
    await editor("metaWeblog.editPost", str(post.id), got | {"title": "N"}, True)
    kept = await the_post(doors, post.id)
    await editor("metaWeblog.editPost", str(post.id), {"description": "<b>New</b>"}, True)
    changed = await the_post(doors, post.id)

    assert (got["description"].strip(), got["mt_text_more"].strip()) == (
        "<p>Write <strong>one</strong>.</p>",
        '<p><a href="http://blog.example/a/">Here</a>.</p>',
    )
    assert (kept.title, kept.body_format, kept.body_source) == ("N", "markdown", post.body_source)
    assert (changed.body_format, str(changed.body_html)) == ("wordpress", "<p><b>New</b></p>")


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"dateCreated": datetime.fromisoformat("2026-03-01T10:00:00")}, "2026-03-01T09:00:00"),
        (
            {"date_created_gmt": datetime.fromisoformat("2026-03-01T10:00:00")},
            "2026-03-01T10:00:00",
        ),
        ({"dateCreated": "20260301T10:00:00Z"}, "2026-03-01T10:00:00"),
        ({"dateCreated": "2026-07-01T10:00:00"}, "2026-07-01T08:00:00"),
    ],
)
async def test_dates_are_of_the_sites_zone_or_of_greenwich(
    editor: Editor, doors: Doors, dates: dict[str, Any], expected: str
) -> None:
    number = await editor("metaWeblog.newPost", {"title": "T", **dates}, True)

    at = (await the_post(doors, number)).published_at
    assert at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    got = await editor("metaWeblog.getPost", number)
    assert got["date_created_gmt"] == datetime.fromisoformat(expected)


async def test_a_date_to_come_schedules_and_a_draft_has_none(editor: Editor, doors: Doors) -> None:
    later = (clock.now() + timedelta(days=3)).replace(tzinfo=None, microsecond=0)
    sooner = later - timedelta(days=30)

    waiting = await editor("metaWeblog.newPost", {"title": "T", "date_created_gmt": later}, True)
    draft = await editor("metaWeblog.newPost", {"title": "D", "date_created_gmt": sooner}, False)

    assert (await the_post(doors, waiting)).status == PostStatus.SCHEDULED
    assert (await editor("metaWeblog.getPost", waiting))["post_status"] == "publish"
    kept = await the_post(doors, draft)
    assert (kept.status, kept.published_at, kept.path) == (PostStatus.DRAFT, None, None)
    got = await editor("metaWeblog.getPost", draft)
    with clock.moved(timedelta(hours=5)):
        await editor("metaWeblog.editPost", draft, got | {"post_status": "publish"}, True)
        at = (await the_post(doors, draft)).published_at
        assert at is not None
        assert clock.now() - at < timedelta(minutes=1), "not when the draft was begun"


async def test_categories_are_listed_set_and_added_by_editors(
    editor: Editor, doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        work = await a_category(db, "Work")
        letters = await a_category(db, "Letters", under=work)
        await a_tag(db, "tea")
        post = await a_post(db, under=[work])
    author = await an_editor(doors, visitor, Role.AUTHOR)

    assert await editor("mt.getCategoryList") == [
        {"categoryId": str(letters.id), "categoryName": "Letters"},
        {"categoryId": str(work.id), "categoryName": "Work"},
    ]
    [first, _second] = await editor("metaWeblog.getCategories")
    assert (first["parentId"], first["htmlUrl"]) == (
        str(work.id), "http://blog.example/category/work/letters/",
    )  # fmt: skip
    chosen = [
        {"categoryId": str(work.id)},
        {"categoryId": str(letters.id), "isPrimary": True},
    ]
    assert await editor("mt.setPostCategories", str(post.id), chosen) is True
    got = await editor("mt.getPostCategories", str(post.id))
    assert [(c["categoryName"], c["isPrimary"]) for c in got] == [
        ("Letters", True),
        ("Work", False),
    ]
    assert (
        await author.code("metaWeblog.newPost", {"title": "T", "categories": ["New"]}, True) == 401
    )
    assert (
        await author.code("metaWeblog.newPost", {"title": "T", "categories": ["work"]}, True) == 0
    )
    assert await author.code("metaWeblog.newPost", {"title": "T", "mt_keywords": "new"}, True) == 0


async def test_a_draft_is_published_and_trackbacks_are_listed(editor: Editor, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        draft = await a_draft(db)
        post = await a_post(db)
        await a_linkback(db, under=post, kind=CommentKind.TRACKBACK, title="There")
        await a_linkback(db, under=post, source="https://other.example/")

    assert await editor("mt.publishPost", str(draft.id)) is True
    assert (await the_post(doors, draft.id)).status == PostStatus.PUBLISHED
    assert await editor("mt.getTrackbackPings", str(post.id)) == [
        {"pingTitle": "There", "pingURL": "https://elsewhere.example/a-letter/", "pingIP": ""}
    ]
    assert await editor("mt.supportedTextFilters") == []
    assert "metaWeblog.newPost" in await editor("mt.supportedMethods")


async def test_an_author_sees_and_writes_posts_of_their_own(
    editor: Editor, doors: Doors, visitor: httpx.AsyncClient
) -> None:
    author = await an_editor(doors, visitor, Role.AUTHOR)
    theirs = await editor("metaWeblog.newPost", {"title": "Theirs"}, True)
    hidden = await editor("metaWeblog.newPost", {"title": "Hidden"}, False)
    own = await author("metaWeblog.newPost", {"title": "Own"}, True)

    assert [p["postid"] for p in await author("metaWeblog.getRecentPosts")] == [own]
    assert [p["postid"] for p in await author("blogger.getRecentPosts")] == [own]
    assert {p["postid"] for p in await editor("mt.getRecentPostTitles")} == {theirs, hidden, own}
    for method, params in {
        "metaWeblog.getPost": (), "metaWeblog.editPost": ({"title": "Mine"}, True),
        "blogger.deletePost": (True,), "mt.publishPost": (), "mt.getPostCategories": (),
        "mt.setPostCategories": ([],), "mt.getTrackbackPings": (),
    }.items():  # fmt: skip
        assert await author.code(method, theirs, *params) == 401, method
        assert await author.code(method, hidden, *params) == 404, method
        assert await author.code(method, own, *params) == 0, method


async def test_a_moderator_writes_nothing(
    editor: Editor, doors: Doors, visitor: httpx.AsyncClient
) -> None:
    moderator = await an_editor(doors, visitor, Role.MODERATOR)
    number = await editor("metaWeblog.newPost", {"title": "T"}, True)

    assert await moderator.code("blogger.getUsersBlogs") == 0
    for method, params in {
        "metaWeblog.newPost": ({"title": "T"}, True),
        "metaWeblog.editPost": (number, {"title": "T"}, True),
        "metaWeblog.getPost": (number,),
        "metaWeblog.deletePost": (number, True),
        "metaWeblog.getRecentPosts": (5,),
        "metaWeblog.getCategories": (),
        "metaWeblog.newMediaObject": ({"name": "a.jpg", "bits": b"x"},),
    }.items():
        assert await moderator.code(method, *params) == 401, method
