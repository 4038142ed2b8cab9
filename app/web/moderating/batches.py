"""One act on many: looked at before it begins, watched while it runs, taken back within a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.text import is_number
from app.discussions.batches import MOST_CHOSEN, UNDONE_WITHIN, ask_undo, get_batch, start_batch
from app.discussions.chosen import found_ids, how_many, left_out, withdrawn_in
from app.discussions.deciding import BECOMES
from app.moderation.models import Batch
from app.moderation.sought import Sought, fields_of
from app.web.deps import Db, Me, doors_of
from app.web.forms import typed_pairs
from app.web.moderating.addresses import back_to
from app.web.moderating.answers import sought_of
from app.web.moderating.batch_words import (
    about_act,
    examples_of,
    leaves_out,
    so_far,
    what_is_done,
    within,
)
from app.web.moderating.pages import ConsolePage
from app.web.moderating.searching import meant_by
from app.web.moderating.surroundings import (
    console_frame,
    head_of,
    require_many_console,
    tabs_of,
    words_of,
)
from app.web.rendering import render

router = APIRouter()

EXAMPLES = 5


@dataclass(frozen=True)
class Wish:
    """What was chosen, and what is to become of it."""

    verb: str
    chosen: dict[str, Any]
    back: str


@dataclass(frozen=True)
class BatchPage(ConsolePage):
    """`moderating/batch.html`: before it begins, while it runs, and afterwards."""

    title: str
    says: str
    verb: str
    total: int
    done: int
    percent: int
    examples: Sequence[tuple[str, str]]
    fields: Sequence[tuple[str, str]]
    batch_id: int = 0
    is_running: bool = False
    can_be_undone: bool = False
    back: str = "/mod/"
    leaves_out: str = ""


@router.post("/mod/batches/preview")
async def preview(request: Request, me: Me) -> Response:
    """How many it would be, and five of them: nothing is done yet."""
    require_many_console(me)
    fields = await typed_pairs(request)
    async with doors_of(request).reading(slow=True) as db:
        frame = await console_frame(request, db)
        wish = await _wish(request, db, me, fields)
        batch = _not_begun(me, wish)
        total = await how_many(db, me, batch)
        left = leaves_out(await left_out(db, me, batch), await withdrawn_in(db, me, batch))
        if not total and not left:
            raise Invalid(_("Nothing was chosen."))
        also = await within(db, me, batch)
        title = (
            what_is_done(wish.verb, total, also.beside)
            if total
            else _("That can't be done with any of these")
        )
        page = BatchPage(
            frame=frame, head=head_of(frame, title), tabs=await tabs_of(db, me, ""), title=title,
            says=" ".join([_whence(sought_of(wish.back), fields), *about_act(wish.verb, also)]),
            leaves_out=left, verb=wish.verb, total=total, done=0, percent=0,
            examples=await examples_of(db, me, batch, EXAMPLES),
            fields=[pair for pair in fields if pair[0] in ("verb", "scope", "chosen", "back")],
            back=wish.back,
        )  # fmt: skip
    return _rendered("moderating/batch_preview.html", page, status=200 if total else 422)


@router.post("/mod/batches")
async def begin(request: Request, me: Me) -> Response:
    """Begin it; the worker does it, and the page it leads to says how far it is."""
    require_many_console(me)
    fields = await typed_pairs(request)
    async with doors_of(request).reading(slow=True) as db:
        wish = await _wish(request, db, me, fields)
        also = await within(db, me, _not_begun(me, wish))
    async with doors_of(request).unit_of_work() as db:
        batch = await start_batch(db, me, wish.verb, {**wish.chosen, "beside": also.beside})
    return RedirectResponse(f"/mod/batches/{batch.id}", 303)


@router.get("/mod/batches/{batch_id:int}")
async def progress(request: Request, batch_id: int, db: Db, me: Me) -> Response:
    """How far it is. Raises NotFound."""
    require_many_console(me)
    frame = await console_frame(request, db)
    batch = await get_batch(db, me, batch_id)
    title = what_is_done(batch.verb, batch.total, str(batch.chosen.get("beside", "")))
    is_undoing = batch.undo_asked_at is not None
    is_running = (batch.undone_at if is_undoing else batch.finished_at) is None
    page = BatchPage(
        frame=frame, head=head_of(frame, title), tabs=await tabs_of(db, me, ""), title=title,
        says=so_far(batch), verb=batch.verb, total=batch.total, done=batch.done,
        percent=100 * batch.done // max(batch.total, 1), examples=(), fields=(),
        batch_id=batch.id, is_running=is_running,
        can_be_undone=not is_undoing and clock.now() - batch.created_at < UNDONE_WITHIN,
    )  # fmt: skip
    return _rendered("moderating/batch.html", page)


@router.post("/mod/batches/{batch_id:int}/reversal")
async def take_all_back(request: Request, batch_id: int, me: Me) -> Response:
    """Have all of it taken back. Raises NotFound, or Conflict after a day."""
    require_many_console(me)
    async with doors_of(request).unit_of_work() as db:
        await ask_undo(db, me, batch_id)
    return RedirectResponse(f"/mod/batches/{batch_id}", 303)


def _not_begun(me: Actor, wish: Wish) -> Batch:
    return Batch(user_id=me.user_id, verb=wish.verb, chosen=wish.chosen, created_at=clock.now())


async def _wish(
    request: Request, db: AsyncSession, me: Actor, fields: Sequence[tuple[str, str]]
) -> Wish:
    said = dict(fields)
    back, verb = back_to(said.get("back", "")), said.get("verb", "")
    if verb not in BECOMES:
        raise Invalid(_("There is no such decision."))
    if said.get("scope") != "filter":
        ids = [int(value) for name, value in fields if name == "chosen" and is_number(value)]
        if len(ids) > MOST_CHOSEN:
            raise Invalid(_("At most 500 can be chosen by hand; choose the whole list."))
        # Of what is no comment, the cases.
        cases = [
            int(value[1:])
            for name, value in fields
            if name == "chosen" and value.startswith("c") and is_number(value[1:])
        ]
        return Wish(verb, {"ids": ids, "cases": cases} if cases else {"ids": ids}, back)
    looked_for, found = await meant_by(request, db, me, sought_of(back))
    if found is not None:
        return Wish(verb, {"ids": await found_ids(db, me, looked_for, found)}, back)
    return Wish(verb, {"filter": fields_of(looked_for)}, back)


def _whence(sought: Sought, fields: Sequence[tuple[str, str]]) -> str:
    if dict(fields).get("scope") != "filter":
        return _("Those that you selected.")
    name = words_of(sought.view)
    if sought.is_narrowed:
        return _("All that stand in “%(list)s” and match the filter.") % {"list": name}
    return _("All that stand in “%(list)s”.") % {"list": name}


def _rendered(template: str, page: BatchPage, *, status: int = 200) -> Response:
    response = render(template, page, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
