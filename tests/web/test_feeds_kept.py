"""Feeds over time: what stays, what is told to whoever has them, and what they cost."""

from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.posts import actions as writing
from app.posts.models import Post, PostAuthor, PostTerm
from app.posts.queries import post_with_parts
from tests.web.feed_readers import a_blog, all_guids, titles_at
from tests.world import (
    a_category,
    a_comment,
    a_post,
    a_tag,
    an_author,
    the_site,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def blog(doors: Any) -> dict[str, Post]:
    """Three posts: old, mid and new."""
    return await a_blog(doors)


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
