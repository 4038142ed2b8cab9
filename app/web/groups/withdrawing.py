"""`/groups/g/r/ID/withdrawal/`: what one said is taken back, once one has said so twice."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.answers import require
from app.core.errors import AppError
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.discussions.policy import may_withdraw_in_topic
from app.discussions.topics.editing import Said, get_own_said, withdraw_said
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Frame, Me, doors_of
from app.web.errors import show_again
from app.web.groups.addresses import group_url, reply_url, topic_url, withdrawal_url
from app.web.groups.editing import SAID, place_of, require_author
from app.web.groups.pages import GroupTop
from app.web.groups.tops import top_of
from app.web.head import Head, Link

router = APIRouter()


@dataclass(frozen=True)
class WithdrawPage:
    """`groups/withdraw.html`: one's own words, and the button that takes them back."""

    frame: Frame
    head: Head
    top: GroupTop
    action: str
    # The topic in which it stands, and where in it.
    place: Link
    back: str
    html: SafeHtml
    # What comes of it.
    says: str
    # Why it can't be, or not any more.
    trouble: str = ""


@router.api_route(SAID + "withdrawal/", methods=["GET", "HEAD"])
async def ask(request: Request, db: Db, me: Me, comment_id: int) -> Response:
    """The question. Raises NotFound, Forbidden, SignInNeeded."""
    require_author(me)
    said = await get_own_said(db, me, comment_id)
    require(may_withdraw_in_topic(me, said.found.topic, said.comment))
    return await _page(request, db, me, said)


@router.post(SAID + "withdrawal/")
async def withdraw(request: Request, me: Me, comment_id: int) -> Response:
    """Take it back: to the discussion, or to the group where the whole discussion went with it."""
    require_author(me)
    show_again(request, lambda error: _again(request, me, comment_id, error))
    async with doors_of(request).unit_of_work() as db:
        found = await withdraw_said(db, me, comment_id)
    slug, topic = found.here.group.slug, found.topic
    if comment_id == topic.opening_id:
        return RedirectResponse(group_url(slug), 303)
    return RedirectResponse(topic_url(slug, topic.id, topic.slug), 303)


async def _again(request: Request, me: Actor, comment_id: int, error: AppError) -> Response:
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, await get_own_said(db, me, comment_id), error)


async def _page(
    request: Request, db: AsyncSession, me: Actor, said: Said, error: AppError | None = None
) -> Response:
    frame, comment, topic = await spoken_frame(request, db), said.comment, said.found.topic
    slug = said.found.here.group.slug
    is_opening = comment.id == topic.opening_id
    page = WithdrawPage(
        frame=frame,
        head=head_of(frame, _("Withdraw what you wrote"), withdrawal_url(slug, comment.id)),
        top=await top_of(db, me, said.found.here, "", may_read=True),
        action=withdrawal_url(slug, comment.id),
        place=place_of(said),
        back=reply_url(slug, comment.id) if comment.is_shown else place_of(said).url,
        html=comment.body_html,
        says=_says(is_opening=is_opening),
        trouble=error.detail if error else "",
    )
    return unkept("groups/withdraw.html", page, error.status if error else 200)


def _says(*, is_opening: bool) -> str:
    if is_opening:
        return _(
            "Nobody has answered yet: the whole discussion goes with it, and can't be had back."
        )
    return _(
        "It is gone from the page at once, and can't be had back. Where it was answered, a line "
        "without your name keeps its place. Moderators see that you took it back yourself."
    )
