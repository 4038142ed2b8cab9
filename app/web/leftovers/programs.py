"""What the site says to programs besides feeds: where they may go, and what there is."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.core.errors import NotFound
from app.core.i18n import _, speak
from app.feeds.opml import MEDIA_TYPE, ListedFeed, archive_feeds, feeds_of_groups, write_opml
from app.feeds.sitemaps import (
    SitemapKind,
    sitemap_files,
    sitemap_pages,
    write_sitemap,
    write_sitemap_index,
)
from app.web.deps import Db, frame_of, settings_of
from app.web.door.page_cache import mark_cacheable
from app.web.door.static_files import static_url
from app.web.leftovers.oembed import router as oembed_router

router = APIRouter()
router.include_router(oembed_router)

_READ = ["GET", "HEAD"]
_ROBOTS = """\
User-agent: *
Disallow:

Sitemap: {base_url}/sitemap.xml
"""


@router.api_route("/robots.txt", methods=_READ)
async def robots(request: Request) -> Response:
    """Everything may be read; what should not be listed says so itself."""
    mark_cacheable(request.scope, ("site",))
    text = _ROBOTS.format(base_url=settings_of(request).base_url)
    return Response(text, media_type="text/plain")


@router.api_route("/favicon.ico", methods=_READ)
async def favicon() -> Response:
    """The site's mark, for those who look for it without being told where it is."""
    return RedirectResponse(static_url("img/ribbon.svg"), status_code=302)


@router.api_route("/sitemap.xml", methods=_READ)
async def sitemap_index(request: Request, db: Db) -> Response:
    """Which sitemaps there are."""
    mark_cacheable(request.scope, _SHOWN_IN_SITEMAPS)
    files = await sitemap_files(db)
    return _xml(write_sitemap_index(files, settings_of(request).base_url))


@router.api_route("/sitemap-{kind}-{first:int}.xml", methods=_READ)
async def sitemap(request: Request, db: Db, kind: str, first: int) -> Response:
    """Up to 5,000 addresses of one kind, from an id on."""
    if kind not in list(SitemapKind) or first > _LARGEST_ID:
        raise NotFound
    pages = await sitemap_pages(db, SitemapKind(kind), first)
    if not pages:
        raise NotFound
    mark_cacheable(request.scope, _SHOWN_IN_SITEMAPS)
    return _xml(write_sitemap(pages, settings_of(request).base_url))


@router.api_route("/feeds.opml", methods=_READ)
async def opml(request: Request, db: Db) -> Response:
    """Every public feed of the site but those of single posts, discussions and people."""
    frame = await frame_of(request, db)
    title = frame.site.title
    speak(frame.site.language)
    feeds = [
        ListedFeed(title, "/"),
        ListedFeed(_("Comments for %(site)s") % {"site": title}, "/comments/"),
        ListedFeed(_("Resources of %(site)s") % {"site": title}, "/resources/"),
        *await archive_feeds(db),
        *await feeds_of_groups(db),
    ]
    mark_cacheable(request.scope, (*_SHOWN_IN_SITEMAPS, "groups"))
    return Response(write_opml(title, frame.base_url, feeds), media_type=MEDIA_TYPE)


_LARGEST_ID = (1 << 63) - 1  # of either database
_SHOWN_IN_SITEMAPS = ("site", "posts", "pages", "resources")


def _xml(document: bytes) -> Response:
    return Response(document, media_type="text/xml")
