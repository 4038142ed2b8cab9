"""`/groups/g/resources/`: what a group has to take away, for those whom it is for, and the page of each."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Gone, NotFound
from app.core.i18n import _
from app.core.text import number_in
from app.groups.models import Group, Sharing, Visibility
from app.groups.queries import Standing, get_group_to_read, standing_in
from app.resources.models import Access, ResourceState
from app.resources.policy import may_manage_in, may_share
from app.resources.queries import PAGE_SIZE, Listed, get_version, versions_of
from app.resources.sharing import get_shared, shared_in, topics_with
from app.web.accounts.pages import spoken_frame
from app.web.deps import Db, Frame, Me
from app.web.door.page_cache import mark_cacheable
from app.web.groups.addresses import GROUPS, group_url, topic_url
from app.web.groups.entering import entered
from app.web.groups.tops import top_of
from app.web.head import Head, Link
from app.web.pages.discovery import discovery
from app.web.rendering import render
from app.web.resources.downloads import answer_download, answer_link, read_link
from app.web.resources.group_pages import GroupLibraryPage, GroupResourcePage
from app.web.resources.pages import DESK
from app.web.resources.words import (
    access_in_words,
    name_of,
    row_of,
    said_done,
    url_of,
    version_row,
)

router = APIRouter()

_READ = ["GET", "HEAD"]
SHARED = GROUPS + "{slug}/resources/"
_ONE = SHARED + "{name}/"
_LONGEST_TAG = 80


@router.api_route(SHARED, methods=_READ)
async def show_all(request: Request, db: Db, me: Me, slug: str) -> Response:
    """The newest first; `?tag=` narrows it, `?before=` goes on. Raises NotFound."""
    here = await get_group_to_read(db, me, slug)
    if here.group.sharing == Sharing.NOBODY:
        raise NotFound
    entered(request, me, here)
    query, url = request.query_params, group_url(slug, "resources/")
    tag = query.get("tag", "")[:_LONGEST_TAG].replace("\0", "")
    before = number_in(query.get("before", ""))
    found = await shared_in(db, me, here.group.id, tag=tag, before=before)
    frame = await spoken_frame(request, db)
    next_url = ""
    if len(found) > PAGE_SIZE:
        further = {"before": found[PAGE_SIZE - 1].resource.id, **({"tag": tag} if tag else {})}
        next_url = f"{url}?{urlencode(further)}"
    page = GroupLibraryPage(
        frame=frame,
        head=_head(frame, here.group, _("Resources"), url, is_whole=not (tag or before)),
        top=await top_of(db, me, here, "resources/", may_read=True),
        rows=[row_of(one, slug) for one in found[:PAGE_SIZE]],
        tag=tag,
        next_url=next_url,
        may_share=may_share(me, here, clock.now()),
    )
    if not me.is_signed_in:
        mark_cacheable(request.scope, {"site", f"group:{here.group.id}"})
    return render("resources/group_library.html", page)


@router.api_route(_ONE.rstrip("/"), methods=_READ)
async def one_with_slash(request: Request) -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(f"{request.url.path}/", 301)


@router.api_route(_ONE, methods=_READ)
async def show(request: Request, db: Db, me: Me, slug: str, name: str) -> Response:
    """All there is to know of one. Raises NotFound, and Gone with its note once it was retired."""
    group, listed = await _find(db, me, slug, name)
    if name != name_of(listed.resource):
        return RedirectResponse(url_of(listed.resource, slug), 301)
    here = await standing_in(db, me, group.id)
    page = await _page(request, db, me, here, listed)
    if not me.is_signed_in:
        tags = {"site", f"group:{group.id}", f"resource:{listed.resource.id}"}
        mark_cacheable(request.scope, tags)
    return render("resources/group_page.html", page)


@router.api_route(_ONE + "download", methods=_READ)
async def download(request: Request, db: Db, me: Me, slug: str, name: str) -> Response:
    """The newest version. Raises NotFound for whoever may not see that there is one."""
    group, listed = await _find(db, me, slug, name)
    return await _download(request, me, group, listed)


@router.api_route(_ONE + "versions/{number:int}/download", methods=_READ)
async def download_version(
    request: Request, db: Db, me: Me, slug: str, name: str, number: int
) -> Response:
    """An earlier version."""
    group, listed = await _find(db, me, slug, name)
    version = await get_version(db, listed.resource.id, number)
    return await _download(request, me, group, Listed(listed.resource, version))


@router.api_route(_ONE + "download/{token}", methods=_READ)
async def download_by_link(
    request: Request, db: Db, me: Me, slug: str, name: str, token: str
) -> Response:
    """By a short-lived link; whoever left the group meanwhile finds nothing there. Raises NotFound, Gone."""
    key = read_link(request, token)
    _group, listed = await _find(db, me, slug, name)
    return await answer_link(request, db, me, key, listed)


async def _download(request: Request, me: Actor, group: Group, listed: Listed) -> Response:
    # What was for everybody is not any more where the group has become one for members.
    is_public = group.visibility == Visibility.PUBLIC
    is_for_all = is_public and listed.resource.access == Access.EVERYONE
    url = url_of(listed.resource, group.slug)
    return await answer_download(request, me, listed, url, is_for_all=is_for_all)


async def _find(db: AsyncSession, me: Actor, slug: str, name: str) -> tuple[Group, Listed]:
    number = number_in(name.partition("-")[0])
    if number is None:
        raise NotFound
    group, listed = await get_shared(db, me, slug.replace("\0", ""), number)
    if listed.resource.status == ResourceState.RETIRED:
        raise Gone(listed.resource.retired_note or _("This is not offered any more."))
    return group, listed


async def _page(
    request: Request, db: AsyncSession, me: Actor, here: Standing, listed: Listed
) -> GroupResourcePage:
    frame, resource, group = await spoken_frame(request, db), listed.resource, here.group
    url = url_of(resource, group.slug)
    versions = [
        version_row(resource, one, by, url) for one, by in await versions_of(db, resource.id)
    ]
    is_theirs = may_manage_in(me, here, resource.owner_id, clock.now())
    return GroupResourcePage(
        frame=frame,
        head=_head(frame, group, resource.title, url, is_whole=_is_public(group, listed)),
        top=await top_of(db, me, here, "resources/", may_read=True),
        row=row_of(listed, group.slug),
        description_html=resource.description_html,
        licence=resource.licence,
        access=access_in_words(Access(resource.access)),
        count=resource.download_count,
        newest=versions[0],
        earlier=versions[1:],
        topics=[
            Link(one.title, topic_url(one.group_slug, one.id, one.slug))
            for one in await topics_with(db, me, resource.id)
        ],
        edit_url=f"{DESK}{resource.id}/" if is_theirs else "",
        state="" if resource.is_published else _("A draft: only those who may change it see it."),
        done=said_done(request),
    )


def _is_public(group: Group, listed: Listed) -> bool:
    resource = listed.resource
    is_open = group.visibility == Visibility.PUBLIC and resource.access == Access.EVERYONE
    return is_open and resource.is_published


def _head(frame: Frame, group: Group, title: str, path: str, *, is_whole: bool) -> Head:
    is_public = group.visibility == Visibility.PUBLIC and is_whole
    return Head(
        title=f"{title} – {group.name} – {frame.site.title}",
        path=path,
        canonical=frame.base_url + path if is_public else "",
        robots="max-image-preview:large" if is_public else "noindex",
        links=discovery(frame.base_url, frame.site.title),
    )
