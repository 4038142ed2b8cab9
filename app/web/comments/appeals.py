"""`/appeal/TOKEN/`: where the letter about a removal leads. The form, and that it was heard; works once."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.links import find_link, use_link
from app.accounts.models import LinkPurpose, OneTimeLink
from app.core import clock
from app.core.errors import AppError, Gone
from app.core.i18n import _, marked
from app.core.markup import SafeHtml
from app.discussions.appeals import LONGEST, appeal, appeal_against, removal_of, why_not
from app.notifications.queries import Said, find_said
from app.posts.addresses import address
from app.web.accounts.pages import spoken_frame, unkept
from app.web.deps import Db, Frame, doors_of
from app.web.errors import show_again
from app.web.forms import read_form
from app.web.head import Head, Link

router = APIRouter()

HERE = "/appeal/{token}/"
_PURGED = marked("This comment is no longer here.")


class AppealForm(BaseModel):
    """What somebody says against a removal."""

    text: str = ""


@dataclass(frozen=True)
class AppealPage:
    """`letters/appeal.html`: the comment and a form; or, with `is_made`, that somebody will read it."""

    frame: Frame
    head: Head
    title: str
    post: Link
    html: SafeHtml
    longest: int = LONGEST
    text: str = ""
    trouble: str = ""
    is_made: bool = False


@router.api_route(HERE, methods=["GET", "HEAD"])
async def look_at_appealing(request: Request, db: Db, token: str) -> Response:
    """The form. Raises NotFound, Gone, or what says why there is nothing to appeal against."""
    said = await _said(db, await find_link(db, LinkPurpose.APPEAL, token))
    removal = await removal_of(db, said.comment)
    earlier = await appeal_against(db, removal)
    if refusal := why_not(said.comment, removal, earlier, clock.now()):
        raise refusal
    return _page(await spoken_frame(request, db), said)


@router.post(HERE)
async def make_appeal(request: Request, token: str) -> Response:
    """Appeal. 422 with the form and its text for none, or too long a one: the link is still good then."""
    form = await read_form(request, AppealForm)
    text = form.typed.get("text", "")
    async with doors_of(request).reading() as db:
        frame = await spoken_frame(request, db)
        said = await _said(db, await find_link(db, LinkPurpose.APPEAL, token))
    show_again(request, lambda error: _again(frame, said, text, error))
    async with doors_of(request).unit_of_work() as db:
        link = await use_link(db, LinkPurpose.APPEAL, token)
        await appeal(db, said.comment.id, text, against=link.payload.get("decision"))
    return _page(frame, said, is_made=True)


async def _again(frame: Frame, said: Said, text: str, error: AppError) -> Response:
    return _page(frame, said, text=text, trouble=error.detail, status=error.status)


async def _said(session: AsyncSession, link: OneTimeLink) -> Said:
    said = await find_said(session, link.subject_id or 0)
    if said is None:
        raise Gone(_PURGED)
    return said


def _page(
    frame: Frame,
    said: Said,
    *,
    text: str = "",
    trouble: str = "",
    is_made: bool = False,
    status: int = 200,
) -> Response:
    title = _("Thank you") if is_made else _("Appeal against the removal")
    page = AppealPage(
        frame=frame,
        head=Head(title=f"{title} – {frame.site.title}", robots="noindex"),
        title=title,
        post=Link(said.title, address(said.path)),
        html=said.html(frame.base_url),
        text=text,
        trouble=trouble,
        is_made=is_made,
    )
    return unkept("letters/appeal.html", page, status)
