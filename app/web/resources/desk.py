"""`/write/resources/`: the desk of whoever puts things into the library. Lists, and a form for what is new."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.answers import require
from app.core.errors import AppError, Invalid
from app.core.i18n import _
from app.core.stores import store_of
from app.core.text import number_in
from app.resources.actions import add_resource
from app.resources.drafts import Draft, NewVersion, tags_of, write_into
from app.resources.files import ENDINGS
from app.resources.models import Access, Resource, ResourceKind
from app.resources.policy import may_upload
from app.resources.queries import PAGE_SIZE, Listed, managed
from app.resources.uploading import keep_file, letter_version
from app.site.queries import ensure_site
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of, settings_of
from app.web.forms import FieldError
from app.web.multipart import SentForm, read_form_with_file
from app.web.resources.pages import DESK, DeskPage, DeskRow, NewPage
from app.web.resources.words import (
    access_choices,
    access_in_words,
    facts_of,
    in_words,
    said_done,
    state_in_words,
)

router = APIRouter()

_READ = ["GET", "HEAD"]


@router.api_route(DESK.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(DESK, 301)


@router.api_route(DESK, methods=_READ)
async def show_desk(request: Request, db: Db, me: Me) -> Response:
    """All that is theirs to change, the newest first."""
    require(may_upload(me))
    found = await managed(db, me, number_in(request.query_params.get("before", "")))
    frame = await spoken_frame(request, db)
    has_more = len(found) > PAGE_SIZE
    page = DeskPage(
        frame=frame,
        head=head_of(frame, _("Your resources"), DESK),
        rows=[_row(one) for one in found[:PAGE_SIZE]],
        next_url=f"{DESK}?before={found[PAGE_SIZE - 1].resource.id}" if has_more else "",
        done=said_done(request),
    )
    return unkept("resources/desk.html", page)


@router.api_route(DESK + "new", methods=_READ)
async def show_new(request: Request, me: Me) -> Response:
    """The form for a file, or with `?kind=letter` for a letter."""
    require(may_upload(me))
    kind = request.query_params.get("kind", "")
    return await _new_page(request, kind, {})


@router.post(DESK)
async def create(request: Request, me: Me) -> Response:
    """Take in a file or a letter as a draft. The form again, as it was typed, where something is wrong."""
    sent = await read_form_with_file(request, limit_of(request))
    require(may_upload(me))
    try:
        draft = draft_of(sent.fields)
        write_into(Resource(kind=_kind(sent.fields)), draft)
        tags_of(draft.tags)
        resource = await _taken_in(request, me, sent, draft)
    except AppError as refused:
        return await _new_again(request, sent, refused)
    return onward(f"{DESK}{resource.id}/", "added")


def limit_of(request: Request) -> int:
    """Most bytes of one file."""
    return settings_of(request).upload_mb << 20


def draft_of(typed: Mapping[str, str]) -> Draft:
    """What was typed about a resource."""
    access = typed.get("access", "") or Access.EVERYONE
    if access not in list(Access):
        says = _("Please choose who may have it.")
        raise Invalid(says, fields={"access": says})
    return Draft(
        title=typed.get("title", ""),
        description=typed.get("description", ""),
        licence=typed.get("licence", ""),
        access=Access(access),
        tags=typed.get("tags", ""),
    )


def refuse_without_file(sent: SentForm) -> None:
    """Raises Invalid where no file was chosen: browsers send an empty one without a name."""
    if not sent.file_name:
        says = _("Please choose a file.")
        raise Invalid(says, fields={"file": says})


def errors_of(refused: AppError) -> Sequence[FieldError]:
    """What is wrong, at the fields it is about."""
    if isinstance(refused, Invalid) and refused.fields:
        return [FieldError(name, says) for name, says in refused.fields.items()]
    return [FieldError("file" if refused.status == 413 else "", in_words(refused.detail))]


def endings_in_words() -> str:
    """What may be handed in, as a browser's file chooser takes it."""
    return ",".join(f".{ending}" for ending in sorted(ENDINGS))


def onward(url: str, done: str) -> Response:
    """On to a page that says what was done."""
    return never_kept(RedirectResponse(f"{url}?done={done}", 303))


async def _taken_in(request: Request, me: Actor, sent: SentForm, draft: Draft) -> Resource:
    note = sent.fields.get("note", "")
    if _kind(sent.fields) == ResourceKind.LETTER:
        await sent.rest()
        new = letter_version(sent.fields.get("letter", ""), draft.title, note)
        return await _written_down(request, me, draft, new)
    async with store_of(settings_of(request)).receive(sent.file()) as incoming:
        refuse_without_file(sent)
        # The file first: a row must never name what is not there.
        return await _written_down(
            request, me, draft, await keep_file(incoming, sent.file_name, note)
        )


async def _written_down(request: Request, me: Actor, draft: Draft, new: NewVersion) -> Resource:
    async with doors_of(request).unit_of_work() as db:
        site = await ensure_site(db, settings_of(request).base_host)
        return await add_resource(db, me, site, draft, new)


async def _new_again(request: Request, sent: SentForm, refused: AppError) -> Response:
    if refused.status not in (409, 413, 422):
        raise refused
    return await _new_page(
        request, sent.fields.get("kind", ""), sent.fields, errors_of(refused), refused.status
    )


async def _new_page(
    request: Request,
    kind: str,
    typed: Mapping[str, str],
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    kind = kind if kind in list(ResourceKind) else ResourceKind.FILE
    async with doors_of(request).reading() as db:
        frame = await spoken_frame(request, db)
    title = _("A new letter") if kind == ResourceKind.LETTER else _("A new file")
    page = NewPage(
        frame=frame,
        head=head_of(frame, title, f"{DESK}new"),
        kind=kind,
        typed=typed,
        access=access_choices(typed.get("access", Access.EVERYONE), kind),
        most_mb=settings_of(request).upload_mb,
        endings=endings_in_words(),
        errors=errors,
    )
    return unkept("resources/new.html", page, status)


def _kind(typed: Mapping[str, str]) -> ResourceKind:
    is_letter = typed.get("kind") == ResourceKind.LETTER
    return ResourceKind.LETTER if is_letter else ResourceKind.FILE


def _row(listed: Listed) -> DeskRow:
    resource = listed.resource
    return DeskRow(
        title=resource.title,
        url=f"{DESK}{resource.id}/",
        state=state_in_words(resource),
        facts=[*facts_of(listed.version), access_in_words(Access(resource.access))],
        updated_at=resource.updated_at,
    )
