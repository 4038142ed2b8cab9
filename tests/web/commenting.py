"""How tests send a comment, as a browser without script does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from lxml import html
from sqlalchemy import select

from app.discussions.models import Comment
from app.main import create_app
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.visiting import running, visiting

GWEN = {"author": "Gwen", "email": "gwen@example.org", "comment": "It is green, not red."}


async def fields_of(visitor: httpx.AsyncClient, post: Post, **typed: Any) -> dict[str, str]:
    """What the form of a post's page sends: its hidden fields, and what was typed."""
    return {**hidden_fields((await visitor.get(post.path or "")).text), **GWEN, **typed}


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    form = html.fromstring(page).xpath("//form[contains(@class, 'comment-form')]")[0]
    return {
        field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")
    }


async def send(visitor: httpx.AsyncClient, post: Post, **typed: Any) -> httpx.Response:
    """Read the page, fill in its form, send it."""
    fields = await fields_of(visitor, post, **typed)
    return await visitor.post(f"{post.path}comment", data=fields)


async def all_comments(doors: Doors) -> list[Comment]:
    """Every comment there is, oldest first."""
    async with doors.reading() as db:
        return list(await db.scalars(select(Comment).order_by(Comment.id)))


@asynccontextmanager
async def a_visitor_with(settings: Settings, **changed: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody on a site that is set otherwise."""
    app = create_app(settings.model_copy(update=changed))
    async with running(app), visiting(app) as client:
        yield client
