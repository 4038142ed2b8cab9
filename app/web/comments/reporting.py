"""`/report/?comment=12`: the form by which readers, also those without an account, say what should not be there."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from app.core.errors import AppError, NotFound
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.core.networks import kept_address
from app.core.text import number_in
from app.discussions.reporting import Reportable, report_comment, to_report
from app.moderation.reports import LONGEST_NOTE, REPORT_REASONS
from app.posts.addresses import address
from app.web.accounts.pages import spoken_frame, unkept
from app.web.deps import Frame, Me, doors_of, secrets_of_app, settings_of
from app.web.errors import show_again
from app.web.forms import read_form
from app.web.groups.addresses import reply_url
from app.web.head import Head, Link

router = APIRouter()

HERE = "/report/"


class ReportForm(BaseModel):
    """What is reported, why, and a word about it."""

    comment: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class ReportPage:
    """`comments/report.html`: what is reported and a form; or, with `is_made`, that moderators look at it."""

    frame: Frame
    head: Head
    title: str
    comment_id: int
    place: Link
    name: str
    html: SafeHtml
    reasons: Sequence[tuple[str, str]]
    reason: str = ""
    note: str = ""
    trouble: str = ""
    longest: int = LONGEST_NOTE
    is_made: bool = False


@router.api_route(HERE, methods=["GET", "HEAD"])
async def show_form(request: Request, me: Me) -> Response:
    """The form; what whoever asks may not read is not there. Raises NotFound."""
    comment_id = number_in(request.query_params.get("comment", ""))
    return await _page(request, me, comment_id, is_made="sent" in request.query_params)


@router.post(HERE)
async def report(request: Request, me: Me) -> Response:
    """Put it before the moderators. 422 with the form and what was typed where a reason is missing."""
    form = await read_form(request, ReportForm)
    said = form.value or ReportForm()
    comment_id = number_in(said.comment)
    if comment_id is None:
        raise NotFound(_("There is no such comment."))
    show_again(request, lambda error: _page(request, me, comment_id, said, error))
    async with doors_of(request).unit_of_work() as db:
        await report_comment(
            db, me, secrets_of_app(request), comment_id, said.reason, said.note,
            address=kept_address(request.client.host if request.client else ""),
            has_limits=settings_of(request).rate_limits == "on",
        )  # fmt: skip
    return RedirectResponse(f"{HERE}?comment={comment_id}&sent=1", 303)


async def _page(
    request: Request,
    me: Me,
    comment_id: int | None,
    said: ReportForm | None = None,
    error: AppError | None = None,
    *,
    is_made: bool = False,
) -> Response:
    said = said or ReportForm()
    async with doors_of(request).reading() as db:
        frame = await spoken_frame(request, db)
        found = await to_report(db, me, comment_id or 0)
    title = _("Thank you") if is_made else _("Report this")
    page = ReportPage(
        frame=frame,
        head=Head(title=f"{title} – {frame.site.title}", robots="noindex"),
        title=title,
        comment_id=found.comment.id,
        place=_place(found),
        name=found.comment.author_name or _("Anonymous"),
        html=found.comment.body_html,
        reasons=[(code, _(words)) for code, words in REPORT_REASONS.items()],
        reason=said.reason,
        note=said.note,
        trouble=error.detail if error else "",
        is_made=is_made,
    )
    return unkept("comments/report.html", page, error.status if error else 200)


def _place(found: Reportable) -> Link:
    """Where it stands."""
    if found.group_slug is not None:
        title = found.topic_title or _("Untitled")
        return Link(title, reply_url(found.group_slug, found.comment.id))
    title = found.post_title or _("Untitled")
    return Link(title, f"{address(found.post_path or '/')}#comment-{found.comment.id}")
