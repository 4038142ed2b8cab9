"""Feeds as their readers fetch them."""

import json
from datetime import timedelta
from typing import Any

import feedparser
import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core import clock
from app.discussions import actions as discussing
from app.discussions.models import CommentStatus
from app.posts import actions as writing
from app.posts.models import Post, PostAuthor, PostTerm
from app.posts.queries import post_with_parts
from tests.world import (
    FIRST_DAY,
    a_category,
    a_comment,
    a_draft,
    a_linkback,
    a_page,
    a_post,
    a_tag,
    an_author,
    an_upload,
    the_site,
)

pytestmark = pytest.mark.anyio

XML_FORMATS = ("", "atom/")


async def feed_at(visitor: httpx.AsyncClient, path: str) -> Any:
    """The feed as a strict reader has it."""
    answer = await visitor.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    result = feedparser.parse(answer.content, sanitize_html=False)
    assert not result.bozo, result.get("bozo_exception")
    return result


async def titles_at(visitor: httpx.AsyncClient, path: str) -> list[str]:
    return [entry.title for entry in (await feed_at(visitor, path)).entries]


@pytest.fixture
async def blog(doors: Any) -> dict[str, Post]:
    """Three posts, written a day ago: two by Gwen, about tea; one by Ned under a category below."""
    with clock.moved(-timedelta(days=1)):
        async with doors.unit_of_work() as db:
            return await _written(db)


async def _written(db: AsyncSession) -> dict[str, Post]:
    await the_site(db, title="Rooms & kettles", tagline="On working together", language="en-GB")
    gwen, ned = await an_author(db), await an_author(db, "Ned Flowers")
    work = await a_category(db)
    below = await a_category(db, "Meetings", under=work)
    tea = await a_tag(db, "tea")
    posts = {
        "old": await a_post(db, "The old one", by=gwen, under=(work, tea), at=FIRST_DAY),
        "mid": await a_post(
            db, "The one between", by=ned, under=(below,), at=FIRST_DAY + timedelta(days=40)
        ),
        "new": await a_post(
            db, "The new one", by=(gwen, ned), under=(tea,), at=FIRST_DAY + timedelta(days=400)
        ),
    }
    await a_draft(db)
    await a_page(db)
    return posts


LISTS = {
    "/feed/": ["The new one", "The one between", "The old one"],
    "/category/working-life/feed/": ["The one between", "The old one"],
    "/category/working-life/meetings/feed/": ["The one between"],
    "/tag/tea/feed/": ["The new one", "The old one"],
    "/author/ned-flowers/feed/": ["The new one", "The one between"],
    "/2024/feed/": ["The one between", "The old one"],
    "/2024/03/feed/": ["The old one"],
    "/2024/03/01/feed/": ["The old one"],
    "/search/feed/?q=between": ["The one between"],
    "/search/feed/?q=nothing-like-it": [],
    "/search/feed/": [],
}


@pytest.mark.parametrize("suffix", XML_FORMATS)
async def test_every_list_of_posts_has_its_feed(
    visitor: httpx.AsyncClient, blog: Any, suffix: str
) -> None:
    addresses = {path: path.replace("/feed/", f"/feed/{suffix}") for path in LISTS}

    assert {path: await titles_at(visitor, at) for path, at in addresses.items()} == LISTS


async def test_the_same_feed_is_there_as_json(visitor: httpx.AsyncClient, blog: Any) -> None:
    answer = await visitor.get("/tag/tea/feed/json/")

    feed = json.loads(answer.content)
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    assert [item["title"] for item in feed["items"]] == ["The new one", "The old one"]
    assert feed["home_page_url"] == "http://blog.example/tag/tea/"
    assert feed["items"][0]["authors"] == [
        {"name": "Gwen Thomas", "url": "http://blog.example/author/gwen-thomas/"},
        {"name": "Ned Flowers", "url": "http://blog.example/author/ned-flowers/"},
    ]


async def test_a_feed_says_what_it_is_and_that_it_may_be_asked_for_again(
    visitor: httpx.AsyncClient, blog: Any
) -> None:
    for suffix, media_type in (
        ("", "application/rss+xml"),
        ("atom/", "application/atom+xml"),
        ("json/", "application/feed+json"),
    ):
        headers = (await visitor.get(f"/feed/{suffix}")).headers
        assert headers["content-type"] == f"{media_type}; charset=utf-8"
        assert headers["cache-control"] == "no-cache"
        assert {"etag", "last-modified"} <= set(headers)
        assert "set-cookie" not in headers


async def test_a_feed_is_called_after_what_its_posts_have_in_common(
    visitor: httpx.AsyncClient, blog: Any
) -> None:
    whole = (await feed_at(visitor, "/feed/")).feed
    category = (await feed_at(visitor, "/category/working-life/feed/")).feed

    assert (whole.title, whole.subtitle) == ("Rooms & kettles", "On working together")
    assert whole.language == "en-GB"
    assert category.title == "Working life – Rooms & kettles"
    assert category.link == "http://blog.example/category/working-life/"


async def test_a_post_in_a_feed_has_all_that_it_has_on_its_page(
    doors: Any, visitor: httpx.AsyncClient, blog: Any
) -> None:
    async with doors.unit_of_work() as db:
        await a_comment(db, under=await db.merge(blog["new"]))
        await a_linkback(db, under=await db.merge(blog["new"]))
        await an_upload(
            db,
            "2024/03/tälk.mp3",
            post_id=blog["new"].id,
            mime="audio/mpeg",
            size=77,
            is_stored=True,
        )

    entry = (await feed_at(visitor, "/feed/")).entries[0]

    assert entry.id == blog["new"].guid
    assert entry.link == "http://blog.example/2025/04/the-new-one/"
    assert [tag.term for tag in entry.tags] == ["tea"]
    assert entry.slash_comments == "2"
    assert entry.comments == entry.link + "#comments"
    assert entry.wfw_commentrss == entry.link + "feed/"
    assert [dict(file) for file in entry.enclosures] == [
        {
            "type": "audio/mpeg",
            "length": "77",
            "href": "http://blog.example/wp-content/uploads/2024/03/t%C3%A4lk.mp3",
        }
    ]


async def test_links_of_the_site_are_whole_in_feeds(doors: Any, visitor: httpx.AsyncClient) -> None:
    async with doors.unit_of_work() as db:
        await a_post(
            db, html='<p>href="/a/"</p><a href="/about/">a</a><img src="/i.png" alt="">\f<p>2</p>'
        )

    (entry,) = (await feed_at(visitor, "/feed/")).entries

    assert '<a href="http://blog.example/about/">' in entry.content[0].value
    assert 'src="http://blog.example/i.png"' in entry.content[0].value
    assert '<p>href="/a/"</p>' in entry.content[0].value
    assert "<p>2</p>" in entry.content[0].value


async def test_a_site_may_give_its_summaries_alone(doors: Any, visitor: httpx.AsyncClient) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, feed_full_text=False)
        await a_post(db, body="The whole of it. " * 100, excerpt="In short.")

    for suffix in XML_FORMATS:
        (entry,) = (await feed_at(visitor, f"/feed/{suffix}")).entries
        assert entry.summary == "In short."
        assert "content" not in entry


async def all_guids(visitor: httpx.AsyncClient, path: str) -> list[str]:
    """Of every entry there is, as a reader finds them who follows `next`."""
    found: list[str] = []
    url: str | None = path
    while url:
        feed = await feed_at(visitor, url)
        found += [entry.id for entry in feed.entries]
        url = next((link.href for link in feed.feed.links if link.rel == "next"), None)
    return found


@pytest.mark.parametrize("suffix", XML_FORMATS)
async def test_older_entries_are_found_by_following_next(
    doors: Any, visitor: httpx.AsyncClient, suffix: str
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, feed_items=10)
        posts = [await a_post(db, f"Post {number}") for number in range(25)]
        comments = [await a_comment(db, under=posts[0]) for _ in range(21)]

    newest_first = [post.guid for post in reversed(posts)]
    assert await all_guids(visitor, f"/feed/{suffix}") == newest_first
    said = [comment.guid for comment in reversed(comments)]
    assert await all_guids(visitor, f"/comments/feed/{suffix}") == said
    assert await all_guids(visitor, f"/2024/03/post-0/feed/{suffix}") == said


async def test_a_page_of_a_feed_knows_its_neighbours(
    doors: Any, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, feed_items=10)
        for number in range(21):
            await a_post(db, f"Post {number}")

    first, second, third = [await feed_at(visitor, f"/feed/?page={n}") for n in (1, 2, 3)]

    rels = ("self", "first", "previous", "next")
    links = [{x.rel: x.href for x in feed.feed.links if x.rel in rels} for feed in (second, third)]
    feed_url = "http://blog.example/feed/"
    assert links[0] == {
        "self": f"{feed_url}?page=2", "first": feed_url, "previous": feed_url, "next": f"{feed_url}?page=3",
    }  # fmt: skip
    assert "next" not in links[1]
    assert [len(feed.entries) for feed in (first, second, third)] == [10, 10, 1]


NO_FEEDS = (
    "/feed/?page=2", "/feed/?page=0", "/feed/?page=-1", "/feed/?page=x", "/feed/?page=99999999",
    "/feed/xml/", "/feed/rss3/", "/category/none/feed/", "/tag/none/feed/", "/author/none/feed/",
    "/2019/feed/", "/2024/13/feed/", "/2024/02/30/feed/", "/0/feed/", "/99999/feed/",
    "/comments/feed/?page=2", "/nothing/here/feed/", "/category/working-life%00/feed/",
)  # fmt: skip


async def test_there_is_no_feed_of_what_there_is_not(visitor: httpx.AsyncClient, blog: Any) -> None:
    found = {path: (await visitor.get(path)).status_code for path in NO_FEEDS}

    assert found == dict.fromkeys(NO_FEEDS, 404)


async def test_an_author_of_drafts_has_no_feed(doors: Any, visitor: httpx.AsyncClient) -> None:
    async with doors.unit_of_work() as db:
        await a_draft(db, by=await an_author(db, "Shy"))

    assert (await visitor.get("/author/shy/feed/")).status_code == 404


async def test_a_category_without_posts_has_an_empty_feed(
    doors: Any, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await a_category(db, "Later")

    assert await titles_at(visitor, "/category/later/feed/") == []
    assert await titles_at(visitor, "/feed/atom/") == []


ONE_ADDRESS = (
    ("/feed", "/feed/"),
    ("/feed/rss2/", "/feed/"),
    ("/feed/rss2", "/feed/"),
    ("/feed/rss/", "/feed/"),
    ("/feed/rdf/", "/feed/"),
    ("/feed/atom", "/feed/atom/"),
    ("/feed/json?page=2", "/feed/json/?page=2"),
    ("/feed/?paged=2", "/feed/?page=2"),
    ("/comments/feed", "/comments/feed/"),
    ("/comments/feed/rss2/", "/comments/feed/"),
    ("/tag/caf%C3%A9/feed", "/tag/caf%C3%A9/feed/"),
    ("/tag/cafe%CC%81/feed/", "/tag/caf%C3%A9/feed/"),
    ("/2024/3/feed/", "/2024/03/feed/"),
    ("/2024/03/1/feed/atom", "/2024/03/01/feed/atom/"),
    ("/search/feed?q=a+b", "/search/feed/?q=a+b"),
    ("/2024/03/the-old-one/feed", "/2024/03/the-old-one/feed/"),
    ("/2024/03/the-old-one/feed/rss2/", "/2024/03/the-old-one/feed/"),
)


async def test_each_feed_has_one_address(visitor: httpx.AsyncClient, blog: Any) -> None:
    answers = {written: await visitor.get(written) for written, _ in ONE_ADDRESS}

    found = {written: got.headers.get("location") for written, got in answers.items()}
    assert found == dict(ONE_ADDRESS)
    assert {got.status_code for got in answers.values()} == {301}


async def test_comments_are_in_the_order_of_their_approval(
    doors: Any, visitor: httpx.AsyncClient, blog: Any
) -> None:
    async with doors.unit_of_work() as db:
        post = await db.merge(blog["old"])
        early = await a_comment(db, "Early", under=post, status=CommentStatus.PENDING)
        late = await a_comment(db, "Late", under=post)
        await a_comment(db, "Spam", under=post, status=CommentStatus.SPAM)
        await a_comment(db, "Gone", under=post, status=CommentStatus.REMOVED)
    async with doors.unit_of_work() as db:
        await discussing.approve(db, OWNER_AT_THE_MACHINE, early.id)

    for path in ("/comments/feed/", "/comments/feed/atom/", "/2024/03/the-old-one/feed/"):
        entries = (await feed_at(visitor, path)).entries
        assert [entry.id for entry in entries] == [early.guid, late.guid]
        assert entries[0].published_parsed[:5] == early.created_at.timetuple()[:5]
    (first, _) = (await feed_at(visitor, "/comments/feed/atom/")).entries
    assert first.updated_parsed > late.created_at.timetuple()


async def test_a_comment_says_whom_it_answers_and_where_it_stands(
    doors: Any, visitor: httpx.AsyncClient, blog: Any
) -> None:
    async with doors.unit_of_work() as db:
        post = await db.merge(blog["old"])
        question = await a_comment(db, "Which **tea**?", under=post, by="Pia")
        answer = await a_comment(db, "Green.", under=post, by="", answering=question)
        link = await a_linkback(db, under=post, title="Elsewhere")

    feed = await visitor.get("/comments/feed/atom/")

    page = "http://blog.example/2024/03/the-old-one/"
    titles = [entry.title for entry in feedparser.parse(feed.content).entries]
    assert titles == [
        "Link to The old one from Elsewhere",
        "Comment on The old one by Anonymous",
        "Comment on The old one by Pia",
    ]
    assert f'href="{page}#comment-{link.id}"' in feed.text
    assert (
        f'ref="{question.guid}" type="text/html" href="{page}#comment-{question.id}"' in feed.text
    )
    assert f'ref="{blog["old"].guid}" type="text/html" href="{page}"' in feed.text
    assert f"<id>{answer.guid}</id>" in feed.text
    own = await feed_at(visitor, "/2024/03/the-old-one/feed/")
    assert own.feed.title == "Comments on: The old one"
    assert own.feed.link == page
    assert [entry.title for entry in own.entries][1:] == ["By Anonymous", "By Pia"]
    assert "<strong>tea</strong>" in own.entries[2].content[0].value


async def test_a_comment_far_down_is_linked_where_it_stands(
    doors: Any, visitor: httpx.AsyncClient, blog: Any
) -> None:
    async with doors.unit_of_work() as db:
        post = await db.merge(blog["old"])
        comments = [await a_comment(db, under=post) for _ in range(60)]

    newest = (await feed_at(visitor, "/comments/feed/")).entries[0]

    page = "http://blog.example/2024/03/the-old-one/comment-page-2/"
    assert newest.link == f"{page}#comment-{comments[-1].id}"


async def test_comments_under_hidden_posts_are_in_no_feed(
    doors: Any, visitor: httpx.AsyncClient, blog: Any
) -> None:
    async with doors.unit_of_work() as db:
        post = await db.merge(blog["old"])
        await a_comment(db, under=post)
        shown = await a_comment(db, under=await db.merge(blog["new"]))
    assert len(await titles_at(visitor, "/comments/feed/")) == 2

    async with doors.unit_of_work() as db:
        await writing.trash_post(db, OWNER_AT_THE_MACHINE, post.id)

    entries = (await feed_at(visitor, "/comments/feed/")).entries
    assert [entry.id for entry in entries] == [shown.guid]


async def test_comments_on_pages_have_feeds_too(doors: Any, visitor: httpx.AsyncClient) -> None:
    async with doors.unit_of_work() as db:
        comment = await a_comment(db, under=await a_page(db))

    assert await all_guids(visitor, "/about/feed/") == [comment.guid]
    assert await all_guids(visitor, "/comments/feed/") == [comment.guid]


@pytest.mark.parametrize(
    ("is_open", "comments", "status"), [(True, 0, 200), (True, 1, 200), (False, 1, 200), (False, 0, 404)]
)  # fmt: skip
async def test_a_closed_post_without_comments_has_no_feed_of_them(
    doors: Any, visitor: httpx.AsyncClient, is_open: bool, comments: int, status: int
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        post.comments_open = is_open
        for _ in range(comments):
            await a_comment(db, under=post)

    answer = await visitor.get("/2024/03/a-letter-a-week/feed/")

    assert answer.status_code == status


async def test_a_guid_outlives_edits_and_new_addresses(
    doors: Any, visitor: httpx.AsyncClient, blog: Any
) -> None:
    before = await all_guids(visitor, "/feed/")
    async with doors.unit_of_work() as db:
        draft = writing.Draft(title="Another", body="Other words", slug="elsewhere")
        site = await the_site(db)
        await writing.edit_post(db, OWNER_AT_THE_MACHINE, site, blog["new"].id, draft)

    assert await all_guids(visitor, "/feed/") == before
    assert (await titles_at(visitor, "/feed/"))[0] == "Another"


async def test_whoever_has_a_feed_is_told_so(visitor: httpx.AsyncClient, blog: Any) -> None:
    for suffix in ("", "atom/", "json/"):
        await _is_told_so(visitor, f"/feed/{suffix}")


async def _is_told_so(visitor: httpx.AsyncClient, path: str) -> None:
    whole = await visitor.get(path)
    etag, date = whole.headers["etag"], whole.headers["last-modified"]

    for conditions in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"other", {etag}'},
        {"If-None-Match": etag.removeprefix("W/")},
        {"If-None-Match": "*"},
        {"If-Modified-Since": date},
        {"If-None-Match": etag, "If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
    ):
        answer = await visitor.get(path, headers=conditions)
        assert (answer.status_code, answer.content) == (304, b""), conditions
        assert answer.headers["etag"] == etag
    unlike = {"If-None-Match": '"other"', "If-Modified-Since": date}
    assert (await visitor.get(path, headers=unlike)).status_code == 200


async def test_head_says_what_get_would(visitor: httpx.AsyncClient, blog: Any) -> None:
    whole, head = await visitor.get("/feed/"), await visitor.head("/feed/")

    assert head.content == b""
    assert head.status_code == 200
    assert {name: head.headers[name] for name in ("etag", "last-modified", "content-type")} == {
        name: whole.headers[name] for name in ("etag", "last-modified", "content-type")
    }


async def test_formats_and_pages_have_tags_of_their_own(
    visitor: httpx.AsyncClient, blog: Any
) -> None:
    paths = ("/feed/", "/feed/atom/", "/feed/json/", "/comments/feed/", "/tag/tea/feed/")

    etags = {(await visitor.get(path)).headers["etag"] for path in paths}

    assert len(etags) == len(paths)


async def test_a_change_is_in_the_very_next_feed(
    doors: Any, visitor: httpx.AsyncClient, blog: Any
) -> None:
    etag = (await visitor.get("/feed/")).headers["etag"]
    async with doors.unit_of_work() as db:
        await a_comment(db, under=await db.merge(blog["old"]))

    answer = await visitor.get("/feed/", headers={"If-None-Match": etag})

    assert answer.status_code == 200
    assert "<slash:comments>1</slash:comments>" in answer.text
    assert len(await titles_at(visitor, "/2024/03/the-old-one/feed/")) == 1


async def test_an_empty_feed_of_comments_hears_of_the_first(
    doors: Any, visitor: httpx.AsyncClient, blog: Any
) -> None:
    assert await titles_at(visitor, "/2024/03/the-old-one/feed/") == []
    async with doors.unit_of_work() as db:
        await a_comment(db, under=await db.merge(blog["old"]))

    assert len(await titles_at(visitor, "/2024/03/the-old-one/feed/")) == 1


async def test_what_the_future_holds_is_in_no_feed(doors: Any, visitor: httpx.AsyncClient) -> None:
    async with doors.unit_of_work() as db:
        await a_post(db, "Later", at=FIRST_DAY + timedelta(days=36_500))
        hidden = await a_post(db, "Private")
        hidden.status = "private"

    assert await titles_at(visitor, "/feed/") == []


@pytest.mark.parametrize("number", [10, 1000])
async def test_a_feed_takes_at_most_three_queries(
    doors: Any, visitor: httpx.AsyncClient, count_queries: Any, number: int
) -> None:
    async with doors.unit_of_work() as db:
        await _many_posts(db, number)

    counts = {}
    for path in (
        "/feed/", "/feed/atom/", "/category/working-life/feed/", "/tag/tea/feed/", "/2024/feed/",
        "/author/gwen-thomas/feed/", "/comments/feed/", "/2024/03/post-1/feed/",
    ):  # fmt: skip
        with count_queries() as queries:
            assert (await visitor.get(path)).status_code == 200, path
        counts[path] = len(queries)

    # The first one reads the site's row besides.
    assert counts.pop("/feed/") == 3
    assert set(counts.values()) <= {1, 2}, counts


async def _many_posts(db: AsyncSession, number: int) -> None:
    """Posts written past the actions, which would take their time."""
    first = await a_post(
        db, by=await an_author(db), under=(await a_category(db), await a_tag(db, "tea"))
    )
    await a_comment(db, under=first)
    first.path = "/2024/03/post-1/"
    parts = await post_with_parts(db, first.id)
    assert parts is not None
    for copy in range(2, number + 1):
        post = Post(
            path=f"/2024/03/post-{copy}/", guid=f"guid:{copy}", status=first.status,
            published_at=first.published_at, published_local=first.published_local,
        )  # fmt: skip
        post.authors = [PostAuthor(user_id=parts.authors[0].user_id)]
        post.terms = [PostTerm(term_id=term.term_id) for term in parts.terms]
        db.add(post)
    await db.flush()
