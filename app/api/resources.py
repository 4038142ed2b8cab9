"""The library of things to download, as its pages show it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.answering import answered
from app.api.calling import Call
from app.api.fields import Line
from app.api.operations import Asking, reads
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.answers import require
from app.core.errors import Gone
from app.core.i18n import _
from app.resources.models import Access, ResourceKind, ResourceState
from app.resources.policy import may_upload
from app.resources.queries import Listed, get_resource, library, managed, versions_of
from app.web.deps import Db
from app.web.resources.words import download_url_of, url_of

router = APIRouter(route_class=ApiRoute, tags=["Resources"])


class ResourceWhole(BaseModel):
    """Something to take away, with its newest version."""

    id: int
    slug: str = Field(examples=["a-calendar-of-letters"])
    title: str
    kind: ResourceKind
    status: ResourceState
    access: Access
    summary: str
    html: str
    licence: str
    tags: list[str]
    published_at: datetime | None
    updated_at: datetime
    version: int = Field(description="The number of its newest version.")
    file_name: str
    size: int = Field(description="In bytes.")
    mime: str
    sha256: str
    revision: int = Field(description="Send it back when you change it.")
    url: str
    download_url: str = Field(description="Whoever it is not for is told how to get it there.")


class VersionWhole(BaseModel):
    """A resource as it was handed in once."""

    number: int
    file_name: str
    size: int = Field(description="In bytes.")
    mime: str
    sha256: str
    note: str = Field(description="What is new in it.")
    created_at: datetime
    author: str = Field(description="Who brought it; empty for who is gone.")
    download_url: str


class VersionList(Listing[VersionWhole]):
    """All versions, the newest first, on one page."""


class ResourceList(Listing[ResourceWhole]):
    """Resources, the newest first."""


@router.get("/resources", response_model=ResourceList, **reads(Scope.RESOURCES_READ, 422))
async def list_resources(
    call: Asking,
    db: Db,
    tag: Annotated[Line, Query(max_length=80)] = "",
    kind: Annotated[ResourceKind | None, Query()] = None,
    mine: Annotated[
        bool, Query(description="What is the caller's to change, whatever its state.")
    ] = False,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List the site's library, as far as it is for the caller; or what is theirs to change."""
    after = read_cursor(cursor, int)
    before = after[0] if after else None
    if mine:
        require(may_upload(call.me))
        rows = await managed(db, call.me, before, most=limit)
    else:
        rows = await library(db, call.me, tag=tag, kind=kind, before=before, most=limit)
    return listed(
        call, rows, limit, lambda row: (row.resource.id,),
        lambda shown, more: ResourceList(items=[told(call, r) for r in shown], next_cursor=more),
    )  # fmt: skip


@router.get(
    "/resources/{slug}", response_model=ResourceWhole, **reads(Scope.RESOURCES_READ, 404, 410, 422)
)
async def get_resource_by_slug(
    call: Asking, db: Db, slug: Annotated[Line, Path(max_length=200)]
) -> Response:
    """Read one resource. What was retired says so, with 410."""
    return answered(call, told(call, not_retired(await get_resource(db, call.me, slug))))


@router.get(
    "/resources/{slug}/versions",
    response_model=VersionList,
    **reads(Scope.RESOURCES_READ, 404, 410, 422),
)
async def list_versions(
    call: Asking, db: Db, slug: Annotated[Line, Path(max_length=200)]
) -> Response:
    """List all versions of a resource."""
    return await versions_told(call, db, not_retired(await get_resource(db, call.me, slug)))


def not_retired(found: Listed) -> Listed:
    """The same. Raises Gone for what was taken away."""
    if found.resource.status == ResourceState.RETIRED:
        raise Gone(found.resource.retired_note or _("This was here, and was taken away."))
    return found


def told(call: Call, found: Listed, group: str = "") -> ResourceWhole:
    """A resource as programs are told of it: the site's, or a group's by the slug of that."""
    resource, version = found.resource, found.version
    here = call.url(url_of(resource, group))
    return ResourceWhole(
        id=resource.id, slug=resource.slug, title=resource.title, kind=resource.kind,
        status=resource.status, revision=resource.version,
        access=resource.access, summary=resource.summary, html=resource.description_html,
        licence=resource.licence, tags=[tag.name for tag in found.tags],
        published_at=resource.published_at, updated_at=resource.updated_at, version=version.number,
        file_name=version.file_name, size=version.size, mime=version.mime, sha256=version.sha256,
        url=here, download_url=download_url_of(here),
    )  # fmt: skip


async def versions_told(call: Call, db: Db, found: Listed, group: str = "") -> Response:
    """All that a resource has been, for whoever may see it."""
    resource, here = found.resource, call.url(url_of(found.resource, group))
    rows = await versions_of(db, resource.id)
    items = [
        VersionWhole(
            number=one.number, file_name=one.file_name, size=one.size, mime=one.mime,
            sha256=one.sha256, note=one.note, created_at=one.at, author=by,
            download_url=download_url_of(here, None if one.number == resource.latest else one.number),
        )
        for one, by in rows
    ]  # fmt: skip
    return answered(call, VersionList(items=items, next_cursor=None))
