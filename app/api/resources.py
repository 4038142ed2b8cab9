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
from app.posts.addresses import address
from app.resources.models import Access, ResourceKind, ResourceState
from app.resources.policy import may_upload
from app.resources.queries import Listed, get_resource, library, managed
from app.web.deps import Db

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
    found = await get_resource(db, call.me, slug)
    if found.resource.status == ResourceState.RETIRED:
        raise Gone(found.resource.retired_note or _("This was here, and was taken away."))
    return answered(call, told(call, found))


def told(call: Call, found: Listed) -> ResourceWhole:
    """A resource as programs are told of it."""
    resource, version = found.resource, found.version
    here = call.url(address(f"/resources/{resource.slug}/"))
    return ResourceWhole(
        id=resource.id, slug=resource.slug, title=resource.title, kind=resource.kind,
        status=resource.status, revision=resource.version,
        access=resource.access, summary=resource.summary, html=resource.description_html,
        licence=resource.licence, tags=[tag.name for tag in found.tags],
        published_at=resource.published_at, updated_at=resource.updated_at, version=version.number,
        file_name=version.file_name, size=version.size, mime=version.mime, sha256=version.sha256,
        url=here, download_url=f"{here}download",
    )  # fmt: skip
