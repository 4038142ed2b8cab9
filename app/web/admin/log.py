"""`/admin/log/`: who changed what about people and the site. All of it for owners, their own for moderators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.audit_log import AuditLine, AuditSought, audit_page
from app.accounts.policy import may_read_log_of
from app.accounts.queries import staff
from app.core.answers import require
from app.core.i18n import _
from app.core.text import is_number, number_in, one_line
from app.web.accounts.pages import spoken_frame, unkept
from app.web.admin.pages import IMPORT, LOG, Surroundings, admin_head, surroundings
from app.web.days import first_moment, moment_after
from app.web.deps import Frame, Me, SlowDb
from app.web.head import Head
from app.web.list_keys import key_in, written_key
from app.web.pages.moments import moments_in

router = APIRouter()

PAGE_SIZE = 50
_READ = ["GET", "HEAD"]
_FIELDS = ("by", "what", "thing", "from", "to")
_LONGEST = 100
_MACHINE = "machine"
# More of a value is no help in a line.
_SHORT = 200


@dataclass(frozen=True)
class Change:
    """One value that is different."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class LogRow:
    """One entry: who did what to which thing."""

    id: int
    at: datetime
    who: str
    what: str
    thing: str
    url: str
    changes: Sequence[Change]


@dataclass(frozen=True)
class AuditPage:
    """`admin/log.html`; `next_url` is empty on the last page."""

    frame: Frame
    head: Head
    around: Surroundings
    says: str
    people: Mapping[str, str]
    given: Mapping[str, str]
    is_narrowed: bool
    rows: Sequence[LogRow]
    next_url: str


@router.api_route(LOG.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(LOG, 301)


@router.api_route(LOG, methods=_READ)
async def show(request: Request, db: SlowDb, me: Me) -> Response:
    """One page of the log, as far as it is the asker's to see. Raises SignInNeeded or Forbidden."""
    require(may_read_log_of(me, me.user_id))
    frame = await spoken_frame(request, db)
    query = request.query_params
    given = {name: one_line(query.get(name, ""))[:_LONGEST] for name in _FIELDS}
    sought = _read(given, moments_in(frame.site.language, frame.site.timezone).zone)
    before = key_in(query.get("before", ""))
    lines = await audit_page(db, me, sought, before=before, most=PAGE_SIZE + 1)
    page = AuditPage(
        frame=frame,
        head=admin_head(frame, _("Log"), LOG),
        around=surroundings(LOG),
        says="" if me.is_owner else _("What you did yourself. Owners see what everybody did."),
        people=await _people(db, me),
        given=given,
        is_narrowed=sought != AuditSought(),
        rows=[_row(line) for line in lines[:PAGE_SIZE]],
        next_url=_next(given, lines),
    )
    return unkept("admin/log.html", page)


async def _people(db: AsyncSession, me: Actor) -> dict[str, str]:
    if not me.is_owner:
        return {}
    people = {str(one.id): one.name for one in await staff(db)}
    return {"": _("everybody"), **people, _MACHINE: _("whoever held the command line")}


def _read(given: Mapping[str, str], zone: tzinfo) -> AuditSought:
    """What an address asks for; what can't be read narrows nothing."""
    return AuditSought(
        user_id=number_in(given["by"]),
        is_at_the_machine=given["by"] == _MACHINE,
        what=given["what"],
        thing=given["thing"],
        since=first_moment(given["from"], zone),
        before=moment_after(given["to"], zone),
    )


def _row(line: AuditLine) -> LogRow:
    entry = line.entry
    names = [*entry.before, *(name for name in entry.after if name not in entry.before)]
    return LogRow(
        id=entry.id,
        at=entry.at,
        who=line.name or _("Whoever held the command line"),
        what=entry.what,
        thing=entry.thing,
        url=_url(entry.thing),
        changes=[_change(name, entry.before, entry.after) for name in names],
    )


def _change(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    return Change(
        name.replace("_", " "),
        _words(before[name]) if name in before else "",
        _words(after[name]) if name in after else "",
    )


def _words(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value in ("", []):
        return _("nothing")
    if isinstance(value, list):
        value = ", ".join(map(_words, value))
    text = str(value)
    return text if len(text) <= _SHORT else f"{text[:_SHORT]} …"


def _url(thing: str) -> str:
    kind, _colon, name = thing.partition(":")
    if kind == "user" and is_number(name):
        return f"/admin/people/{name}/"
    if kind == "import" and is_number(name):
        return f"{IMPORT}{name}/"
    return f"/admin/settings/{name}/" if kind == "settings" and name != "menus" else ""


def _next(given: Mapping[str, str], lines: Sequence[AuditLine]) -> str:
    if len(lines) <= PAGE_SIZE:
        return ""
    last = lines[PAGE_SIZE - 1].entry
    key = written_key(last.at, last.id)
    return f"{LOG}?{urlencode({name: value for name, value in given.items() if value} | {'before': key})}"
