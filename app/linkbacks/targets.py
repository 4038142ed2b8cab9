"""Which post an address of ours means, for those who say that they link to it."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.posts.addresses import Asked, View, address, readings
from app.posts.local_addresses import local_path
from app.posts.models import Post, Redirect
from app.posts.queries import posts_visible_to, public_post_at
from app.settings import Settings
from app.site.models import SiteRow

_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_MOST_FIELDS = 50
# What of a post is still the post itself.
_ITSELF = (View.PAGE, View.COMMENT_PAGE)


def own_urls(settings: Settings, site: SiteRow) -> Sequence[str]:
    """Where this site is and was."""
    return (settings.base_url, *site.former_urls)


def is_own(settings: Settings, site: SiteRow, url: str) -> bool:
    """Whether an address is one of this site's."""
    return local_path(url, own_urls(settings, site)) is not None


async def post_at(
    session: AsyncSession, settings: Settings, site: SiteRow, url: str
) -> Post | None:
    """The public post at an address, also at an old one or by its number; None for all else."""
    path = local_path(url, own_urls(settings, site))
    if path is None or "\0" in path:
        return None
    number = _number_in(url) if path == "/" else 0
    if path == "/" and not number:
        number = site.front_page_id or 0
    paths = [asked.path for asked in readings(path) if asked.view in _ITSELF]
    return await public_post_at(session, paths, number) or await _moved(session, path)


async def posts_at(
    session: AsyncSession, settings: Settings, site: SiteRow, urls: Iterable[str]
) -> set[int]:
    """The ids of all posts, public or not, that stand or stood at these addresses of ours; two queries."""
    paths: set[str] = set()
    numbers: set[int] = set()
    for url in urls:
        path = local_path(url, own_urls(settings, site))
        if path is not None and "\0" not in path:
            paths.update(asked.path for asked in readings(path) if asked.view in _ITSELF)
            if path == "/" and (number := _number_in(url)):
                numbers.add(number)
    query = select(Post.id, Post.path, Post.legacy_id).where(
        or_(Post.path.in_(paths), Post.id.in_(numbers), Post.legacy_id.in_(numbers))
    )
    rows = (await session.execute(query)).all()
    by_number = {row.legacy_id: row.id for row in rows} | {row.id: row.id for row in rows}
    moved = select(Redirect.post_id).where(Redirect.path.in_(paths), Redirect.post_id.is_not(None))
    return {
        *(row.id for row in rows if row.path in paths),
        *(by_number[number] for number in numbers if number in by_number),
        *(post_id for post_id in await session.scalars(moved) if post_id is not None),
    }


def spellings(settings: Settings, site: SiteRow, post: Post, target: str) -> frozenset[str]:
    """Every address by which a page may link to a post: as it said, and as it stands and stood."""
    path = address(post.path or "/")
    found = {target}
    for base in own_urls(settings, site):
        found |= {base + path, *(f"{base}/?p={number}" for number in (post.id, post.legacy_id))}
    return frozenset(found)


async def _moved(session: AsyncSession, path: str) -> Post | None:
    asked = [reading for reading in readings(path) if reading.view in _ITSELF] or [Asked(path)]
    found: Post | None = await session.scalar(
        select(Post)
        .join(Redirect, Redirect.post_id == Post.id)
        .where(Redirect.path.in_([one.path for one in asked]), posts_visible_to(VISITOR))
        .limit(1)
    )
    return found


def _number_in(url: str) -> int:
    try:
        query = parse_qs(urlsplit(url).query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return 0
    for name in ("p", "page_id"):
        value = query.get(name, [""])[-1]
        if _NUMBER.fullmatch(value):
            return int(value)
    return 0
