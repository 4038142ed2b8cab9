"""What every feed's address means and every feed's answer says, whatever the feed is about."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from unicodedata import normalize
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.core.errors import NotFound
from app.core.i18n import speak
from app.feeds import atom, json_feed, rss
from app.feeds.model import Entry, Feed
from app.posts.addresses import address
from app.search.asking import QUERY_LENGTH
from app.web.deps import Frame, frame_of, settings_of
from app.web.door.page_cache import mark_cacheable

Endpoint = Callable[..., Awaitable[Response]]


@dataclass(frozen=True)
class Format:
    """One of the three, with what stands after `…/feed/` in its address."""

    suffix: str
    media_type: str
    write: Callable[[Feed], bytes]


FORMATS = {
    "": Format("", rss.MEDIA_TYPE, rss.write_rss),
    "atom": Format("atom/", atom.MEDIA_TYPE, atom.write_atom),
    "json": Format("json/", json_feed.MEDIA_TYPE, json_feed.write_json_feed),
}
# Other names by which WordPress has them; RSS 0.92 and RDF are not written any more.
SAME_AS = {"rss2": "", "rss": "", "rdf": ""}

# The one feed whose address has words in its query.
SEARCH = "/search/"

_ADDRESS = re.compile(r"(/(?:.*/)?)feed(?:/(\w+))?/?", re.DOTALL)
_PAGE = re.compile(r"[1-9]\d{0,5}")
# What a feed without entries has for a date: the same whenever it is asked for.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class AskedFeed:
    """Which feed is asked for: `base` is the path of what it follows, decoded, with its slashes."""

    base: str
    format: Format
    page: int = 1
    # The words looked for; nothing but a search's feed has any.
    words: str = ""

    @property
    def path(self) -> str:
        """Its address on this site, percent-encoded, without a query."""
        return address(f"{self.base}feed/{self.format.suffix}")

    @property
    def home(self) -> str:
        """The address of what it follows, percent-encoded."""
        return _with_query(address(self.base), self.words)

    def page_path(self, number: int) -> str:
        """The address of one of its pages, percent-encoded."""
        return _with_query(self.path, self.words, number)


def _with_query(path: str, words: str, page: int = 1) -> str:
    query = {"q": words} if words else {}
    query |= {"page": str(page)} if page > 1 else {}
    return f"{path}?{urlencode(query)}" if query else path


@dataclass(frozen=True)
class Contents:
    """One page of a feed, as the endpoints fill it; `key` stands in its id and never changes."""

    key: str
    title: str
    # The page it follows: its path, percent-encoded.
    home: str
    entries: tuple[Entry, ...]
    has_more: bool
    tags: frozenset[str]
    # The latest change of anything it says, if that is not an entry's.
    changed_at: datetime | None = None


def feed_at(router: APIRouter, base: str) -> Callable[[Endpoint], Endpoint]:
    """Register an endpoint for the feed of what stands at `base`, in every format."""

    def register(endpoint: Endpoint) -> Endpoint:
        for rest in ("feed/", "feed", "feed/{written}/", "feed/{written}"):
            router.add_api_route(base + rest, endpoint, methods=["GET", "HEAD"])
        return endpoint

    return register


async def spoken_frame(request: Request, session: AsyncSession) -> Frame:
    """The frame; from here on this task speaks the site's language."""
    frame = await frame_of(request, session)
    speak(frame.site.language)
    return frame


def asked_feed(request: Request, base: str | None = None) -> AskedFeed:
    """What an address ending in `feed/…` asks for; `base` where it is known better than from there.

    Raises NotFound for formats and pages there cannot be.
    """
    path: str = request.scope["path"]
    found = _ADDRESS.fullmatch(path)
    # PostgreSQL takes no NUL in any text, and SQLite stops reading there.
    if found is None or "\0" in path:
        raise NotFound
    written = found[2] or ""
    format_ = FORMATS.get(SAME_AS.get(written, written))
    query = request.query_params
    page = query.get("page", query.get("paged", "1"))  # the second is WordPress's
    if format_ is None or not _PAGE.fullmatch(page):
        raise NotFound
    base = base or normalize("NFC", found[1])
    words = query.get("q", "") if base == SEARCH else ""
    return AskedFeed(base, format_, int(page), words[:QUERY_LENGTH])


def moved_feed(request: Request, asked: AskedFeed) -> Response | None:
    """A redirect to the one address of a feed's page that was asked for by another."""
    is_written_so = request.scope["path"] == f"{asked.base}feed/{asked.format.suffix}"
    if is_written_so and "paged" not in request.query_params:
        return None
    return RedirectResponse(asked.page_path(asked.page), status_code=301)


def answer_feed(request: Request, frame: Frame, asked: AskedFeed, contents: Contents) -> Response:
    """The feed as bytes, kept until something it shows changes. Raises NotFound beyond its end."""
    if asked.page > 1 and not contents.entries:
        raise NotFound
    # Nobody can be told of a change in what is found by some words: there are too many.
    hub_url = settings_of(request).websub_hub if asked.base != SEARCH else ""
    feed = feed_of(frame, asked, contents, hub_url)
    dates = [entry.updated for entry in contents.entries]
    dates += [contents.changed_at] if contents.changed_at else []
    mark_cacheable(request.scope, contents.tags | {"site"}, last_modified=max(dates, default=None))
    headers = {"Content-Type": f"{asked.format.media_type}; charset=utf-8"}
    if hub_url:
        headers["Link"] = f'<{hub_url}>; rel="hub", <{feed.self_url}>; rel="self"'
    return Response(asked.format.write(feed), headers=headers)


def feed_of(frame: Frame, asked: AskedFeed, contents: Contents, hub_url: str) -> Feed:
    """One page of a feed, before it is written in any format."""

    def page_url(number: int) -> str:
        return frame.base_url + asked.page_path(number)

    site = frame.site
    return Feed(
        # Never what the site is called or where it stands today (RFC 4287 §4.2.6.1).
        id=f"urn:uuid:{uuid5(NAMESPACE_URL, f'feed:{site.guid_host}:{contents.key}')}",
        title=contents.title,
        description=site.tagline,
        home_url=frame.base_url + contents.home,
        self_url=page_url(asked.page),
        updated=max((entry.updated for entry in contents.entries), default=_NEVER),
        entries=contents.entries,
        author=site.title,
        language=site.language.replace("_", "-"),
        hub_url=hub_url,
        first_url=page_url(1) if asked.page > 1 or contents.has_more else "",
        previous_url=page_url(asked.page - 1) if asked.page > 1 else "",
        next_url=page_url(asked.page + 1) if contents.has_more else "",
    )
