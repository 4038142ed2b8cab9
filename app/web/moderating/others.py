"""`/mod/cases/7/`: one case about what is no comment, and what is decided about it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.errors import AppError, Conflict, NotFound
from app.core.i18n import _
from app.discussions.appeals import NotYours
from app.discussions.models import CommentKind
from app.discussions.reach import case_shown_to
from app.groups.answering import answer_request
from app.moderation.keys import keys_of
from app.moderation.kinds import ThingKind
from app.moderation.log import last_decision
from app.moderation.models import Case, Decision
from app.moderation.sought import View
from app.moderation.watching import claim
from app.reporting.deciding import answer, read_reported
from app.web.deps import Me, doors_of
from app.web.forms import read_form
from app.web.moderating.addresses import back_to
from app.web.moderating.answers import Where, sought_of, wants_part, with_act
from app.web.moderating.other_answers import read_row, row_again
from app.web.moderating.other_rows import OtherRow
from app.web.moderating.pages import ConsolePage
from app.web.moderating.surroundings import (
    console_frame,
    head_of,
    require_console,
    require_moderators_console,
    tabs_of,
)
from app.web.rendering import render

router = APIRouter()

_ONE = "/mod/cases/{case_id:int}/"
# The last word of an address; the verb for what was reported, and that for who asks to join.
_NOUNS = {"approval": ("dismiss", "approve"), "removal": ("uphold", "remove")}


class OtherForm(Where):
    """A decision, and a word about it."""

    note: Annotated[str, Field(max_length=2000)] = ""
    release: str = ""


@dataclass(frozen=True)
class CasePage(ConsolePage):
    """`moderating/other.html`: one such case by itself."""

    row: OtherRow
    title: str
    trouble: str = ""


@router.api_route(_ONE, methods=["GET", "HEAD"])
async def show(request: Request, me: Me, case_id: int) -> Response:
    """One case; what is private stands on it for a moderator who has said that they read it."""
    require_console(me)
    said = OtherForm(back=request.query_params.get("back", ""))
    return await _page(request, me, case_id, said)


@router.post(_ONE + "reading")
async def read(request: Request, me: Me, case_id: int) -> Response:
    """Read what was reported, where only others may; the log says who did."""
    require_console(me)
    said = (await read_form(request, OtherForm)).value or OtherForm()
    try:
        async with doors_of(request).unit_of_work() as db:
            await read_reported(db, me, case_id)
    except (Conflict, NotYours, NotFound) as refused:
        return await _refused(request, me, case_id, said, refused)
    if wants_part(request):
        return await row_again(request, me, case_id, said)
    return RedirectResponse(f"/mod/cases/{case_id}/", 303)


@router.post(_ONE + "approval")
@router.post(_ONE + "removal")
async def decide(request: Request, me: Me, case_id: int) -> Response:
    """Dismiss or uphold reports; let in or decline. 409 with the case as it is now where somebody was faster."""
    require_console(me)
    form = await read_form(request, OtherForm)
    said = form.value or OtherForm()
    try:
        async with doors_of(request).unit_of_work() as db:
            case = await _case(db, me, case_id)
            was = await _row_before(request, db, me, case_id, said)
            decision = await _decided(db, me, case, request.url.path.rsplit("/", 1)[1], said)
    except (Conflict, NotYours, NotFound) as refused:
        return await _refused(request, me, case_id, said, refused)
    done = decision.id if decision else None
    if wants_part(request):
        return await row_again(
            request, me, case_id, said, was=was, decision_id=done, is_folded=True
        )
    return RedirectResponse(with_act(back_to(said.back), done, said.next), 303)


@router.post(_ONE + "claim")
async def take(request: Request, me: Me, case_id: int) -> Response:
    """Claim a case, or give it back."""
    require_moderators_console(me)
    said = (await read_form(request, OtherForm)).value or OtherForm()
    try:
        async with doors_of(request).unit_of_work() as db:
            await _case(db, me, case_id)
            await claim(db, me, Case.id == case_id, release=bool(said.release))
    except (Conflict, NotFound) as refused:
        return await _refused(request, me, case_id, said, refused)
    if wants_part(request):
        return await row_again(request, me, case_id, said)
    return RedirectResponse(f"{back_to(said.back)}#case-c{case_id}", 303)


async def _row_before(
    request: Request, db: AsyncSession, me: Actor, case_id: int, said: OtherForm
) -> OtherRow | None:
    if not wants_part(request):
        return None
    return await read_row(db, me, case_id, said, await keys_of(db, me))


async def _decided(
    db: AsyncSession, me: Actor, case: Case, noun: str, said: OtherForm
) -> Decision | None:
    about_reports, about_request = _NOUNS[noun]
    if case.kind != ThingKind.JOINING:
        return await answer(db, me, case.id, about_reports, version=said.version, note=said.note)
    kind, number = case.kind, case.item_id
    await answer_request(db, me, number, about_request)
    entry = await last_decision(db, kind, number)
    return entry.decision if entry else None


async def _case(db: AsyncSession, me: Actor, case_id: int) -> Case:
    """A case about what is no comment. Raises NotFound; also for a request that was answered."""
    query = select(Case).where(
        Case.id == case_id, Case.kind.not_in(list(CommentKind)), case_shown_to(me)
    )
    case: Case | None = await db.scalar(query)
    if case is None:
        raise NotFound(_("There is no such case. Somebody may have answered it already."))
    return case


async def _refused(
    request: Request, me: Actor, case_id: int, said: OtherForm, refused: AppError
) -> Response:
    """The case as it is now, with what is in the way."""
    if wants_part(request):
        return await row_again(
            request, me, case_id, said, trouble=refused.detail, status=refused.status
        )
    return await _page(request, me, case_id, said, refused)


async def _page(
    request: Request, me: Actor, case_id: int, said: OtherForm, refused: AppError | None = None
) -> Response:
    async with doors_of(request).reading() as db:
        frame = await console_frame(request, db)
        keys = await keys_of(db, me)
        row = await read_row(db, me, case_id, said, keys)
        if row is None:
            raise NotFound(_("There is no such case. Somebody may have answered it already."))
        page = CasePage(
            frame=frame,
            head=head_of(frame, row.name),
            tabs=await tabs_of(db, me, View(sought_of(row.back).view), keys),
            row=row,
            title=f"{row.kind}: {row.name}",
            trouble=refused.detail if refused else "",
        )
    response = render("moderating/other.html", page, status=refused.status if refused else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
