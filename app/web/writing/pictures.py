"""`/write/ID/pictures`: a file is handed in from the editor, and is written into the text."""

from collections.abc import Mapping
from contextlib import suppress
from html import escape

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from app.accounts.actor import Actor
from app.accounts.policy import may_write_posts
from app.core import clock
from app.core.answers import require
from app.core.errors import AppError, Invalid, TooLarge
from app.core.i18n import _
from app.core.markup import BodyFormat
from app.core.stores import store_of
from app.core.text import one_line
from app.media.actions import Words, describe_upload
from app.media.files import PICTURES
from app.media.models import Upload
from app.media.uploading import LARGEST_UPLOAD, NewUpload, add_upload
from app.site.queries import get_site
from app.web.accounts.pages import never_kept
from app.web.deps import Me, doors_of, settings_of
from app.web.forms import FieldError
from app.web.media.words import markdown_of, url_of
from app.web.multipart import Room, SentForm, read_form_with_files
from app.web.refusals import errors_of
from app.web.rpc.dates import local
from app.web.writing.assembly import Shown, before_of, editor_page
from app.web.writing.forms import Before, largest_of, opened_on, text_in
from app.web.writing.pages import DESK

router = APIRouter()


@router.post(DESK + "{post_id:int}/pictures")
async def hand_in(request: Request, me: Me, post_id: int) -> Response:
    """Take a `file` in; `alt` is for those who can't see it.

    A script is told where it is, and how it is written, in JSON. With `whole`, as the button of the form
    says, the form comes back with what was typed, and the file at the end of the text.
    """
    room = Room(LARGEST_UPLOAD, fields=largest_of(me))
    sent = await read_form_with_files(request, room)
    require(may_write_posts(me))
    async with doors_of(request).reading() as db:
        before = await before_of(db, me, post_id)
    try:
        upload = await _taken_in(request, me, sent, post_id)
    except AppError as refused:
        # What stands below the file in the form was not read yet; of what is too large it says so again.
        with suppress(TooLarge):
            await sent.rest()
        if "whole" not in sent.fields or refused.status not in (409, 413, 422):
            raise
        return await _again(request, me, before, sent.fields, refused)
    if "whole" not in sent.fields:
        return never_kept(JSONResponse(_told(upload, before), 201))
    return await _written_in(request, me, before, sent.fields, upload)


async def _taken_in(request: Request, me: Actor, sent: SentForm, post_id: int) -> Upload:
    if not sent.file_name:
        await sent.rest()
        says = _("Please choose a file.")
        raise Invalid(says, fields={"file": says})
    async with doors_of(request).reading() as db:
        at = local(clock.now(), await get_site(db))
    store = store_of(settings_of(request))
    new = NewUpload(name=sent.file_name, chunks=sent.file(), at=at, post_id=post_id)
    upload = await add_upload(doors_of(request), store, me, new)
    alt = one_line(sent.fields.get("alt", ""))
    if not alt:
        return upload
    words = Words(title=upload.title, alt=alt)
    async with doors_of(request).unit_of_work() as db:
        return await describe_upload(db, me, upload.id, words, upload.version)


def _told(upload: Upload, before: Before) -> dict[str, object]:
    return {
        "id": upload.id,
        "url": url_of(upload),
        "markdown": _as_written(upload, before),
        "width": upload.width,
        "height": upload.height,
    }


def _as_written(upload: Upload, before: Before) -> str:
    """As the text has it: in Markdown, or in HTML where that is what the text is written in."""
    if before.format == BodyFormat.MARKDOWN:
        return markdown_of(upload)
    url = escape(url_of(upload))
    if upload.mime in PICTURES:
        return f'<img src="{url}" alt="{escape(upload.alt)}">'
    return f'<a href="{url}">{escape(upload.title)}</a>'


async def _written_in(
    request: Request, me: Actor, before: Before, fields: Mapping[str, str], upload: Upload
) -> Response:
    written = _as_written(upload, before)
    body = f"{text_in(fields, 'body').rstrip()}\n\n{written}\n".lstrip()
    typed = {**fields, "body": body, "alt": ""}
    shown = Shown(typed=typed, opened=opened_on(fields), picture=written)
    async with doors_of(request).reading() as db:
        return await editor_page(request, db, me, before, shown)


async def _again(
    request: Request, me: Actor, before: Before, typed: Mapping[str, str], refused: AppError
) -> Response:
    errors = [FieldError(one.field or "file", one.says) for one in errors_of(refused)]
    shown = Shown(typed=typed, opened=opened_on(typed), errors=errors, status=refused.status)
    async with doors_of(request).reading() as db:
        return await editor_page(request, db, me, before, shown)
