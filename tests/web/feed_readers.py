"""Readers of feeds, strict ones, and a blog for them to read."""

import json
from datetime import timedelta
from typing import Any

import feedparser
import httpx
from lxml import etree, html
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.posts.models import Post
from tests.world import FIRST_DAY, a_category, a_draft, a_page, a_post, a_tag, an_author, the_site

FORMATS = ("", "atom/", "json/")


async def feed_at(visitor: httpx.AsyncClient, path: str) -> Any:
    """The feed as a strict reader has it."""
    answer = await visitor.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    result = feedparser.parse(answer.content, sanitize_html=False)
    assert not result.bozo, result.get("bozo_exception")
    return result


async def titles_at(visitor: httpx.AsyncClient, path: str) -> list[str]:
    """Of the entries of a feed, in its order."""
    return [entry.title for entry in (await feed_at(visitor, path)).entries]


async def a_blog(doors: Any) -> dict[str, Post]:
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


async def all_guids(visitor: httpx.AsyncClient, path: str) -> list[str]:
    """Of every entry there is, as a reader finds them who follows `next`."""
    found: list[str] = []
    url: str | None = path
    while url:
        feed = await feed_at(visitor, url)
        found += [entry.id for entry in feed.entries]
        url = next((link.href for link in feed.feed.links if link.rel == "next"), None)
    return found


def assert_harmless_feed(suffix: str, document: bytes) -> None:
    """A whole feed, and nothing in it that would run in a reader that shows it as it is."""
    for fragment in _fragments(suffix, document):
        _assert_harmless(fragment)


def _fragments(suffix: str, document: bytes) -> list[str]:
    """All that a reader takes for HTML."""
    if suffix == "json/":
        items = json.loads(document)["items"]
        assert items
        return [item["content_html"] for item in items if item.get("content_html")]
    etree.fromstring(document)
    parsed = feedparser.parse(document, sanitize_html=False)
    assert not parsed.bozo
    assert parsed.entries
    texts = [entry.content[0].value for entry in parsed.entries if "content" in entry]
    return texts + [entry.get("summary", "") for entry in parsed.entries if not suffix]


def _assert_harmless(fragment: str) -> None:
    if not fragment.strip():
        return
    for element in html.fragment_fromstring(fragment, create_parent="div").iter():
        assert element.tag not in ("script", "iframe", "object", "embed", "form", "style", "svg")
        for attribute, value in element.attrib.items():
            assert not attribute.startswith("on"), fragment
            assert not value.strip().lower().startswith(("javascript:", "data:", "vbscript:"))
