"""Changes of what was said, of who may watch it, and of its thread; each a small form of the queue."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from app.core import clock
from app.core.errors import AppError, Conflict, Invalid
from app.core.i18n import _
from app.core.text import is_number
from app.discussions.answering import approve_and_reply
from app.discussions.appeals import NotYours
from app.discussions.changing import edit_as_moderator, lock_thread, move_comment
from app.discussions.queue import lookers
from app.discussions.reach import about_comment
from app.moderation.watching import assign, claim, look
from app.site.queries import ensure_site
from app.web.deps import Db, Me, doors_of, settings_of
from app.web.forms import Form, read_form
from app.web.moderating.answers import Number, Where, answer
from app.web.moderating.sheets import sheet
from app.web.moderating.surroundings import require_console, require_moderators_console

router = APIRouter()

# Rows of one page, asked for at once.
_MOST_LOOKED_AT = 60


class TextForm(Where):
    """Somebody's words."""

    text: Annotated[str, Field(max_length=20_000)] = ""


class ClaimForm(Where):
    """To take, or to give back."""

    release: str = ""


class AssignForm(Where):
    """To whom; and who had it when that was chosen."""

    to: Number = None
    held_by: Number = None


class LockForm(Where):
    """To close, or to open."""

    locked: str = ""


class MoveForm(Where):
    """Under which post."""

    post: Number = None


@router.post("/mod/comments/{comment_id:int}/edition")
async def edit(request: Request, comment_id: int, me: Me) -> Response:
    """Put other words into a comment."""
    require_console(me)
    form = await read_form(request, TextForm)
    said = form.value or TextForm()
    try:
        async with doors_of(request).unit_of_work() as db:
            await edit_as_moderator(db, me, comment_id, said.text, version=said.version)
    except (Conflict, Invalid) as refused:
        return await _again(request, me, comment_id, "edition", form, refused)
    return await answer(request, me, comment_id, said, then=comment_id)


@router.post("/mod/comments/{comment_id:int}/answer")
async def reply(request: Request, comment_id: int, me: Me) -> Response:
    """Approve a comment and answer it."""
    require_console(me)
    form = await read_form(request, TextForm)
    said = form.value or TextForm()
    try:
        async with doors_of(request).unit_of_work() as db:
            site = await ensure_site(db, settings_of(request).base_host)
            _answer, decision = await approve_and_reply(
                db, me, site, comment_id, said.text, version=said.version
            )
    except (Conflict, Invalid, NotYours) as refused:
        return await _again(request, me, comment_id, "answer", form, refused)
    return await answer(
        request, me, comment_id, said, then=said.next,
        decision_id=decision.id if decision else None, is_folded=decision is not None,
    )  # fmt: skip


@router.post("/mod/comments/{comment_id:int}/place")
async def move(request: Request, comment_id: int, me: Me) -> Response:
    """Move a comment under another post; the form again where that can't be."""
    require_console(me)
    form = await read_form(request, MoveForm)
    said = form.value or MoveForm()
    try:
        async with doors_of(request).unit_of_work() as db:
            await move_comment(db, me, comment_id, said.post or 0, version=said.version)
    except (Conflict, Invalid) as refused:
        return await sheet(
            request, me, comment_id, "place", said, trouble=refused.detail, typed=form.typed.get("q", ""),
            status=refused.status,
        )  # fmt: skip
    return await answer(request, me, comment_id, said, then=comment_id)


@router.post("/mod/comments/{comment_id:int}/lock")
async def lock(request: Request, comment_id: int, me: Me) -> Response:
    """Close the discussion a comment is part of, or open it again."""
    require_console(me)
    said = (await read_form(request, LockForm)).value or LockForm()
    async with doors_of(request).unit_of_work() as db:
        await lock_thread(db, me, comment_id, locked=bool(said.locked))
    return await answer(request, me, comment_id, said, then=comment_id)


@router.post("/mod/comments/{comment_id:int}/claim")
async def take(request: Request, comment_id: int, me: Me) -> Response:
    """Claim a case, or give it back."""
    require_moderators_console(me)
    said = (await read_form(request, ClaimForm)).value or ClaimForm()
    try:
        async with doors_of(request).unit_of_work() as db:
            await claim(db, me, about_comment(comment_id), release=bool(said.release))
    except Conflict as conflict:
        return await answer(request, me, comment_id, said, trouble=conflict.detail, status=409)
    return await answer(request, me, comment_id, said, then=comment_id)


@router.post("/mod/comments/{comment_id:int}/assignment")
async def give(request: Request, comment_id: int, me: Me) -> Response:
    """Give a case to one of the moderators, or back to everybody."""
    require_moderators_console(me)
    form = await read_form(request, AssignForm)
    said = form.value or AssignForm()
    try:
        if form.value is None:
            raise Invalid(form.errors[0].says)
        async with doors_of(request).unit_of_work() as db:
            decision = await assign(
                db, me, about_comment(comment_id), said.to, held_by=said.held_by
            )
    except (Conflict, Invalid) as refused:
        return await sheet(
            request,
            me,
            comment_id,
            "assignment",
            said,
            trouble=refused.detail,
            status=refused.status,
        )
    return await answer(
        request, me, comment_id, said, then=comment_id,
        decision_id=decision.id if decision else None,
    )  # fmt: skip


@router.post("/mod/comments/{comment_id:int}/look")
async def look_at(request: Request, comment_id: int, me: Me) -> Response:
    """Say for 90 seconds that this moderator has it open."""
    require_moderators_console(me)
    async with doors_of(request).unit_of_work() as db:
        await look(db, me, about_comment(comment_id))
    return Response(status_code=204)


@router.get("/mod/looking")
async def who_looks(request: Request, db: Db, me: Me) -> Response:
    """Who else has which of these comments open: `{"12": "Ines is looking"}`."""
    require_console(me)
    asked = request.query_params.get("ids", "").split(",")[:_MOST_LOOKED_AT]
    ids = [int(one) for one in asked if is_number(one)]
    found = await lookers(db, me, ids, clock.now())
    words = {str(one): _("%(name)s is looking") % {"name": name} for one, name in found.items()}
    return JSONResponse(words, headers={"Cache-Control": "no-store"})


async def _again(
    request: Request, me: Me, comment_id: int, kind: str, form: Form[TextForm], refused: AppError
) -> Response:
    """The form again, with what was typed: nothing anybody wrote is lost."""
    return await sheet(
        request, me, comment_id, kind, form.value or Where(), trouble=refused.detail,
        typed=form.typed.get("text", ""), status=refused.status,
    )  # fmt: skip
