"""Which post a trackback is for: the one whose address it was sent to, or whose number."""

import re

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import NotFound
from app.posts.addresses import View, readings
from app.posts.models import Post
from app.posts.queries import public_post_at

_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


async def post_of_trackback(session: AsyncSession, path: str, number: str = "") -> Post:
    """The public post at `…/trackback/`, or of a number, as WordPress gave it. Raises NotFound."""
    paths = [one.path for one in readings(path) if one.view == View.TRACKBACK]
    wanted = int(number) if _NUMBER.fullmatch(number) else 0
    # PostgreSQL takes none in any text.
    if "\0" in path:
        raise NotFound
    found = await public_post_at(session, paths, wanted)
    if found is None:
        raise NotFound
    return found
