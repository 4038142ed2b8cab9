"""Decisions about one comment, each at an address of its own, and the way back from each."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from app.core.errors import Conflict
from app.discussions.appeals import NotYours
from app.discussions.deciding import decide
from app.discussions.undoing import undo
from app.moderation.log import AUTHOR
from app.moderation.models import Decision
from app.reporting.deciding import take_back as take_back_answer
from app.reporting.sources import SOURCES
from app.web.deps import Me, doors_of
from app.web.forms import read_form
from app.web.moderating.addresses import back_to
from app.web.moderating.answers import Where, answer, wants_part, with_act
from app.web.moderating.other_answers import row_again
from app.web.moderating.surroundings import require_console

router = APIRouter()

# The last word of an address, and the verb of the action behind it.
NOUNS = {"approval": "approve", "spam": "spam", "removal": "remove", "hold": "hold"}


class DecisionForm(Where):
    """A decision, and why."""

    reason: Annotated[str, Field(max_length=40)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""


@router.post("/mod/comments/{comment_id:int}/approval")
@router.post("/mod/comments/{comment_id:int}/spam")
@router.post("/mod/comments/{comment_id:int}/removal")
@router.post("/mod/comments/{comment_id:int}/hold")
async def decide_about(request: Request, comment_id: int, me: Me) -> Response:
    """Approve, call spam, remove or hold. 409 with the row as it is now where somebody was faster."""
    require_console(me)
    form = await read_form(request, DecisionForm)
    said = form.value or DecisionForm()
    if form.value is None:
        return await answer(request, me, comment_id, said, trouble=form.errors[0].says, status=422)
    verb = NOUNS[request.url.path.rsplit("/", 1)[1]]
    try:
        async with doors_of(request).unit_of_work() as db:
            _comment, decision = await decide(
                db, me, comment_id, verb,
                version=said.version, reason=said.reason, note=said.note,
            )  # fmt: skip
    except (Conflict, NotYours) as refused:
        # Not only a refusal: it is shown in the row, which then reads as the other one left it.
        return await answer(
            request, me, comment_id, said, trouble=refused.detail, status=refused.status
        )
    return await answer(
        request, me, comment_id, said, then=said.next,
        decision_id=decision.id if decision else None, is_folded=True,
    )  # fmt: skip


@router.post("/mod/decisions/{decision_id:int}/reversal")
async def take_back(request: Request, decision_id: int, me: Me) -> Response:
    """Undo a decision. 409 with the row as it is now where something else has happened since."""
    require_console(me)
    said = (await read_form(request, Where)).value or Where()
    try:
        async with doors_of(request).unit_of_work() as db:
            decision = await db.get(Decision, decision_id)
            if decision is not None and decision.kind in SOURCES:
                reversal = await take_back_answer(db, me, decision)
            else:
                reversal = await undo(db, me, decision_id)
    except (Conflict, NotYours) as refused:
        if said.case is not None and wants_part(request):
            return await row_again(
                request, me, said.case, said, trouble=refused.detail, status=refused.status
            )
        if said.comment is None:
            raise
        return await answer(
            request, me, said.comment, said, trouble=refused.detail, status=refused.status
        )
    if reversal.kind in SOURCES:
        return await _case_again(request, me, said, reversal)
    comment_id = said.comment if reversal.kind == AUTHOR else reversal.item_id
    return await answer(
        request, me, comment_id or 0, said, then=comment_id, decision_id=reversal.id
    )


async def _case_again(request: Request, me: Me, said: Where, reversal: Decision) -> Response:
    if said.case is not None and wants_part(request):
        return await row_again(request, me, said.case, said, decision_id=reversal.id)
    row = f"c{said.case}" if said.case else None
    return RedirectResponse(with_act(back_to(said.back), reversal.id, row), 303)
