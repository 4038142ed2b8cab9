"""One act on many: looked at before it begins, watched while it runs, taken back within a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.core import clock
from app.core.errors import BadRequest, Invalid
from app.core.i18n import _, ngettext
from app.core.text import is_number, plain_text, shorten
from app.discussions.batches import (
    MOST_CHOSEN,
    UNDONE_WITHIN,
    ask_undo,
    get_batch,
    how_many,
    some_of,
    some_who_ask,
    start_batch,
)
from app.discussions.deciding import BECOMES
from app.moderation.models import Batch
from app.moderation.sought import Sought, fields_of
from app.search.queueing import found_in_queue
from app.web.deps import Db, Me, doors_of
from app.web.forms import whole_body
from app.web.moderating.addresses import back_to
from app.web.moderating.answers import sought_of
from app.web.moderating.pages import BatchPage
from app.web.moderating.queue import STATUS_OF
from app.web.moderating.surroundings import (
    console_frame,
    grouped,
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


@router.post("/mod/batches/preview")
async def preview(request: Request, me: Me) -> Response:
    """How many it would be, and five of them: nothing is done yet."""
    require_many_console(me)
    fields = await _fields(request)
    async with doors_of(request).reading(slow=True) as db:
        frame = await console_frame(request, db)
        wish = await _wish(db, fields)
        batch = Batch(
            user_id=me.user_id, verb=wish.verb, chosen=wish.chosen, created_at=clock.now()
        )
        total = await how_many(db, me, batch)
        if not total:
            raise Invalid(_("Nothing was chosen."))
        examples = await some_of(db, me, batch, EXAMPLES)
        asking = await some_who_ask(db, me, batch, EXAMPLES)
        title = _what(wish.verb, total, some_ask=bool(asking))
        page = BatchPage(
            frame=frame, head=head_of(frame, title), tabs=await tabs_of(db, me, ""), title=title,
            says=_about(sought_of(wish.back), fields, some_ask=bool(asking)),
            verb=wish.verb, total=total, done=0, percent=0,
            examples=[
                (one.author_name or _("Anonymous"), shorten(plain_text(one.body_html), 30, 240))
                for one in examples
            ]
            + [(name, _("asks to join")) for name in asking],
            fields=[pair for pair in fields if pair[0] in ("verb", "scope", "chosen", "back")],
            back=wish.back,
        )  # fmt: skip
    return _rendered("moderating/batch_preview.html", page)


@router.post("/mod/batches")
async def begin(request: Request, me: Me) -> Response:
    """Begin it; the worker does it, and the page it leads to says how far it is."""
    require_many_console(me)
    fields = await _fields(request)
    async with doors_of(request).reading(slow=True) as db:
        wish = await _wish(db, fields)
    async with doors_of(request).unit_of_work() as db:
        batch = await start_batch(db, me, wish.verb, wish.chosen)
    return RedirectResponse(f"/mod/batches/{batch.id}", 303)


@router.get("/mod/batches/{batch_id:int}")
async def progress(request: Request, batch_id: int, db: Db, me: Me) -> Response:
    """How far it is. Raises NotFound."""
    require_many_console(me)
    frame = await console_frame(request, db)
    batch = await get_batch(db, me, batch_id)
    title = _what(batch.verb, batch.total)
    is_undoing = batch.undo_asked_at is not None
    is_running = (batch.undone_at if is_undoing else batch.finished_at) is None
    page = BatchPage(
        frame=frame, head=head_of(frame, title), tabs=await tabs_of(db, me, ""), title=title,
        says=_so_far(batch), verb=batch.verb, total=batch.total, done=batch.done,
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


async def _fields(request: Request) -> list[tuple[str, str]]:
    """All fields of the form, in order: `chosen` comes once for each row."""
    body = await whole_body(request)
    try:
        return parse_qsl(body.decode("utf-8"), max_num_fields=MOST_CHOSEN + 50)
    except ValueError:
        raise BadRequest(_("At most 500 can be chosen by hand; choose the whole list.")) from None


async def _wish(db: AsyncSession, fields: Sequence[tuple[str, str]]) -> Wish:
    said = dict(fields)
    back, verb = back_to(said.get("back", "")), said.get("verb", "")
    if verb not in BECOMES:
        raise Invalid(_("There is no such decision."))
    if said.get("scope") != "filter":
        ids = [int(value) for name, value in fields if name == "chosen" and is_number(value)]
        if len(ids) > MOST_CHOSEN:
            raise Invalid(_("At most 500 can be chosen by hand; choose the whole list."))
        # Of people who ask to join, their cases.
        cases = [
            int(value[1:])
            for name, value in fields
            if name == "chosen" and value.startswith("c") and is_number(value[1:])
        ]
        return Wish(verb, {"ids": ids, "cases": cases} if cases else {"ids": ids}, back)
    sought = sought_of(back)
    if sought.words:
        found = found_in_queue(db, sought.words, STATUS_OF[sought.view])
        ids = list(await db.scalars(found)) if found is not None else []
        return Wish(verb, {"ids": ids}, back)
    return Wish(verb, {"filter": fields_of(sought)}, back)


def _what(verb: str, number: int, *, some_ask: bool = False) -> str:
    """What is to be done, with the number: “Mark 19,300 as spam”."""
    if some_ask:
        also = {
            "approve": _("Approve or let in %(num)s"),
            "remove": _("Remove or turn away %(num)s"),
        }
        return also[verb] % {"num": grouped(number)}
    words = {
        "approve": ngettext("Approve %(num)s comment", "Approve %(num)s comments", number),
        "spam": ngettext("Mark %(num)s as spam", "Mark %(num)s as spam", number),
        "remove": ngettext("Remove %(num)s comment", "Remove %(num)s comments", number),
        "hold": ngettext("Hold %(num)s comment", "Hold %(num)s comments", number),
    }
    return words[verb] % {"num": grouped(number)}


def _about(sought: Sought, fields: Sequence[tuple[str, str]], *, some_ask: bool) -> str:
    says = _whence(sought, fields)
    if some_ask:
        says += " " + _("Who asks to join gets the answer at once, and that stays as it is.")
    return says


def _whence(sought: Sought, fields: Sequence[tuple[str, str]]) -> str:
    if dict(fields).get("scope") != "filter":
        return _("Those that you selected.")
    name = words_of(sought.view)
    if sought.is_narrowed:
        return _("All that stand in “%(list)s” and match the filter.") % {"list": name}
    return _("All that stand in “%(list)s”.") % {"list": name}


def _so_far(batch: Batch) -> str:
    if batch.undone_at is not None:
        left = batch.left_alone
        return _(
            "Taken back: %(done)s. %(left)s had been decided otherwise since and were left."
        ) % {
            "done": grouped(batch.done - left),
            "left": grouped(left),
        }
    if batch.undo_asked_at is not None:
        return _("Being taken back: %(done)s of %(total)s.") % _numbers(batch)
    if batch.finished_at is not None:
        return _("Done: %(done)s. It can be taken back for a day.") % _numbers(batch)
    return _("%(done)s of %(total)s so far.") % _numbers(batch)


def _numbers(batch: Batch) -> dict[str, str]:
    return {"done": grouped(batch.done), "total": grouped(batch.total)}


def _rendered(template: str, page: BatchPage) -> Response:
    response = render(template, page)
    response.headers["Cache-Control"] = "no-store"
    return response
