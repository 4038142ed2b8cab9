"""What a group has to take away: read by those whom it is for, put there and kept by its members."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.answering import answered
from app.api.fields import Line
from app.api.groups import GroupSlug
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, listed, read_cursor
from app.api.resource_acts import (
    edit,
    hand_in,
    of_group,
    publish_one,
    renew,
    retire_one,
)
from app.api.resource_forms import ABOUT, FILE, NOTE, ResourceChange, Retirement, takes_form
from app.api.resources import (
    ResourceList,
    ResourceWhole,
    VersionList,
    not_retired,
    told,
    versions_told,
)
from app.api.routing import ApiRoute
from app.core import clock
from app.core.answers import require
from app.core.errors import NotFound
from app.core.i18n import _
from app.groups.models import Sharing
from app.groups.queries import get_group_to_read
from app.resources.models import Access
from app.resources.policy import may_share
from app.resources.sharing import shared_in
from app.web.deps import Db
from app.web.groups.entering import entered

router = APIRouter(route_class=ApiRoute, tags=["Resources"])

_ALL = "/groups/{slug}/resources"
_ONE = _ALL + "/{resource_id:int}"
_ACCESS = {"type": "string", "enum": ["everyone", "members", "group"]}


@router.get(_ALL, response_model=ResourceList, **reads(Scope.RESOURCES_READ, 404, 422))
async def list_group_resources(
    call: Asking,
    db: Db,
    slug: GroupSlug,
    tag: Annotated[Line, Query(max_length=80)] = "",
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List what a group has to take away, the newest first, as far as it is for the caller."""
    after = read_cursor(cursor, int)
    here = await get_group_to_read(db, call.me, slug)
    entered(call.request, call.me, here)
    if here.group.sharing == Sharing.NOBODY:
        raise NotFound(_("No files are put into this group."))
    before = after[0] if after else None
    rows = await shared_in(db, call.me, here.group.id, tag=tag, before=before, most=limit)
    return listed(
        call, rows, limit, lambda row: (row.resource.id,),
        lambda shown, more: ResourceList(
            items=[told(call, one, slug) for one in shown], next_cursor=more
        ),
    )  # fmt: skip


@router.get(_ONE, response_model=ResourceWhole, **reads(Scope.RESOURCES_READ, 404, 410, 422))
async def get_group_resource(call: Asking, db: Db, slug: GroupSlug, resource_id: int) -> Response:
    """Read one of a group's. What was retired says so, with 410."""
    found = await of_group(call, slug, resource_id).find(db)
    return answered(call, told(call, not_retired(found), slug))


@router.get(
    _ONE + "/versions", response_model=VersionList, **reads(Scope.RESOURCES_READ, 404, 410, 422)
)
async def list_group_versions(call: Asking, db: Db, slug: GroupSlug, resource_id: int) -> Response:
    """List all versions of one of a group's."""
    found = await of_group(call, slug, resource_id).find(db)
    return await versions_told(call, db, not_retired(found), slug)


@router.post(
    _ALL,
    status_code=201,
    response_model=ResourceWhole,
    **takes_form(
        404, required=["file", "title"], file=FILE, note=NOTE, **{**ABOUT, "access": _ACCESS}
    ),
)
async def create_group_resource(call: Asking, slug: GroupSlug) -> Response:
    """Put a file into a group: a draft, which is published by a call of its own."""
    async with call.doors.reading() as db:
        here = await get_group_to_read(db, call.me, slug)
    # Before any of the file is read: whoever may not put it here does not fill the disk.
    require(may_share(call.me, here, clock.now()))
    return await hand_in(call, slug, Access.GROUP)


@router.patch(_ONE, response_model=ResourceWhole, **writes(Scope.RESOURCES_WRITE, 404, 409))
async def change_group_resource(
    call: Asking, slug: GroupSlug, resource_id: int, sent: ResourceChange
) -> Response:
    """Let one of a group's say something else of itself."""
    return await edit(of_group(call, slug, resource_id), sent)


@router.post(
    _ONE + "/versions",
    status_code=201,
    response_model=ResourceWhole,
    **takes_form(404, required=["file"], file=FILE, note=NOTE),
)
async def create_group_version(call: Asking, slug: GroupSlug, resource_id: int) -> Response:
    """Put a newer version of a group's file at the same address."""
    return await renew(of_group(call, slug, resource_id))


@router.post(
    _ONE + "/publication",
    status_code=201,
    response_model=ResourceWhole,
    **writes(Scope.RESOURCES_WRITE, 404, 409, 422, takes_body=False),
)
async def publish_group_resource(call: Asking, slug: GroupSlug, resource_id: int) -> Response:
    """Let those see it whom it is for."""
    return await publish_one(of_group(call, slug, resource_id))


@router.post(
    _ONE + "/retirement",
    status_code=201,
    response_model=ResourceWhole,
    **writes(Scope.RESOURCES_WRITE, 404, 409),
)
async def retire_group_resource(
    call: Asking, slug: GroupSlug, resource_id: int, sent: Retirement
) -> Response:
    """Take it away for good; its address says why."""
    return await retire_one(of_group(call, slug, resource_id), sent)
