"""What concerns people: trust, watch, block, letters to them, and notes moderators leave each other."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _
from app.discussions.batches import start_batch
from app.moderation.standing import VERBS, add_note, set_standing
from app.notifications.warnings import warn_author
from app.web.deps import Me, doors_of, secrets_of_app
from app.web.forms import read_form
from app.web.moderating.answers import Number, Where, answer, wants_part
from app.web.moderating.sheets import sheet
from app.web.moderating.surroundings import require_console, require_moderators_console

router = APIRouter()


class StandingForm(Where):
    """How an author is to stand, and whether all else they wrote goes with it."""

    standing: str = ""
    others: str = ""


class NoteForm(Where):
    """What is to be noted."""

    text: Annotated[str, Field(max_length=2000)] = ""


class WarningForm(Where):
    """A letter's words, and the last warning that was known when they were written."""

    text: Annotated[str, Field(max_length=20_000)] = ""
    seen: Number = None


@router.post("/mod/authors/{author_id:int}/standing")
async def stand(request: Request, author_id: int, me: Me) -> Response:
    """Trust, watch, block or pardon an author; with a block the rest of theirs may be removed, as a batch."""
    require_moderators_console(me)
    said = (await read_form(request, StandingForm)).value or StandingForm()
    if said.standing not in VERBS:
        raise Invalid(_("There is no such decision."))
    if said.comment is None:
        raise NotFound(_("There is no such comment."))
    batch_id = 0
    async with doors_of(request).unit_of_work() as db:
        decision = await set_standing(db, me, author_id, said.standing)
        if said.standing == "block" and said.others:
            chosen = {"author": author_id}
            batch_id = (await start_batch(db, me, "remove", chosen, reason="other")).id
    if batch_id:
        return _to(request, f"/mod/batches/{batch_id}")
    return await answer(
        request, me, said.comment, said, then=said.comment,
        decision_id=decision.id if decision else None,
    )  # fmt: skip


@router.post("/mod/authors/{author_id:int}/notes")
async def note(request: Request, author_id: int, me: Me) -> Response:
    """Leave a note about an author."""
    require_moderators_console(me)
    form = await read_form(request, NoteForm)
    said = form.value or NoteForm()
    if said.comment is None:
        raise NotFound(_("There is no such comment."))
    if not said.text.strip():
        return await sheet(
            request, me, said.comment, "note", said, status=422,
            trouble=_("Please write something, at most 2,000 characters."),
            typed=form.typed.get("text", ""),
        )  # fmt: skip
    async with doors_of(request).unit_of_work() as db:
        await add_note(db, me, author_id, said.text)
    return await answer(request, me, said.comment, said, then=said.comment)


@router.post("/mod/comments/{comment_id:int}/warning")
async def warn(request: Request, comment_id: int, me: Me) -> Response:
    """Write to whoever wrote a comment. The form again, with its words, where no letter can go."""
    require_console(me)
    form = await read_form(request, WarningForm)
    said = form.value or WarningForm()
    try:
        async with doors_of(request).unit_of_work() as db:
            decision = await warn_author(
                db, me, secrets_of_app(request), comment_id, said.text,
                version=said.version, seen=said.seen,
            )  # fmt: skip
    except (Conflict, Invalid) as refused:
        return await sheet(
            request, me, comment_id, "warning", said, status=refused.status,
            trouble=refused.detail, typed=form.typed.get("text", ""),
        )  # fmt: skip
    return await answer(request, me, comment_id, said, then=comment_id, decision_id=decision.id)


def _to(request: Request, address: str) -> Response:
    if wants_part(request):
        return Response(headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)
