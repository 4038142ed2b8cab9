"""The demo site as a visitor finds it."""

import re

import httpx
import pytest
from sqlalchemy import select

from app.porting.demo.build import build_demo
from app.posts.models import Post, PostStatus
from app.settings import Settings
from app.work import Doors

pytestmark = pytest.mark.anyio


async def test_what_is_public_answers_and_no_link_leads_nowhere(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    await build_demo(doors, settings)

    async with doors.reading() as db:
        posts = list(await db.scalars(select(Post)))
    # A draft stands nowhere yet.
    posts = [post for post in posts if post.path is not None]
    answers = {post.path: (await visitor.get(post.path or "")).status_code for post in posts}
    texts = "".join(str(post.body_html) for post in posts)
    links = set(re.findall(r'(?:href|src)="(/[^"]*)"', texts))

    assert answers == {p.path: 200 if p.status == PostStatus.PUBLISHED else 404 for p in posts}
    assert len(links) > 4
    assert {link for link in links if (await visitor.get(link)).status_code != 200} == set()


async def test_a_visitor_meets_the_author_the_quarrel_and_the_removed_line(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    await build_demo(doors, settings)

    page = (await visitor.get("/2010/05/the-reference-i-would-not-give/")).text

    assert "Desmond ran the assembly floor" in page
    assert "Oh spare me." in page
    assert "This comment was removed." in page
    assert "guessed at Frank" not in page
    assert "Who signs | Safety Notes for Small Yards" in page
    assert "someone with a Frank of her own" not in page
