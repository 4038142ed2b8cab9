"""`/write/resources/ID/`: everything about one resource that can be changed, each with a form of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.policy import may_have_account_page
from app.core.answers import require
from app.core.errors import AppError
from app.core.i18n import _
from app.core.stores import store_of
from app.core.text import number_in
from app.groups.queries import Standing
from app.resources.actions import (
    add_version,
    attach_to_posts,
    attach_to_topics,
    edit_resource,
    publish,
    retire,
)
from app.resources.addresses import PAGE_SIZE, addresses_left, erase_address
from app.resources.models import Resource, ResourceKind, ResourceState
from app.resources.queries import get_managed, posts_to_choose, tags_of_resource, versions_of
from app.resources.sharing import place_to_change, topics_to_choose
from app.resources.uploading import keep_file, letter_version
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of, settings_of
from app.web.forms import typed_fields
from app.web.groups.addresses import group_url
from app.web.head import Link
from app.web.multipart import SentForm, read_form_with_file
from app.web.resources.desk import (
    draft_of,
    endings_in_words,
    errors_of,
    limit_of,
    onward,
    refuse_without_file,
)
from app.web.resources.pages import DESK, AddressRow, EditPage, PostChoice
from app.web.resources.words import (
    access_choices,
    said_done,
    state_in_words,
    url_of,
    version_row,
)

router = APIRouter()

_READ = ["GET", "HEAD"]
_ONE = DESK + "{resource_id:int}/"


@dataclass(frozen=True)
class _Refusal:
    """What was typed, and why it was not done."""

    typed: Mapping[str, str]
    error: AppError


@router.api_route(_ONE, methods=_READ)
async def show(request: Request, db: Db, me: Me, resource_id: int) -> Response:
    """All forms. Raises NotFound for whoever may not change it."""
    require(may_have_account_page(me))
    return await _page(request, db, me, resource_id)


@router.post(_ONE + "text")
async def save(request: Request, me: Me, resource_id: int) -> Response:
    """Let it say something else."""
    typed = await typed_fields(request, most=4 * 64 * 1024)
    require(may_have_account_page(me))
    try:
        version = number_in(typed.get("version", "")) or 0
        async with doors_of(request).unit_of_work() as db:
            await edit_resource(db, me, resource_id, draft_of(typed), version)
    except AppError as refused:
        return await _again(request, me, resource_id, _Refusal(typed, refused))
    return onward(f"{DESK}{resource_id}/", "saved")


@router.post(_ONE + "versions")
async def create_version(request: Request, me: Me, resource_id: int) -> Response:
    """Put a newer version at the same address. Raises NotFound."""
    sent = await read_form_with_file(request, limit_of(request))
    require(may_have_account_page(me))
    async with doors_of(request).reading() as db:
        resource = await get_managed(db, me, resource_id)
    try:
        await _take_version(request, me, resource, sent)
    except AppError as refused:
        return await _again(request, me, resource_id, _Refusal(sent.fields, refused))
    return onward(f"{DESK}{resource_id}/", "version")


@router.post(_ONE + "publication")
async def make_public(request: Request, me: Me, resource_id: int) -> Response:
    """Let those see it whom it is for. Raises Conflict where somebody was faster."""
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        await publish(db, me, resource_id)
    return onward(f"{DESK}{resource_id}/", "published")


@router.post(_ONE + "retirement")
async def take_away(request: Request, me: Me, resource_id: int) -> Response:
    """Take it out of the library for good, with a note that stands in its place."""
    typed = await typed_fields(request)
    require(may_have_account_page(me))
    try:
        async with doors_of(request).unit_of_work() as db:
            await retire(db, me, resource_id, typed.get("note", ""))
    except AppError as refused:
        return await _again(request, me, resource_id, _Refusal(typed, refused))
    return onward(f"{DESK}{resource_id}/", "retired")


@router.post(_ONE + "posts")
async def attach(request: Request, me: Me, resource_id: int) -> Response:
    """Show it below the posts that are ticked, and no others of those that could be."""
    typed = await typed_fields(request)
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        await attach_to_posts(db, me, resource_id, _ticked(typed, "post_"))
    return onward(f"{DESK}{resource_id}/", "posts")


@router.post(_ONE + "topics")
async def attach_in_group(request: Request, me: Me, resource_id: int) -> Response:
    """Show a group's with the discussions that are ticked, and no others of those that could be."""
    typed = await typed_fields(request)
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        await attach_to_topics(db, me, resource_id, _ticked(typed, "topic_"))
    return onward(f"{DESK}{resource_id}/", "topics")


@router.post(_ONE + "addresses/{address_id:int}/erasure")
async def erase(request: Request, me: Me, resource_id: int, address_id: int) -> Response:
    """Forget an address that was left."""
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        await erase_address(db, me, resource_id, address_id)
    return onward(f"{DESK}{resource_id}/", "erased")


def _ticked(typed: Mapping[str, str], kind: str) -> frozenset[int]:
    found = {number_in(name.removeprefix(kind)) for name in typed if name.startswith(kind)}
    return frozenset(number for number in found if number is not None)


async def _take_version(request: Request, me: Actor, resource: Resource, sent: SentForm) -> None:
    if resource.kind == ResourceKind.LETTER:
        await sent.rest()
        letter, note = sent.fields.get("letter", ""), sent.fields.get("note", "")
        new = letter_version(letter, resource.title, note)
        async with doors_of(request).unit_of_work() as db:
            await add_version(db, me, resource.id, new)
        return
    async with store_of(settings_of(request)).receive(sent.file()) as incoming:
        refuse_without_file(sent)
        new = await keep_file(incoming, sent.file_name, sent.fields.get("note", ""))
        async with doors_of(request).unit_of_work() as db:
            await add_version(db, me, resource.id, new)


async def _again(request: Request, me: Actor, resource_id: int, refusal: _Refusal) -> Response:
    """The page with what was typed; after a conflict with the state that there is now."""
    if refusal.error.status not in (409, 413, 422):
        raise refusal.error
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, resource_id, refusal)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    resource_id: int,
    refusal: _Refusal | None = None,
) -> Response:
    resource = await get_managed(db, me, resource_id)
    here = await place_to_change(db, me, resource)
    url = url_of(resource, here.group.slug if here else "")
    frame, query = await spoken_frame(request, db), request.query_params
    typed = await _typed(db, resource)
    if refusal is not None:
        typed |= {k: v for k, v in refusal.typed.items() if k != "version"}
    left = await addresses_left(db, me, resource_id, number_in(query.get("before", "")))
    page = EditPage(
        frame=frame,
        head=head_of(frame, resource.title, f"{DESK}{resource_id}/"),
        id=resource.id,
        kind=resource.kind,
        title=resource.title,
        url=url,
        back=_back(here),
        state=state_in_words(resource),
        may_be_published=resource.may_become(ResourceState.PUBLISHED),
        is_retired=resource.status == ResourceState.RETIRED,
        version=resource.version,
        typed=typed,
        access=access_choices(typed["access"], resource.kind, here.group if here else None),
        versions=[
            version_row(resource, one, by, url) for one, by in await versions_of(db, resource_id)
        ],
        posts=await _posts(db, me, resource_id) if here is None else (),
        topics=await _topics(db, me, here, resource_id) if here else (),
        addresses=[AddressRow(one.id, one.email, one.asked_at) for one in left[:PAGE_SIZE]],
        more_addresses=len(left) > PAGE_SIZE,
        most_mb=settings_of(request).upload_mb,
        endings=endings_in_words(),
        done="" if refusal else said_done(request),
        errors=errors_of(refusal.error) if refusal else (),
    )
    return unkept("resources/edit.html", page, refusal.error.status if refusal else 200)


def _back(here: Standing | None) -> Link:
    """Where it stands beside others."""
    if here is None:
        return Link(_("Your resources"), DESK)
    return Link(here.group.name, group_url(here.group.slug, "resources/"))


async def _topics(
    db: AsyncSession, me: Actor, here: Standing, resource_id: int
) -> list[PostChoice]:
    return [PostChoice(*row) for row in await topics_to_choose(db, me, here, resource_id)]


async def _typed(db: AsyncSession, resource: Resource) -> dict[str, str]:
    """The fields as they would be typed to say what it says."""
    return {
        "title": resource.title,
        "description": resource.description_source,
        "licence": resource.licence,
        "access": resource.access,
        "tags": ", ".join(tag.name for tag in await tags_of_resource(db, resource.id)),
    }


async def _posts(db: AsyncSession, me: Actor, resource_id: int) -> list[PostChoice]:
    found = await posts_to_choose(db, me, resource_id)
    return [PostChoice(post_id, title or _("Untitled"), is_on) for post_id, title, is_on in found]
