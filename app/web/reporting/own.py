"""`/report/own/`: what a member reported, and what became of each; to nobody else, and without other names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.core.errors import SignInNeeded
from app.core.i18n import _
from app.core.text import number_in
from app.moderation.report_models import Report
from app.moderation.reports import A_PAGE, REPORT_REASONS, own_reports
from app.notifications.notices.of_reports import OWN_REPORTS
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Frame, Me
from app.web.head import Head
from app.web.notices.seeing import shown
from app.web.reporting.words import state_words, thing_words

router = APIRouter()


@dataclass(frozen=True)
class OwnReport:
    """One report, as whoever made it reads of it."""

    kind: str
    reason: str
    note: str
    state: str
    at: datetime


@dataclass(frozen=True)
class OwnReportsPage:
    """`reports/own.html`."""

    frame: Frame
    head: Head
    reports: Sequence[OwnReport]
    older: str


@router.api_route(OWN_REPORTS, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me) -> Response:
    """The newest, or those before `?before=`. Raises SignInNeeded."""
    if me.user_id is None:
        raise SignInNeeded(_("Sign in to see what you reported."))
    frame = await spoken_frame(request, db)
    before = number_in(request.query_params.get("before", ""))
    found = await own_reports(db, me.user_id, before=before)
    here = found[:A_PAGE]
    page = OwnReportsPage(
        frame=frame,
        head=head_of(frame, _("What you reported"), OWN_REPORTS),
        reports=[_row(one) for one in here],
        older=f"{OWN_REPORTS}?before={here[-1].id}" if len(found) > A_PAGE else "",
    )
    shown(request, me, [f"report:{one.id}" for one in here])
    return unkept("reports/own.html", page)


def _row(report: Report) -> OwnReport:
    return OwnReport(
        kind=thing_words(report.kind),
        reason=_(REPORT_REASONS.get(report.reason, report.reason)),
        note=report.note,
        state=state_words(report.state),
        at=report.at,
    )
