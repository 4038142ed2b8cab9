"""Feeds of comments, as their readers fetch them."""

from typing import Any

import feedparser
import httpx
import pytest

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.discussions import actions as discussing
from app.discussions.models import CommentStatus
from app.posts import actions as writing
from app.posts.models import Post
from tests.web.feed_readers import a_blog, all_guids, feed_at, titles_at
from tests.world import (
    a_comment,
    a_linkback,
    a_page,
    a_post,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def blog(doors: Any) -> dict[str, Post]:
    """Three posts: old, mid and new."""
    return await a_blog(doors)


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
