"""`/c/ID/SECRET/withdrawal`: a comment is taken back by who wrote it. Seen first, then done."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.core import clock
from app.core.answers import require
from app.core.errors import NotFound
from app.core.i18n import _, speak
from app.core.markup import SafeHtml
from app.discussions.models import Comment
from app.discussions.own import withdraw_own
from app.discussions.policy import may_change_own
from app.web.comments.own_addresses import own_address, require_own
from app.web.comments.own_comment import for_its_author, own_page
from app.web.deps import Db, Frame, doors_of, frame_of, settings_of
from app.web.errors import show_again
from app.web.head import Head
from app.web.rendering import render

router = APIRouter()

_HERE = "/c/{comment_id:int}/{secret}/withdrawal"


@dataclass(frozen=True)
class WithdrawPage:
    """`comments/withdraw.html`: the comment, and the button that takes it back."""

    frame: Frame
    head: Head
    html: SafeHtml
    # Its own page.
    back: str


@router.api_route(_HERE, methods=["GET", "HEAD"])
async def ask(request: Request, db: Db, comment_id: int, secret: str) -> Response:
    """The question, for who comes from the post. Raises NotFound, Forbidden."""
    settings = settings_of(request)
    require_own(settings, comment_id, secret)
    frame = await frame_of(request, db)
    speak(frame.site.language)
    comment = await db.get(Comment, comment_id)
    if comment is None:
        raise NotFound
    require(may_change_own(comment, clock.now()))
    page = WithdrawPage(
        frame=frame,
        head=Head(title=f"{_('Withdraw your comment')} – {frame.site.title}", robots="noindex"),
        html=comment.body_html,
        back=own_address(settings, comment_id),
    )
    return for_its_author(render("comments/withdraw.html", page))


@router.post(_HERE)
async def withdraw(request: Request, comment_id: int, secret: str) -> Response:
    """Take it back."""
    settings = settings_of(request)
    require_own(settings, comment_id, secret)
    show_again(request, lambda error: own_page(request, comment_id, error))
    async with doors_of(request).unit_of_work() as session:
        speak((await frame_of(request, session)).site.language)
        await withdraw_own(session, comment_id)
    return RedirectResponse(own_address(settings, comment_id), 303)
