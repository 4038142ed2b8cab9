"""`/report/?comment=7`, `/report/?kind=promise&id=7`: a reader says that something should not be there, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.errors import AppError, NotFound
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.core.networks import kept_address
from app.core.text import number_in
from app.discussions.models import CommentKind
from app.discussions.reporting import Reportable, opening_of, report_comment, to_report
from app.moderation.reports import LONGEST_NOTE, REPORT_REASONS
from app.posts.addresses import address
from app.reporting.making import report_thing
from app.reporting.making import to_report as thing_to_report
from app.reporting.things import NO_WORDS
from app.web.accounts.pages import spoken_frame, unkept
from app.web.deps import Frame, Me, doors_of, secrets_of_app, settings_of
from app.web.errors import show_again
from app.web.forms import read_form
from app.web.groups.addresses import reply_url
from app.web.head import Head, Link
from app.web.reporting.words import thing_words

router = APIRouter()

HERE = "/report/"
# A discussion, an ask or an offer: what it begins with is a comment.
TOPIC = "topic"


class ReportForm(BaseModel):
    """What is reported, why, and a word about it."""

    comment: str = ""
    kind: str = ""
    id: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Shown:
    """What is reported, as whoever reports it sees it."""

    name: str
    place: Link
    html: SafeHtml = NO_WORDS
    said: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class ReportPage:
    """`reports/form.html`: what is reported and a form; or, with `is_made`, that moderators look at it."""

    frame: Frame
    head: Head
    title: str
    kind: str
    item_id: int
    shown: Shown
    reasons: Sequence[tuple[str, str]]
    reason: str = ""
    note: str = ""
    trouble: str = ""
    longest: int = LONGEST_NOTE
    is_made: bool = False
    is_member: bool = False


@router.api_route(HERE, methods=["GET", "HEAD"])
async def show_form(request: Request, me: Me) -> Response:
    """The form; what whoever asks may not read is not there. Raises NotFound."""
    given = request.query_params
    said = ReportForm(
        comment=given.get("comment", ""), kind=given.get("kind", ""), id=given.get("id", "")
    )
    about = await _meant(request, me, said)
    return await _page(request, me, about, is_made="sent" in given)


@router.post(HERE)
async def report(request: Request, me: Me) -> Response:
    """Put it before the moderators. 422 with the form and what was typed where a reason is missing."""
    form = await read_form(request, ReportForm)
    said = form.value or ReportForm()
    about = await _meant(request, me, said)
    show_again(request, lambda error: _page(request, me, about, said, error))
    secrets, client = secrets_of_app(request), request.client
    where = kept_address(client.host if client else "")
    has_limits = settings_of(request).rate_limits == "on"
    async with doors_of(request).unit_of_work() as db:
        if about[0] == CommentKind.COMMENT:
            await report_comment(
                db, me, secrets, about[1], said.reason, said.note, address=where,
                has_limits=has_limits,
            )  # fmt: skip
        else:
            await report_thing(
                db, me, secrets, about, said.reason, said.note, address=where,
                has_limits=has_limits,
            )  # fmt: skip
    return RedirectResponse(f"{_address(about)}&sent=1", 303)


async def _meant(request: Request, me: Actor, said: ReportForm) -> tuple[str, int]:
    """Kind and number of what is meant. Raises NotFound."""
    kind = CommentKind.COMMENT if said.comment else said.kind
    number = number_in(said.comment or said.id)
    if number is None:
        raise NotFound(_("There is nothing like that to report."))
    if kind != TOPIC:
        return kind, number
    async with doors_of(request).reading() as db:
        return CommentKind.COMMENT, await opening_of(db, me, number)


def _address(about: tuple[str, int]) -> str:
    kind, number = about
    if kind == CommentKind.COMMENT:
        return f"{HERE}?comment={number}"
    return f"{HERE}?kind={kind}&id={number}"


async def _page(
    request: Request,
    me: Actor,
    about: tuple[str, int],
    said: ReportForm | None = None,
    error: AppError | None = None,
    *,
    is_made: bool = False,
) -> Response:
    said = said or ReportForm()
    async with doors_of(request).reading() as db:
        frame = await spoken_frame(request, db)
        shown = await _shown(db, me, about)
    title = _("Thank you") if is_made else _("Report this")
    page = ReportPage(
        frame=frame,
        head=Head(title=f"{title} – {frame.site.title}", robots="noindex"),
        title=title,
        kind=about[0],
        item_id=about[1],
        shown=shown,
        reasons=[(code, _(words)) for code, words in REPORT_REASONS.items()],
        reason=said.reason,
        note=said.note,
        trouble=error.detail if error else "",
        is_made=is_made,
        is_member=me.is_signed_in,
    )
    return unkept("reports/form.html", page, error.status if error else 200)


async def _shown(db: AsyncSession, me: Actor, about: tuple[str, int]) -> Shown:
    if about[0] == CommentKind.COMMENT:
        found = await to_report(db, me, about[1])
        comment = found.comment
        says = _("%(name)s wrote:") % {"name": comment.author_name or _("Anonymous")}
        return Shown(says, _place(found), comment.body_html)
    thing = await thing_to_report(db, me, *about)
    words = {"kind": thing_words(thing.kind), "name": thing.name}
    return Shown(
        _("%(kind)s: %(name)s") % words, Link(thing.name, thing.path), thing.html, thing.said
    )


def _place(found: Reportable) -> Link:
    """Where it stands."""
    if found.group_slug is not None:
        title = found.topic_title or _("Untitled")
        return Link(title, reply_url(found.group_slug, found.comment.id))
    title = found.post_title or _("Untitled")
    return Link(title, f"{address(found.post_path or '/')}#comment-{found.comment.id}")
