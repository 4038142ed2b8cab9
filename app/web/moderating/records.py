"""What is only looked at: the log of decisions and the outbox; and filters that are kept."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from app.core.errors import Invalid
from app.core.i18n import _
from app.core.text import one_line
from app.discussions.verbs import REASONS, did
from app.moderation.log import AUTHOR, THREAD, LogEntry, log_page
from app.moderation.models import Decision, SavedFilter
from app.moderation.sought import is_number
from app.notifications.models import Letter
from app.web.archive_pages import Choice
from app.web.deps import Db, Me, doors_of
from app.web.forms import read_form
from app.web.moderating.addresses import QUEUE, back_to
from app.web.moderating.answers import Where
from app.web.moderating.pages import LetterRow, LogPage, LogRow, OutboxPage
from app.web.moderating.surroundings import (
    LOG,
    OUTBOX,
    can_be_undone,
    console_frame,
    head_of,
    require_console,
    require_moderators_console,
    tabs_of,
)
from app.web.rendering import render

router = APIRouter()

_PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FilterForm(BaseModel):
    """A filter, and the name it is kept under."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    query: str = QUEUE


@router.api_route("/mod/log/", methods=["GET", "HEAD"])
async def show_log(request: Request, db: Db, me: Me) -> Response:
    """Everything that was decided, newest first; `?mine=1`: by oneself."""
    require_moderators_console(me)
    frame = await console_frame(request, db)
    mine = request.query_params.get("mine") == "1"
    before = _before(request.query_params.get("before", ""))
    user_id = me.user_id if mine else None
    entries = await log_page(db, before=before, user_id=user_id, most=_PAGE + 1)
    title = _("Log")
    page = LogPage(
        frame=frame,
        head=head_of(frame, title),
        tabs=await tabs_of(db, me, LOG),
        title=title,
        rows=[_row(entry, me.user_id) for entry in entries[:_PAGE]],
        next_url=_next(entries, mine=mine),
        choices=[
            Choice(_("Everybody"), "/mod/log/", not mine),
            Choice(_("You"), "/mod/log/?mine=1", mine),
        ],
    )
    response = render("moderating/log.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.api_route("/mod/outbox/", methods=["GET", "HEAD"])
async def show_outbox(request: Request, db: Db, me: Me) -> Response:
    """The newest letters: what waits, what was sent, and what could not be."""
    require_moderators_console(me)
    frame = await console_frame(request, db)
    letters = await db.scalars(select(Letter).order_by(Letter.id.desc()).limit(_PAGE))
    title = _("Outbox")
    page = OutboxPage(
        frame=frame,
        head=head_of(frame, title),
        tabs=await tabs_of(db, me, OUTBOX),
        title=title,
        rows=[
            LetterRow(one.recipient, one.subject, one.created_at, _state(one), one.trouble)
            for one in letters
        ],
        explanation=_("Letters wait here until they are sent; without RAPPORT_SMTP_URL they stay."),
    )
    response = render("moderating/outbox.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/mod/filters")
async def keep_filter(request: Request, me: Me) -> Response:
    """Keep the filter that stands in an address under a name. Raises Invalid without one."""
    require_console(me)
    form = await read_form(request, FilterForm)
    if form.value is None:
        raise Invalid(form.errors[0].says)
    address = back_to(form.value.query)
    name, query = one_line(form.value.name), urlsplit(address).query[:500]
    async with doors_of(request).unit_of_work() as db:
        db.add(SavedFilter(user_id=me.user_id, name=name, query=query))
    return RedirectResponse(address, 303)


@router.post("/mod/filters/{filter_id:int}/removal")
async def drop_filter(request: Request, filter_id: int, me: Me) -> Response:
    """Forget one of one's own filters, and go on with the list that was looked at."""
    require_console(me)
    said = (await read_form(request, Where)).value or Where()
    async with doors_of(request).unit_of_work() as db:
        kept = await db.get(SavedFilter, filter_id)
        if kept is not None and kept.user_id == me.user_id:
            await db.delete(kept)
    return RedirectResponse(back_to(said.back), 303)


def _row(entry: LogEntry, own_id: int | None) -> LogRow:
    decision = entry.decision
    who = entry.name or (
        _("Whoever held the command line") if decision.is_by_person else _("The program")
    )
    return LogRow(
        id=decision.id,
        at=decision.at,
        says=did(decision.verb, who, entry.other or ""),
        reason=_(REASONS[decision.reason]) if decision.reason in REASONS else decision.reason,
        note=decision.note,
        url=_url(decision),
        change=f"{decision.was} → {decision.became}" if decision.was != decision.became else "",
        can_be_undone=decision.user_id == own_id and can_be_undone(decision),
    )


def _url(decision: Decision) -> str:
    if decision.kind == AUTHOR:
        return f"{QUEUE}?author={decision.item_id}"
    return "" if decision.kind == THREAD else f"/mod/comments/{decision.item_id}"


def _next(entries: list[LogEntry], *, mine: bool) -> str:
    if len(entries) <= _PAGE:
        return ""
    last = entries[_PAGE - 1].decision
    key = f"{(last.at - _EPOCH) // timedelta(microseconds=1)}-{last.id}"
    return f"/mod/log/?{'mine=1&' if mine else ''}before={key}"


def _before(written: str) -> tuple[datetime, int] | None:
    first, _dash, last = written.partition("-")
    if not (is_number(first) and is_number(last)):
        return None
    return _EPOCH + timedelta(microseconds=int(first)), int(last)


def _state(letter: Letter) -> str:
    if letter.sent_at is not None:
        return _("sent")
    return _("failed") if letter.failed_at is not None else _("waits")
