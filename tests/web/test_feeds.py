"""Feeds of posts, as their readers fetch them."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.posts.models import Post
from tests.web.feed_readers import a_blog, all_guids, feed_at, titles_at
from tests.world import (
    FIRST_DAY,
    a_category,
    a_comment,
    a_draft,
    a_linkback,
    a_post,
    an_author,
    an_upload,
    the_site,
)

pytestmark = pytest.mark.anyio

XML_FORMATS = ("", "atom/")


@pytest.fixture
async def blog(doors: Any) -> dict[str, Post]:
    """Three posts: old, mid and new."""
    return await a_blog(doors)


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


async def test_what_the_future_holds_is_in_no_feed(doors: Any, visitor: httpx.AsyncClient) -> None:
    async with doors.unit_of_work() as db:
        await a_post(db, "Later", at=FIRST_DAY + timedelta(days=36_500))
        hidden = await a_post(db, "Private")
        hidden.status = "private"

    assert await titles_at(visitor, "/feed/") == []
