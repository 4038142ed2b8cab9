"""Resources of the site, handed in, changed, published and retired: by the actions of their desk."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.answering import Done, too_late
from app.api.calling import Call
from app.api.fields import Line, Sent, Text
from app.api.once import done, done_once
from app.api.operations import Asking, writes
from app.api.resources import ResourceWhole, told
from app.api.routing import ApiRoute
from app.core.answers import require
from app.core.errors import Conflict, Invalid, WrongType
from app.core.i18n import _
from app.core.rows import flush_changes
from app.core.stores import store_of
from app.resources.actions import add_resource, add_version, edit_resource, publish, retire
from app.resources.drafts import (
    DESCRIPTION_LENGTH,
    LICENCE_LENGTH,
    MOST_TAGS,
    NOTE_LENGTH,
    TAG_LENGTH,
    TITLE_LENGTH,
    Draft,
    NewVersion,
)
from app.resources.models import Access, Resource
from app.resources.policy import may_upload
from app.resources.queries import Listed, get_managed, get_resource
from app.resources.uploading import keep_file
from app.site.queries import ensure_site
from app.web.multipart import SentForm, read_form_with_file
from app.web.resources.desk import draft_of, limit_of

router = APIRouter(route_class=ApiRoute, tags=["Resources"])

Slug = Annotated[Line, Path(max_length=200)]

FILE: dict[str, Any] = {"type": "string", "format": "binary"}
NOTE: dict[str, Any] = {"type": "string", "maxLength": NOTE_LENGTH}
ABOUT: dict[str, Any] = {
    "title": {"type": "string", "minLength": 1, "maxLength": TITLE_LENGTH},
    "description": {"type": "string", "maxLength": DESCRIPTION_LENGTH},
    "licence": {"type": "string", "maxLength": LICENCE_LENGTH},
    "access": {"type": "string", "enum": ["everyone", "members", "address"]},
    "tags": {"type": "string", "description": "Words between commas."},
}


def takes_form(*errors: int, required: list[str], **properties: Any) -> dict[str, Any]:
    """The keywords of an operation that takes a form with a file."""
    operation = writes(Scope.RESOURCES_WRITE, 409, *errors)
    form = {"type": "object", "required": required, "properties": properties}
    operation["openapi_extra"]["requestBody"] = {
        "required": True,
        "content": {"multipart/form-data": {"schema": form}},
    }
    return operation


class ResourceChange(Sent):
    """What a resource says of itself. What is left out stays as it is."""

    title: Annotated[Line, Field(min_length=1, max_length=TITLE_LENGTH)] | None = None
    description: Annotated[Text, Field(max_length=DESCRIPTION_LENGTH)] | None = Field(
        None, description="In Markdown."
    )
    licence: Annotated[Line, Field(max_length=LICENCE_LENGTH)] | None = None
    access: Access | None = None
    tags: (
        Annotated[list[Annotated[Line, Field(max_length=TAG_LENGTH)]], Field(max_length=MOST_TAGS)]
        | None
    ) = None
    revision: Annotated[int, Field(ge=0, lt=10**9)] | None = Field(
        None, description="The one that was read: 409 where it is another by now."
    )


class Retirement(Sent):
    """Why it goes."""

    note: Annotated[Line, Field(max_length=NOTE_LENGTH)] = Field(
        "", description="Stands in its place."
    )


@router.post(
    "/resources",
    status_code=201,
    response_model=ResourceWhole,
    **takes_form(required=["file", "title"], file=FILE, note=NOTE, **ABOUT),
)
async def create_resource(call: Asking) -> Response:
    """Hand in a file with what is said of it: a draft, which is published by a call of its own."""
    require(may_upload(call.me))
    form = await form_in(call)
    async with store_of(call.settings).receive(form.file()) as incoming:
        draft = draft_of(form.fields)
        new = await keep_file(incoming, form.file_name, form.fields.get("note", ""))
        return await done_once(call, lambda db: _add(call, db, draft, new), said_in(form, new))


@router.patch(
    "/resources/{slug}",
    response_model=ResourceWhole,
    **writes(Scope.RESOURCES_WRITE, 404, 409),
)
async def change_resource(call: Asking, slug: Slug, sent: ResourceChange) -> Response:
    """Let a resource say something else of itself; its address stays."""
    try:
        return await done(call, lambda db: _edit(call, db, slug, sent))
    except Conflict as refused:
        return await _too_late(call, slug, refused)


@router.post(
    "/resources/{slug}/versions",
    status_code=201,
    response_model=ResourceWhole,
    **takes_form(404, required=["file"], file=FILE, note=NOTE),
)
async def create_version(call: Asking, slug: Slug) -> Response:
    """Put a newer version of a file at the same address."""
    async with call.doors.reading() as db:
        await _managed(call, db, slug)
    form = await form_in(call)
    async with store_of(call.settings).receive(form.file()) as incoming:
        new = await keep_file(incoming, form.file_name, form.fields.get("note", ""))
        return await done_once(call, lambda db: _renew(call, db, slug, new), said_in(form, new))


@router.post(
    "/resources/{slug}/publication",
    status_code=201,
    response_model=ResourceWhole,
    **writes(Scope.RESOURCES_WRITE, 404, 409, 422, takes_body=False),
)
async def publish_resource(call: Asking, slug: Slug) -> Response:
    """Let those see it whom it is for."""

    async def change(db: AsyncSession) -> Done:
        await publish(db, call.me, (await _managed(call, db, slug)).id)
        return await _made(call, db, slug)

    try:
        return await done_once(call, change)
    except Conflict as refused:
        return await _too_late(call, slug, refused)


@router.post(
    "/resources/{slug}/retirement",
    status_code=201,
    response_model=ResourceWhole,
    **writes(Scope.RESOURCES_WRITE, 404, 409),
)
async def retire_resource(call: Asking, slug: Slug, sent: Retirement) -> Response:
    """Take it out of the library for good; its address says why."""

    async def change(db: AsyncSession) -> Done:
        await retire(db, call.me, (await _managed(call, db, slug)).id, sent.note)
        return await _made(call, db, slug)

    try:
        return await done_once(call, change)
    except Conflict as refused:
        return await _too_late(call, slug, refused)


async def form_in(call: Call) -> SentForm:
    """A form as far as its file. Raises WrongType, BadRequest, TooLarge, Invalid."""
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise WrongType(_("Send a form of the kind multipart/form-data."))
    form = await read_form_with_file(call.request, limit_of(call.request))
    if not form.file_name:
        says = _("Please choose a file.")
        raise Invalid(says, fields={"file": says})
    return form


def said_in(form: SentForm, new: NewVersion) -> bytes:
    """All of a form, for its key."""
    return repr([form.file_name, sorted(form.fields.items()), new.sha256]).encode(errors="replace")


async def _managed(call: Call, db: AsyncSession, slug: str) -> Resource:
    """One that is theirs to change. Raises NotFound."""
    found = await get_resource(db, call.me, slug)
    return await get_managed(db, call.me, found.resource.id)


async def _add(call: Call, db: AsyncSession, draft: Draft, new: NewVersion) -> Done:
    site = await ensure_site(db, call.settings.base_host)
    resource = await add_resource(db, call.me, site, draft, new)
    return await _made(
        call, db, resource.slug, {"Location": call.api(f"/resources/{resource.slug}")}
    )


async def _edit(call: Call, db: AsyncSession, slug: str, sent: ResourceChange) -> Done:
    found = await get_resource(db, call.me, slug)
    resource = await get_managed(db, call.me, found.resource.id, locked=True)
    # Its tags, too, as they are now that nobody else writes.
    draft = changed_by(sent, await get_resource(db, call.me, slug))
    seen = resource.version if sent.revision is None else sent.revision
    await edit_resource(db, call.me, resource.id, draft, seen)
    return await _made(call, db, slug, status=200)


def changed_by(sent: ResourceChange, found: Listed) -> Draft:
    """What a resource says of itself, with what is to be changed of it."""
    resource = found.resource
    tags = sent.tags if sent.tags is not None else [tag.name for tag in found.tags]
    return Draft(
        title=resource.title if sent.title is None else sent.title,
        description=(resource.description_source if sent.description is None else sent.description),
        licence=resource.licence if sent.licence is None else sent.licence,
        access=Access(resource.access) if sent.access is None else sent.access,
        tags=",".join(tags),
    )


async def _renew(call: Call, db: AsyncSession, slug: str, new: NewVersion) -> Done:
    await add_version(db, call.me, (await _managed(call, db, slug)).id, new)
    return await _made(call, db, slug)


async def _made(
    call: Call,
    db: AsyncSession,
    slug: str,
    headers: dict[str, str] | None = None,
    status: int = 201,
) -> Done:
    await flush_changes(db)
    return Done(told(call, await get_resource(db, call.me, slug)), status, headers or {})


async def _too_late(call: Call, slug: str, refused: Conflict) -> Response:
    async with call.doors.reading() as db:
        return too_late(call, refused, told(call, await get_resource(db, call.me, slug)))
