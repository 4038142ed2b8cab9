"""Reporting what should not be there, and what became of it; and, for moderators, what is no comment."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import and_
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import shown_if_late
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.cases import QueueCase, told
from app.api.fields import Id, Line, Sent, Text, naming, require_one
from app.api.moderation import DecisionMade
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.core.networks import kept_address
from app.core.rows import flush_changes
from app.core.secrets import secrets_of
from app.discussions.models import CommentKind
from app.discussions.queue import OtherItem, other_items
from app.discussions.reach import case_shown_to
from app.discussions.reporting import opening_of, report_comment
from app.groups.answering import answer_request
from app.groups.profiles.queries import get_profile
from app.moderation.kinds import ThingKind
from app.moderation.log import last_decision
from app.moderation.models import Case
from app.moderation.report_models import Report, ReportState
from app.moderation.reports import LONGEST_NOTE, REPORT_REASONS, own_reports
from app.reporting.deciding import answer
from app.reporting.making import report_thing
from app.web.deps import Db
from app.web.moderating.surroundings import require_console

router = APIRouter(route_class=ApiRoute)


# As the queue calls them.
_ABOUT_JOINING = {"accept": "approve", "decline": "remove"}


class Reported(StrEnum):
    """What can be reported."""

    COMMENT = "comment"
    TOPIC = "topic"
    PROFILE = "profile"
    PROMISE = "promise"
    INTRODUCTION = "introduction"
    MESSAGE = "message"
    RESOURCE = "resource"


class ReportSent(Sent):
    """What should not be there, and why."""

    kind: Reported
    id: Id | None = Field(None, description="Of all but a profile.")
    handle: Annotated[Line, Field(max_length=200)] = Field("", description="Of a profile.")
    reason: Annotated[Line, Field(max_length=40)] = Field(
        description=f"One of {', '.join(REPORT_REASONS)}.", examples=["advert"]
    )
    note: Annotated[Text, Field(max_length=LONGEST_NOTE)] = ""


class ReportWhole(BaseModel):
    """What the caller reported, and what became of it."""

    id: int
    kind: str = Field(examples=["comment"])
    reason: str
    note: str
    state: ReportState
    at: datetime
    decided_at: datetime | None


class ReportList(Listing[ReportWhole]):
    """The caller's reports, the newest first."""


class CaseDecision(Sent):
    """A decision about what is no comment."""

    verb: Literal["uphold", "dismiss", "accept", "decline"] = Field(
        description="Of reports: `uphold` or `dismiss`. Of somebody who asks to join: the others."
    )
    version: Annotated[int, Field(ge=0, lt=10**9)] | None = Field(
        None, description="Of the case that was seen: 409 where somebody was faster."
    )
    note: Annotated[Text, Field(max_length=2000)] = ""


@router.get(
    "/reports",
    response_model=ReportList,
    tags=["Reports"],
    **reads(Scope.REPORTS_READ, 422, is_public=False),
)
async def list_reports(call: Asking, db: Db, limit: Limit = 20, cursor: Cursor = "") -> Response:
    """List what the caller reported, and what became of each."""
    after = read_cursor(cursor, int)
    before = after[0] if after else None
    rows = await own_reports(db, call.me.user_id or 0, before=before, most=limit)
    return listed(
        call, rows, limit, lambda row: (row.id,),
        lambda shown, more: ReportList(items=[_line(one) for one in shown], next_cursor=more),
    )  # fmt: skip


@router.post(
    "/reports",
    status_code=201,
    response_model=ReportWhole,
    tags=["Reports"],
    **writes(Scope.REPORTS_WRITE, 409),
)
async def create_report(call: Asking, sent: ReportSent) -> Response:
    """Tell the moderators that something should not be there. What the caller may not read is not there: 422."""
    require_one(sent, _named_by(sent))
    return await done_once(call, lambda db: _report(call, db, sent))


@router.get(
    "/moderation/cases/{case_id:int}",
    response_model=QueueCase,
    tags=["Moderation"],
    **reads(Scope.MODERATION_READ, 404, is_public=False),
)
async def get_other_case(call: Asking, db: Db, case_id: int) -> Response:
    """Read a case about what nobody said: a report of a profile, somebody who asks to join."""
    require_console(call.me)
    return answered(call, await _told(call, db, case_id))


@router.post(
    "/moderation/cases/{case_id:int}/decisions",
    status_code=201,
    response_model=DecisionMade,
    tags=["Moderation"],
    **writes(Scope.MODERATION_WRITE, 404, 409),
)
async def decide_about_case(call: Asking, case_id: int, sent: CaseDecision) -> Response:
    """Agree with the reports of something, or dismiss them; let somebody into a group, or do not."""
    require_console(call.me)
    decided = done_once(call, lambda db: _decide(call, db, case_id, sent))
    return await shown_if_late(call, lambda db: _told(call, db, case_id), decided)


async def _report(call: Call, db: AsyncSession, sent: ReportSent) -> Done:
    client = call.request.client
    where = kept_address(client.host if client else "")
    secrets, has_limits = secrets_of(call.settings), call.settings.rate_limits == "on"
    said = call.me, secrets
    with naming(_named_by(sent)):
        try:
            kind, number = await _meant(call, db, sent)
            if kind == CommentKind.COMMENT:
                report = await report_comment(
                    db, *said, number, sent.reason, sent.note, address=where, has_limits=has_limits
                )
            else:
                report = await report_thing(
                    db, *said, (kind, number), sent.reason, sent.note, address=where,
                    has_limits=has_limits,
                )  # fmt: skip
        except NotFound as nothing:
            says = _("There is nothing like that to report.")
            raise Invalid(says, fields={_named_by(sent): says}) from nothing
    await flush_changes(db)
    return Done(_line(report), 201)


def _named_by(sent: ReportSent) -> str:
    return "handle" if sent.kind == Reported.PROFILE else "id"


async def _meant(call: Call, db: AsyncSession, sent: ReportSent) -> tuple[str, int]:
    """Kind and number of what is meant. Raises NotFound."""
    if sent.kind == Reported.PROFILE:
        return sent.kind, (await get_profile(db, call.me, sent.handle)).user_id
    if sent.kind == Reported.TOPIC:
        return CommentKind.COMMENT, await opening_of(db, call.me, sent.id or 0)
    return sent.kind, sent.id or 0


async def _told(call: Call, db: AsyncSession, case_id: int) -> QueueCase:
    return told(call, await _case(call, db, case_id))


async def _case(call: Call, db: AsyncSession, case_id: int) -> OtherItem:
    """A case about what is no comment, for whom it is. Raises NotFound."""
    await flush_changes(db)
    which = and_(Case.id == case_id, Case.kind.not_in(list(CommentKind)), case_shown_to(call.me))
    found = await other_items(db, which)
    if not found:
        raise NotFound(_("There is no such case. Somebody may have answered it already."))
    return found[0]


async def _decide(call: Call, db: AsyncSession, case_id: int, sent: CaseDecision) -> Done:
    case = (await _case(call, db, case_id)).case
    if case.kind != ThingKind.JOINING:
        with naming("verb"):
            made = await answer(
                db, call.me, case_id, sent.verb, version=sent.version, note=sent.note
            )
        model = DecisionMade(decision_id=made.id, case=await _told(call, db, case_id))
        return Done(model, 201)
    if sent.verb not in _ABOUT_JOINING:
        says = _("There is no such decision.")
        raise Invalid(says, fields={"verb": says})
    await answer_request(db, call.me, case.item_id, _ABOUT_JOINING[sent.verb])
    await flush_changes(db)
    entry = await last_decision(db, case.kind, case.item_id)
    return Done(DecisionMade(decision_id=entry.decision.id if entry else None, case=None), 201)


def _line(report: Report) -> ReportWhole:
    return ReportWhole(
        id=report.id, kind=report.kind, reason=report.reason, note=report.note, state=report.state,
        at=report.at, decided_at=report.decided_at,
    )  # fmt: skip
