"""What a group has to take away: read by those whom it is for, put there and kept by its members."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.answering import Done, answered, too_late
from app.api.calling import Call
from app.api.fields import Line
from app.api.groups import GroupSlug
from app.api.once import done, done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, listed, read_cursor
from app.api.resource_writing import (
    ABOUT,
    FILE,
    NOTE,
    ResourceChange,
    Retirement,
    changed_by,
    form_in,
    said_in,
    takes_form,
)
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
from app.core.errors import Conflict, NotFound
from app.core.i18n import _
from app.core.rows import flush_changes
from app.core.stores import store_of
from app.groups.models import Sharing
from app.groups.queries import get_group_to_read
from app.resources.actions import add_resource, add_version, edit_resource, publish, retire
from app.resources.drafts import Draft, NewVersion
from app.resources.models import Access, Resource
from app.resources.policy import may_share
from app.resources.queries import Listed, get_managed
from app.resources.sharing import get_shared, shared_in
from app.resources.uploading import keep_file
from app.site.queries import ensure_site
from app.web.deps import Db
from app.web.resources.desk import draft_of

router = APIRouter(route_class=ApiRoute, tags=["Resources"])

_ALL = "/groups/{slug}/resources"
_ONE = _ALL + "/{resource_id:int}"
_Place = tuple[str, int]
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
    found = not_retired(await _found(call, db, (slug, resource_id)))
    return answered(call, told(call, found, slug))


@router.get(
    _ONE + "/versions", response_model=VersionList, **reads(Scope.RESOURCES_READ, 404, 410, 422)
)
async def list_group_versions(call: Asking, db: Db, slug: GroupSlug, resource_id: int) -> Response:
    """List all versions of one of a group's."""
    found = not_retired(await _found(call, db, (slug, resource_id)))
    return await versions_told(call, db, found, slug)


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
    form = await form_in(call)
    async with store_of(call.settings).receive(form.file()) as incoming:
        draft = draft_of({"access": Access.GROUP, **form.fields})
        new = await keep_file(incoming, form.file_name, form.fields.get("note", ""))
        return await done_once(
            call, lambda db: _add(call, db, slug, draft, new), said_in(form, new)
        )


@router.patch(_ONE, response_model=ResourceWhole, **writes(Scope.RESOURCES_WRITE, 404, 409))
async def change_group_resource(
    call: Asking, slug: GroupSlug, resource_id: int, sent: ResourceChange
) -> Response:
    """Let one of a group's say something else of itself."""
    place = slug, resource_id

    async def change(db: AsyncSession) -> Done:
        resource = await _managed(call, db, place, locked=True)
        draft = changed_by(sent, await _found(call, db, place))
        seen = resource.version if sent.revision is None else sent.revision
        await edit_resource(db, call.me, resource.id, draft, seen)
        return await _made(call, db, place, status=200)

    try:
        return await done(call, change)
    except Conflict as refused:
        return await _too_late(call, place, refused)


@router.post(
    _ONE + "/versions",
    status_code=201,
    response_model=ResourceWhole,
    **takes_form(404, required=["file"], file=FILE, note=NOTE),
)
async def create_group_version(call: Asking, slug: GroupSlug, resource_id: int) -> Response:
    """Put a newer version of a group's file at the same address."""
    place = slug, resource_id
    async with call.doors.reading() as db:
        await _managed(call, db, place)
    form = await form_in(call)
    async with store_of(call.settings).receive(form.file()) as incoming:
        new = await keep_file(incoming, form.file_name, form.fields.get("note", ""))

        async def change(db: AsyncSession) -> Done:
            await add_version(db, call.me, (await _managed(call, db, place)).id, new)
            return await _made(call, db, place)

        return await done_once(call, change, said_in(form, new))


@router.post(
    _ONE + "/publication",
    status_code=201,
    response_model=ResourceWhole,
    **writes(Scope.RESOURCES_WRITE, 404, 409, 422, takes_body=False),
)
async def publish_group_resource(call: Asking, slug: GroupSlug, resource_id: int) -> Response:
    """Let those see it whom it is for."""
    place = slug, resource_id

    async def change(db: AsyncSession) -> Done:
        await publish(db, call.me, (await _managed(call, db, place)).id)
        return await _made(call, db, place)

    try:
        return await done_once(call, change)
    except Conflict as refused:
        return await _too_late(call, place, refused)


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
    place = slug, resource_id

    async def change(db: AsyncSession) -> Done:
        await retire(db, call.me, (await _managed(call, db, place)).id, sent.note)
        return await _made(call, db, place)

    try:
        return await done_once(call, change)
    except Conflict as refused:
        return await _too_late(call, place, refused)


async def _found(call: Call, db: AsyncSession, place: _Place) -> Listed:
    """One of a group's that the caller may see. Raises NotFound."""
    _group, found = await get_shared(db, call.me, *place)
    return found


async def _managed(
    call: Call, db: AsyncSession, place: _Place, *, locked: bool = False
) -> Resource:
    """One that is theirs to change. Raises NotFound."""
    found = await _found(call, db, place)
    return await get_managed(db, call.me, found.resource.id, locked=locked)


async def _add(call: Call, db: AsyncSession, slug: str, draft: Draft, new: NewVersion) -> Done:
    site = await ensure_site(db, call.settings.base_host)
    resource = await add_resource(db, call.me, site, draft, new, group=slug)
    path = f"/groups/{slug}/resources/{resource.id}"
    return await _made(call, db, (slug, resource.id), {"Location": call.api(path)})


async def _made(
    call: Call,
    db: AsyncSession,
    place: _Place,
    headers: dict[str, str] | None = None,
    status: int = 201,
) -> Done:
    await flush_changes(db)
    return Done(told(call, await _found(call, db, place), place[0]), status, headers or {})


async def _too_late(call: Call, place: _Place, refused: Conflict) -> Response:
    async with call.doors.reading() as db:
        return too_late(call, refused, told(call, await _found(call, db, place), place[0]))
