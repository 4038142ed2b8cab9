"""What WordPress's queries mean, and at which path the same thing stands here."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.accounts.models import User
from app.core.errors import NotFound
from app.media.models import Upload
from app.posts.addresses import address
from app.posts.models import Post, PostAuthor, Taxonomy, Term
from app.posts.queries import (
    PUBLIC_POST_AT,
    find_term,
    in_lists,
    post_by_slug,
    where_upload_leads,
)
from app.web.feeds.answers import FORMATS, SAME_AS

# Read at the root alone, where WordPress has everything that has no address of its own.
_AT_ROOT = frozenset(
    ("p", "page_id", "attachment_id", "name", "cat", "tag", "author", "m", "s", "rest_route")
)
_ANYWHERE = frozenset(("feed", "paged", "cpage"))
_MOST_FIELDS = 50
_PATH_OF = PUBLIC_POST_AT.with_only_columns(Post.path)

_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_MONTH = re.compile(r"([0-9]{4})([0-9]{2})?([0-9]{2})?[0-9]*")


def asked_in_query(path: str, query: bytes) -> bool:
    """Whether an address is one of WordPress's by its query."""
    if not query:
        return False
    try:
        pairs = parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        return False
    names = {name for name, _ in pairs}
    # The search takes words and dates by names of its own.
    is_search = path.startswith("/search")
    return not names.isdisjoint(_AT_ROOT if path == "/" else ()) or (
        not is_search and not names.isdisjoint(_ANYWHERE)
    )


async def standing_at(session: AsyncSession, path: str, query: Mapping[str, str]) -> str:
    """The path, percent-encoded, of what WordPress shows at an address. Raises NotFound."""
    if "rest_route" in query and path == "/":
        raise NotFound  # of WordPress's REST interface only oEmbed is here, at its own address
    if "\0" in path or any("\0" in value for value in query.values()):
        raise NotFound  # no database takes these
    place = await _place(session, query) if path == "/" else address(path)
    if "feed" in query:
        return _feed_of(place, query)
    if "s" in query and path == "/":
        return search_path(query["s"], page=_number(query.get("paged", "1")))
    if (page := _number(query.get("cpage", "1"))) > 1:
        return f"{_folder(place)}comment-page-{page}/"
    if (page := _number(query.get("paged", "1"))) > 1:
        return f"{_folder(place)}page/{page}/"
    return place


def search_path(words: str, base: str = "/search/", page: int = 1) -> str:
    """The address of a search for some words, or of its feed."""
    query = {"q": words} | ({"page": str(page)} if page > 1 else {})
    return f"{base}?{urlencode(query)}"


def feed_path(base: str, written: str) -> str:
    """The address of a feed by the name WordPress has for its format. Raises NotFound."""
    format_ = FORMATS.get(SAME_AS.get(written, written))
    if format_ is None:
        raise NotFound
    return f"{_folder(base)}feed/{format_.suffix}"


def _feed_of(place: str, query: Mapping[str, str]) -> str:
    feed = "" if query["feed"] == "feed" else query["feed"]  # the default's other name
    of_comments = feed.startswith("comments-")
    if place == "/" and of_comments:
        return feed_path("/comments/", feed.removeprefix("comments-"))
    if place == "/" and "s" in query:
        return search_path(query["s"], feed_path("/search/", feed))
    return feed_path(place, feed.removeprefix("comments-"))


async def _place(session: AsyncSession, query: Mapping[str, str]) -> str:
    for name, find in _FINDERS.items():
        if name in query:
            return await find(session, query[name])
    return "/"


async def post_path(session: AsyncSession, number: str) -> str:
    """Where the post or page of a number stands; for the number of an upload, its file."""
    return await _post(session, number) or await _file(session, number) or _nowhere()


async def _file_path(session: AsyncSession, number: str) -> str:
    return await _file(session, number) or await _post(session, number) or _nowhere()


async def _post(session: AsyncSession, number: str) -> str:
    wanted = _number(number)
    path = await session.scalar(_PATH_OF, {"paths": [], "number": wanted})
    return address(path) if path else ""


async def _file(session: AsyncSession, number: str) -> str:
    path = await where_upload_leads(session, VISITOR, Upload.legacy_id == _number(number))
    return address(path) if path else ""


async def _named(session: AsyncSession, slug: str) -> str:
    post = await post_by_slug(session, VISITOR, slug)
    return address(post.path) if post and post.path else _nowhere()


async def _category(session: AsyncSession, number: str) -> str:
    wanted = _number(number)
    path = await session.scalar(
        select(Term.path)
        .where(Term.taxonomy == Taxonomy.CATEGORY, or_(Term.legacy_id == wanted, Term.id == wanted))
        .order_by(case((Term.legacy_id == wanted, 0), else_=1))
        .limit(1)
    )
    return address(f"/category/{path}/") if path else _nowhere()


async def _tag(session: AsyncSession, slug: str) -> str:
    term = await find_term(session, Taxonomy.TAG, slug.lower())
    return address(f"/tag/{term.path}/") if term else _nowhere()


async def _author(session: AsyncSession, number: str) -> str:
    # Only those who published something: the others' names are nobody's business.
    wanted = _number(number)
    slug = await session.scalar(
        select(User.slug)
        .join(PostAuthor, PostAuthor.user_id == User.id)
        .join(Post, Post.id == PostAuthor.post_id)
        .where(or_(User.legacy_id == wanted, User.id == wanted), in_lists())
        .order_by(case((User.legacy_id == wanted, 0), else_=1))
        .limit(1)
    )
    return address(f"/author/{slug}/") if slug else _nowhere()


async def _month(_session: AsyncSession, written: str) -> str:
    found = _MONTH.fullmatch(written)
    if found is None:
        raise NotFound
    try:
        date(*(int(part or 1) for part in found.groups()))
    except ValueError:
        raise NotFound from None
    return f"/{'/'.join(part for part in found.groups() if part)}/"


_FINDERS: dict[str, Callable[[AsyncSession, str], Awaitable[str]]] = {
    "p": post_path,
    "page_id": post_path,
    "attachment_id": _file_path,
    "name": _named,
    "cat": _category,
    "tag": _tag,
    "author": _author,
    "m": _month,
}


def _number(written: str) -> int:
    if not _NUMBER.fullmatch(written):
        raise NotFound
    return int(written)


def _folder(path: str) -> str:
    return path.rstrip("/") + "/"


def _nowhere() -> str:
    raise NotFound
