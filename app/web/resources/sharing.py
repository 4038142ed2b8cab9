"""Putting a file into a group: a form for its members, or for its moderators alone."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import AppError
from app.core.i18n import _
from app.core.stores import store_of
from app.groups.queries import Standing, get_group_to_read
from app.resources.actions import add_resource, publish
from app.resources.drafts import Draft, tags_of, write_into
from app.resources.models import Access, Resource, ResourceKind
from app.resources.policy import may_share
from app.resources.uploading import keep_file
from app.site.queries import ensure_site
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of, settings_of
from app.web.forms import FieldError
from app.web.groups.addresses import group_url
from app.web.groups.tops import top_of
from app.web.multipart import SentForm, read_form_with_file
from app.web.resources.desk import (
    draft_of,
    endings_in_words,
    errors_of,
    limit_of,
    onward,
    refuse_without_file,
)
from app.web.resources.group_pages import SharePage
from app.web.resources.of_groups import SHARED
from app.web.resources.words import access_choices, url_of

router = APIRouter()

_READ = ["GET", "HEAD"]
# After these the form is shown again: what was typed is still in it.
_SHOWN_AGAIN = (409, 413, 422, 429)


@router.api_route(SHARED + "new/", methods=_READ)
async def ask(request: Request, db: Db, me: Me, slug: str) -> Response:
    """The form for a file. Raises NotFound, Forbidden, SignInNeeded."""
    here = await get_group_to_read(db, me, slug)
    require(may_share(me, here, clock.now()))
    return await _form(request, me, here, {})


@router.post(SHARED)
async def share(request: Request, me: Me, slug: str) -> Response:
    """Take in a file: at once for those it is for, or as a draft. The form again where something is wrong."""
    async with doors_of(request).reading() as db:
        here = await get_group_to_read(db, me, slug)
    # Before any of the file is read: whoever may not put it here does not fill the disk.
    require(may_share(me, here, clock.now()))
    sent = await read_form_with_file(request, limit_of(request))
    try:
        draft = draft_of({"access": Access.GROUP, **sent.fields})
        write_into(Resource(kind=ResourceKind.FILE), draft, here.group)
        tags_of(draft.tags)
        resource = await _taken_in(request, me, slug, sent, draft)
    except AppError as refused:
        if refused.status not in _SHOWN_AGAIN:
            raise
        return await _form(request, me, here, sent.fields, refused)
    return onward(url_of(resource, slug), "published" if resource.is_published else "added")


async def _taken_in(
    request: Request, me: Actor, slug: str, sent: SentForm, draft: Draft
) -> Resource:
    async with store_of(settings_of(request)).receive(sent.file()) as incoming:
        refuse_without_file(sent)
        # The file first: a row must never name what is not there.
        new = await keep_file(incoming, sent.file_name, sent.fields.get("note", ""))
        async with doors_of(request).unit_of_work() as db:
            site = await ensure_site(db, settings_of(request).base_host)
            resource = await add_resource(db, me, site, draft, new, group=slug)
            if not sent.fields.get("draft"):
                await publish(db, me, resource.id)
            return resource


async def _form(
    request: Request,
    me: Actor,
    here: Standing,
    typed: Mapping[str, str],
    refused: AppError | None = None,
) -> Response:
    slug, errors = here.group.slug, _errors(refused)
    async with doors_of(request).reading() as db:
        frame = await spoken_frame(request, db)
        top = await top_of(db, me, here, "resources/", may_read=True)
    page = SharePage(
        frame=frame,
        head=head_of(frame, _("Put a file here"), group_url(slug, "resources/new/")),
        top=top,
        action=group_url(slug, "resources/"),
        typed=typed,
        access=access_choices(typed.get("access", Access.GROUP), ResourceKind.FILE, here.group),
        most_mb=settings_of(request).upload_mb,
        endings=endings_in_words(),
        errors=errors,
    )
    return unkept("resources/share.html", page, refused.status if refused else 200)


def _errors(refused: AppError | None) -> Sequence[FieldError]:
    return errors_of(refused) if refused else ()
