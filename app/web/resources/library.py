"""`/resources/`: what can be had, the page of each, and what is said where one is gone."""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.errors import Gone
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.core.text import number_in
from app.moderation.kinds import ThingKind
from app.posts.addresses import Asked, address
from app.resources.letters import blanks_of, pieces_of
from app.resources.models import Access, Resource, ResourceKind, ResourceState
from app.resources.policy import is_open_to, may_manage, may_upload
from app.resources.queries import (
    PAGE_SIZE,
    Listed,
    get_resource,
    library,
    posts_with,
    tags_in_use,
    versions_of,
)
from app.web.accounts.pages import spoken_frame
from app.web.deps import Db, Frame, Me
from app.web.door.page_cache import mark_cacheable
from app.web.head import Head, HeadLink, Link
from app.web.pages.post_reading import find_shown_post
from app.web.rendering import render
from app.web.reporting.addresses import report_url
from app.web.resources.pages import DESK, LIBRARY, Choice, LibraryPage, ResourcePage
from app.web.resources.words import (
    access_in_words,
    kinds_in_words,
    row_of,
    said_done,
    url_of,
    version_row,
)

router = APIRouter()

_READ = ["GET", "HEAD"]
_LONGEST_TAG = 80


@router.api_route(LIBRARY.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(LIBRARY, 301)


@router.api_route(LIBRARY, methods=_READ)
async def show_library(request: Request, db: Db, me: Me) -> Response:
    """The newest first; `?tag=` and `?kind=` narrow it, `?before=` goes on."""
    query = request.query_params
    tag = query.get("tag", "")[:_LONGEST_TAG].replace("\0", "")
    kind = ResourceKind(query["kind"]) if query.get("kind") in list(ResourceKind) else None
    frame = await spoken_frame(request, db)
    found = await library(db, me, tag=tag, kind=kind, before=number_in(query.get("before", "")))
    narrowed = {"tag": tag, "kind": kind or ""}
    next_url = ""
    if len(found) > PAGE_SIZE:
        next_url = _url(narrowed, before=str(found[PAGE_SIZE - 1].resource.id))
    opening, title = await _opening(db, me)
    page = LibraryPage(
        frame=frame,
        head=_library_head(frame, title, is_whole=not any(narrowed.values())),
        title=title,
        opening=opening,
        rows=[row_of(one) for one in found[:PAGE_SIZE]],
        kinds=_kinds(narrowed),
        tags=[
            Choice(one.name, _url(narrowed, tag="" if one.slug == tag else one.slug), one.slug == tag)
            for one in await tags_in_use(db, me)
        ],
        next_url=next_url,
        feed_url=f"{LIBRARY}feed/",
        may_upload=bool(may_upload(me)),
    )  # fmt: skip
    mark_cacheable(request.scope, {"site", "resources", "pages"})
    return render("resources/library.html", page)


@router.api_route(LIBRARY + "{slug}", methods=_READ)
async def resource_with_slash(slug: str) -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(address(f"{LIBRARY}{slug}/"), 301)


@router.api_route(LIBRARY + "{slug}/", methods=_READ)
async def show_resource(request: Request, db: Db, me: Me, slug: str) -> Response:
    """All there is to know of one. Raises NotFound, and Gone with its note once it was retired."""
    listed = await find_shown(db, me, slug)
    page = await resource_page(request, db, me, listed)
    if not page.done:
        mark_cacheable(request.scope, {"site", f"resource:{listed.resource.id}"})
    return render("resources/page.html", page)


async def find_shown(db: AsyncSession, me: Actor, slug: str) -> Listed:
    """A resource that can be had, or looked at by its owner. Raises NotFound and Gone."""
    listed = await get_resource(db, me, slug.replace("\0", ""))
    if listed.resource.status == ResourceState.RETIRED:
        raise Gone(listed.resource.retired_note or _("This is not offered any more."))
    return listed


async def resource_page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    listed: Listed,
) -> ResourcePage:
    """The page of a resource, as it is shown before anything was typed."""
    resource, frame = listed.resource, await spoken_frame(request, db)
    versions = await versions_of(db, resource.id)
    rows = [version_row(resource, version, by, url_of(resource)) for version, by in versions]
    is_letter = resource.kind == ResourceKind.LETTER
    is_open = is_open_to(me, Access(resource.access), resource.owner_id)
    is_theirs = may_manage(me, resource.owner_id)
    posts = await posts_with(db, me, resource.id)
    return ResourcePage(
        frame=frame,
        head=_resource_head(frame, listed),
        row=row_of(listed),
        description_html=resource.description_html,
        licence=resource.licence,
        access=access_in_words(Access(resource.access)),
        count=resource.download_count,
        newest=rows[0],
        earlier=rows[1:] if is_open and not is_letter else (),
        posts=[Link(post.title or _("Untitled"), address(post.path or "/")) for post in posts],
        report_url=_report_url(resource, is_theirs=bool(is_theirs)),
        edit_url=f"{DESK}{resource.id}/" if is_theirs else "",
        state="" if resource.is_published else _("A draft: only those who may change it see it."),
        asks_address=resource.access == Access.ADDRESS and not is_open,
        letter=pieces_of(listed.version.letter),
        blanks=blanks_of(listed.version.letter),
        done=said_done(request),
    )


async def _opening(db: AsyncSession, me: Actor) -> tuple[SafeHtml | None, str]:
    """The text and title of a page at this address: one that was there before the library."""
    found = await find_shown_post(db, me, [Asked(LIBRARY)])
    if found is None:
        return None, _("Resources")
    return found.post.pages[0], found.post.title or _("Resources")


def _url(narrowed: dict[str, str], **other: str) -> str:
    query = {name: value for name, value in {**narrowed, **other}.items() if value}
    return f"{LIBRARY}?{urlencode(query)}" if query else LIBRARY


def _kinds(narrowed: dict[str, str]) -> Sequence[Choice]:
    chosen = narrowed["kind"]
    offered = {"": _("Everything"), **kinds_in_words()}
    return [
        Choice(words, _url(narrowed, kind=kind), kind == chosen) for kind, words in offered.items()
    ]


def _library_head(frame: Frame, title: str, *, is_whole: bool) -> Head:
    return Head(
        title=f"{title} – {frame.site.title}",
        path=LIBRARY,
        description=_("Things to take away: files, and letters to fill in."),
        canonical=frame.base_url + LIBRARY,
        robots="max-image-preview:large" if is_whole else "noindex",
        links=feed_links(frame),
    )


def _resource_head(frame: Frame, listed: Listed) -> Head:
    resource = listed.resource
    is_public = resource.is_published and resource.access in (Access.EVERYONE, Access.ADDRESS)
    url = url_of(resource)
    return Head(
        title=f"{resource.title} – {frame.site.title}",
        path=url,
        description=resource.summary,
        canonical=frame.base_url + url if is_public else "",
        robots="max-image-preview:large" if is_public else "noindex",
        links=feed_links(frame),
    )


def feed_links(frame: Frame) -> tuple[HeadLink, ...]:
    """The library's feeds, as a page names them to programs."""
    title, url = (
        _("Resources of %(site)s") % {"site": frame.site.title},
        f"{frame.base_url}{LIBRARY}feed/",
    )
    return (
        HeadLink("alternate", url, "application/rss+xml", title),
        HeadLink("alternate", f"{url}atom/", "application/atom+xml", title),
        HeadLink("alternate", f"{url}json/", "application/feed+json", title),
    )


def _report_url(resource: Resource, *, is_theirs: bool) -> str:
    """Where it is reported; nowhere what nobody else can have, and what is one's own to change."""
    is_had = resource.is_published and not is_theirs
    return report_url(ThingKind.RESOURCE, resource.id) if is_had else ""
