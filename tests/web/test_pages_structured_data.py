"""What programs read off a page: schema.org's words, microformats, Open Graph."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import mf2py
import pytest
from lxml import html

from app.core.markup import clean_post
from app.work import Doors
from tests.world import (
    a_category,
    a_comment,
    a_linkback,
    a_page,
    a_post,
    an_author,
    an_upload,
    the_site,
)

pytestmark = pytest.mark.anyio


def facts_on(page: str) -> dict[str, dict[str, Any]]:
    """What one page says, by type; there is one block of it."""
    (block,) = html.fromstring(page).xpath("//script[@type='application/ld+json']")
    return {thing["@type"]: thing for thing in json.loads(block.text)["@graph"]}


def meta(page: str, name: str) -> list[str]:
    """The values of a `<meta>`, by property or name."""
    found = html.fromstring(page).xpath(
        "//meta[@property=$name or @name=$name]/@content", name=name
    )
    return [str(value) for value in found]


async def test_a_post_tells_its_facts_and_its_comments_as_a_tree(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        gwen = await an_author(db, bio_html=clean_post("<p>Hi</p>"), website="https://gwen.example")
        picture = await an_upload(db, is_stored=True)
        post = await a_post(db, by=gwen, under=[await a_category(db)])
        post.cover_id = picture.id
        first = await a_comment(db, "Is it **green**?", under=post, by="Ines")
        await a_comment(db, "It is.", under=post, by="Tom", answering=first)
        await a_comment(db, "Thank you.", under=post)

    posting = facts_on((await visitor.get(post.path or "")).text)["BlogPosting"]

    assert posting["headline"] == "A letter a week"
    assert posting["url"] == f"http://blog.example{post.path}"
    assert posting["author"][0]["name"] == "Gwen Thomas"
    assert posting["author"][0]["sameAs"] == ["https://gwen.example"]
    assert posting["image"] == "http://blog.example/wp-content/uploads/2024/03/garden.jpg"
    assert datetime.fromisoformat(posting["datePublished"]) == post.published_at
    assert posting["commentCount"] == 3
    assert [comment["text"] for comment in posting["comment"]] == ["Is it green?", "Thank you."]
    (answer,) = posting["comment"][0]["comment"]
    assert (answer["author"]["name"], answer["text"]) == ("Tom", "It is.")
    assert posting["comment"][0]["url"] == f"{posting['url']}#comment-{first.id}"


async def test_a_page_tells_where_it_stands(visitor: httpx.AsyncClient, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        top = await a_page(db, "About")
        await a_page(db, "People", under=top)

    trail = facts_on((await visitor.get("/about/people/")).text)["BreadcrumbList"]

    names = [(place["position"], place["name"]) for place in trail["itemListElement"]]
    assert names == [(1, "A new site"), (2, "About"), (3, "People")]


async def test_the_first_page_tells_how_the_site_is_searched(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, title="The Long Table")
        await a_post(db)

    site = facts_on((await visitor.get("/")).text)["WebSite"]

    assert site["name"] == "The Long Table"
    assert site["potentialAction"]["target"] == "http://blog.example/search/?q={words}"


async def test_a_removed_comment_is_not_told_and_its_answers_are(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        gone = await a_comment(db, "Rude", under=post)
        await a_comment(db, "Calm", under=post, answering=gone)
        gone.status = "removed"  # type: ignore[assignment]

    posting = facts_on((await visitor.get(post.path or "")).text)["BlogPosting"]

    assert [comment["text"] for comment in posting["comment"]] == ["Calm"]


async def test_a_post_is_an_entry_with_its_author_and_comments_for_microformats(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        gwen = await an_author(db)
        post = await a_post(db, by=gwen, under=[await a_category(db)])
        await a_comment(db, under=post, by="Ines", author_url="https://ines.example/")
        await a_linkback(db, under=post)

    page = (await visitor.get(post.path or "")).text
    (entry,) = mf2py.parse(doc=page, url=f"http://blog.example{post.path}").pop("items")

    properties = entry["properties"]
    assert entry["type"] == ["h-entry"]
    assert properties["name"] == ["A letter a week"]
    assert properties["url"][0] == f"http://blog.example{post.path}"
    assert properties["category"] == ["Working life"]
    assert datetime.fromisoformat(properties["published"][0]) == post.published_at
    assert properties["author"][0]["properties"]["name"] == ["Gwen Thomas"]
    comment, linkback = properties["comment"]
    assert comment["type"] == ["h-cite"]
    assert comment["properties"]["author"][0]["properties"]["url"] == ["https://ines.example/"]
    assert linkback["properties"]["url"] == ["https://elsewhere.example/a-letter/"]


async def test_the_first_page_is_a_feed_of_entries_for_microformats(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        await a_post(db, "One")
        await a_post(db, "Two")

    items = mf2py.parse(doc=(await visitor.get("/")).text, url="http://blog.example/")["items"]

    (feed,) = (item for item in items if item["type"] == ["h-feed"])
    assert [entry["properties"]["name"] for entry in feed["children"]] == [["Two"], ["One"]]


async def test_cards_say_what_a_link_leads_to(visitor: httpx.AsyncClient, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db, at=datetime(2024, 3, 3, 12, 0, tzinfo=UTC))

    text = (await visitor.get(post.path or "")).text

    assert meta(text, "og:title") == ["A letter a week"]
    assert meta(text, "og:type") == ["article"]
    assert meta(text, "og:url") == [f"http://blog.example{post.path}"]
    assert meta(text, "article:published_time") == ["2024-03-03T12:00:00+00:00"]
    assert meta(text, "description") == ["Write to one person a week."]


async def test_a_page_offers_the_posts_feed_first_and_its_comments_next(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answer = await visitor.get(post.path or "")

    feeds = html.fromstring(answer.text).xpath("//link[@rel='alternate']/@href")
    assert feeds[:4] == [
        "http://blog.example/feed/",
        "http://blog.example/feed/atom/",
        "http://blog.example/feed/json/",
        f"http://blog.example{post.path}feed/",
    ]
    assert f'<http://blog.example/?p={post.id}>; rel="shortlink"' in answer.headers["link"]


@pytest.mark.parametrize("path", ["/search/?q=letter", "/nothing/"])
async def test_searches_and_errors_are_not_for_search_engines(
    visitor: httpx.AsyncClient, path: str
) -> None:
    assert meta((await visitor.get(path)).text, "robots") == ["noindex"]
