"""How tests send a comment, as a browser without script does."""

from typing import Any

import httpx
from lxml import html

from app.posts.models import Post

GWEN = {"author": "Gwen", "email": "gwen@example.org", "comment": "It is green, not red."}


async def fields_of(visitor: httpx.AsyncClient, post: Post, **typed: Any) -> dict[str, str]:
    """What the form of a post's page sends: its hidden fields, and what was typed."""
    page = html.fromstring((await visitor.get(post.path or "")).text)
    form = page.xpath("//form[contains(@class, 'comment-form')]")[0]
    hidden = {
        field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")
    }
    return {**hidden, **GWEN, **typed}


async def send(visitor: httpx.AsyncClient, post: Post, **typed: Any) -> httpx.Response:
    """Read the page, fill in its form, send it."""
    fields = await fields_of(visitor, post, **typed)
    return await visitor.post(f"{post.path}comment", data=fields)
