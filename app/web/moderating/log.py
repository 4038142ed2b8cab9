"""The log of decisions: one's own for whoever moderates, everybody's for owners; narrowed, newest first. Only reads."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.queries import staff
from app.core.i18n import _
from app.core.text import number_in
from app.discussions.verbs import DEEDS, REASONS, did
from app.moderation.kinds import ThingKind
from app.moderation.log import AUTHOR, THREAD, By, LogEntry, LogSought, log_page
from app.moderation.models import Decision
from app.web.days import first_moment, moment_after
from app.web.deps import Db, Me
from app.web.list_keys import key_in, written_key
from app.web.moderating.addresses import QUEUE
from app.web.moderating.pages import Filter, LogPage, LogRow
from app.web.moderating.surroundings import (
    LOG,
    can_be_undone,
    console_frame,
    head_of,
    require_many_console,
    tabs_of,
)
from app.web.pages.moments import moments_in
from app.web.rendering import render

router = APIRouter()

PATH = "/mod/log/"
_PAGE = 50
_FIELDS = ("by", "verb", "from", "to")


@router.api_route("/mod/log/", methods=["GET", "HEAD"])
async def show_log(request: Request, db: Db, me: Me) -> Response:
    """One page of what was decided, as far as it is the asker's to see. Raises SignInNeeded or Forbidden."""
    require_many_console(me)
    frame = await console_frame(request, db)
    given = {name: value for name in _FIELDS if (value := request.query_params.get(name, ""))}
    sought = _read(given, moments_in(frame.site.language, frame.site.timezone).zone)
    before = key_in(request.query_params.get("before", ""))
    entries = await log_page(db, me, sought, before=before, most=_PAGE + 1)
    title = _("Log")
    page = LogPage(
        frame=frame,
        head=head_of(frame, title),
        tabs=await tabs_of(db, me, LOG),
        title=title,
        says="" if me.is_owner else _("What you decided yourself. Owners see what everybody did."),
        filters=await _filters(db, me, given),
        first=given.get("from", ""),
        until=given.get("to", ""),
        is_narrowed=sought != LogSought(),
        rows=[_row(entry, me.user_id) for entry in entries[:_PAGE]],
        here=_address(given),
        next_url=_next(given, entries),
    )
    response = render("moderating/log.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _read(given: Mapping[str, str], zone: tzinfo) -> LogSought:
    """What an address asks for; what can't be read narrows nothing."""
    by, verb = given.get("by", ""), given.get("verb", "")
    return LogSought(
        by=By(by) if by in set(By) else None,
        user_id=number_in(by),
        verb=verb if verb in DEEDS else "",
        since=first_moment(given.get("from", ""), zone),
        before=moment_after(given.get("to", ""), zone),
    )


async def _filters(db: AsyncSession, me: Actor, given: Mapping[str, str]) -> list[Filter]:
    any_ = ("", _("any"))
    deeds = [any_, *((verb, _(words)) for verb, words in DEEDS.items())]
    filters = [Filter("verb", _("What was done"), deeds, given.get("verb", ""))]
    if not me.is_owner:
        return filters
    people = [(str(one.id), one.name) for one in await staff(db)]
    others = [
        (By.MACHINE, _("whoever held the command line")), (By.PROGRAM, _("the program")),
    ]  # fmt: skip
    who = Filter("by", _("By"), [("", _("everybody")), *people, *others], given.get("by", ""))
    return [who, *filters]


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
    if decision.kind == THREAD or decision.kind in set(ThingKind):
        return ""
    return f"/mod/comments/{decision.item_id}"


def _address(given: Mapping[str, str], **more: str) -> str:
    fields = {**given, **more}
    return f"{PATH}?{urlencode(fields)}" if fields else PATH


def _next(given: Mapping[str, str], entries: Sequence[LogEntry]) -> str:
    if len(entries) <= _PAGE:
        return ""
    last = entries[_PAGE - 1].decision
    return _address(given, before=written_key(last.at, last.id))
