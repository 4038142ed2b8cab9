"""`/write/preview`: a text as its readers would see it. Nothing is saved by looking."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.policy import may_write_posts
from app.core.answers import require
from app.core.errors import Invalid
from app.core.text import number_in, one_line
from app.web.accounts.pages import frame_now, head_of, unkept
from app.web.deps import Me, doors_of
from app.web.forms import typed_fields
from app.web.refusals import errors_of
from app.web.writing.assembly import Shown, before_of, editor_page
from app.web.writing.forms import Before, kind_of, largest_of, opened_on, text_in
from app.web.writing.pages import DESK, PreviewPart
from app.web.writing.texts import shown_body
from app.web.writing.words import words_in

router = APIRouter()


@router.post(DESK + "preview")
async def preview(request: Request, me: Me) -> Response:
    """A fragment; with `whole`, as the button of the form says, the form with what was typed and the preview."""
    typed = await typed_fields(request, most=largest_of(me))
    require(may_write_posts(me))
    post_id, before = number_in(typed.get("id", "")), Before(kind_of(typed))
    if post_id:
        async with doors_of(request).reading() as db:
            before = await before_of(db, me, post_id)
    try:
        body = await shown_body(request, before, text_in(typed, "body"))
    except Invalid as refused:
        if "whole" not in typed:
            raise
        errors = errors_of(refused)
        shown = Shown(typed=typed, opened=opened_on(typed), errors=errors, status=refused.status)
    else:
        shown = Shown(typed=typed, opened=opened_on(typed), preview=body)
    if "whole" in typed:
        async with doors_of(request).reading() as db:
            return await editor_page(request, db, me, before, shown)
    frame = await frame_now(request)
    title, words = one_line(typed.get("title", "")), words_in(typed.get("body", ""))
    part = PreviewPart(frame, head_of(frame, title, DESK), title, body, words)
    return unkept("writing/_preview.html", part)
