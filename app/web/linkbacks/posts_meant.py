"""Which post a trackback is for: the one whose address it was sent to, or whose number."""

import re

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.core.errors import NotFound
from app.posts.addresses import View, readings
from app.posts.models import Post
from app.posts.queries import posts_visible_to

_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


async def post_of_trackback(session: AsyncSession, path: str, number: str = "") -> Post:
    """The public post at `…/trackback/`, or of a number, as WordPress gave it. Raises NotFound."""
    paths = [one.path for one in readings(path) if one.view == View.TRACKBACK]
    wanted = int(number) if _NUMBER.fullmatch(number) else 0
    found: Post | None = await session.scalar(
        select(Post)
        .where(
            or_(Post.path.in_(paths), Post.id == wanted, Post.legacy_id == wanted),
            Post.path.is_not(None),
            posts_visible_to(VISITOR),
        )
        .order_by(case((Post.legacy_id == wanted, 0), else_=1), Post.id)
        .limit(1)
    )
    if found is None or "\0" in path:
        raise NotFound
    return found
