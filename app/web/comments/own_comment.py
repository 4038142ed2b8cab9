"""`/c/ID/SECRET/`: a comment's own page, for who wrote it. State, edit, withdraw, follow; nobody else finds it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import AppError, Invalid, NotFound
from app.core.i18n import _, speak
from app.core.markup import SafeHtml, markdown_comment
from app.discussions.appeals import LONGEST, appeal, appeal_against, removal_of, why_not
from app.discussions.edits import waiting_edit
from app.discussions.models import AppealState, Comment, CommentStatus, Thread
from app.discussions.own import edit_own, follow_own
from app.discussions.policy import may_change_own
from app.discussions.topics.reading import if_shown
from app.groups.models import Group, Topic
from app.moderation.asking import asks_others
from app.moderation.cases import find_case
from app.moderation.models import Check
from app.posts.addresses import address
from app.posts.models import Post
from app.web.comments.appeals import AppealForm
from app.web.comments.forms import clean_comment_text
from app.web.comments.own_addresses import own_address, require_own
from app.web.comments.usual_wait import usual_wait
from app.web.deps import Frame, doors_of, frame_of, settings_of, who_asks
from app.web.errors import show_again
from app.web.forms import read_form
from app.web.groups.addresses import reply_url, text_url
from app.web.head import Head, Link
from app.web.notices.seeing import shown
from app.web.pages.comment_cards import edited_words
from app.web.rendering import render

router = APIRouter()

# The comment; title and path of its post; number and title of its discussion, and its group's slug.
_Stands: TypeAlias = Row[Comment, str, str | None, int | None, str, str]

_READ = ["GET", "HEAD"]
# What may be answered, now or soon.
_STANDS = (CommentStatus.PENDING, CommentStatus.APPROVED)


class EditForm(BaseModel):
    """The new text."""

    comment: Annotated[
        str, Field(min_length=1, max_length=20_000), BeforeValidator(clean_comment_text)
    ]


@dataclass(frozen=True)
class OwnCommentPage:
    """`comments/own.html`."""

    frame: Frame
    head: Head
    # None for a discussion that whoever looks may not read, or not any more.
    place: Link | None
    url: str
    state: str
    status: str
    says_more: str
    name: str
    created_at: datetime
    edited: str
    body_html: SafeHtml
    # What is shown meanwhile of a comment whose new text waits.
    waiting_html: SafeHtml | None
    source: str
    # What was said in a group is changed where it stands.
    is_in_group: bool
    edit_url: str
    may_change: bool
    may_follow: bool
    trouble: str = ""
    is_followed: bool = False
    may_appeal: bool = False
    # What became of an appeal that was made.
    appeal_says: str = ""
    appeal_text: str = ""
    longest_appeal: int = LONGEST


@router.api_route("/c/{comment_id:int}/{secret}/", methods=_READ)
async def own_comment(request: Request, comment_id: int, secret: str) -> Response:
    """How it stands with a comment. Raises NotFound for any other secret."""
    require_own(settings_of(request), comment_id, secret)
    me = await who_asks(request)
    page = await own_page(request, comment_id, me=me)
    shown(request, me, [f"comment:{comment_id}"])
    return page


@router.api_route("/c/{comment_id:int}/{secret}", methods=_READ)
async def own_comment_without_slash(request: Request, comment_id: int, secret: str) -> Response:
    """The same, where the last slash was lost."""
    require_own(settings_of(request), comment_id, secret)
    return RedirectResponse(own_address(settings_of(request), comment_id), 301)


@router.post("/c/{comment_id:int}/{secret}/text")
async def edit(request: Request, comment_id: int, secret: str) -> Response:
    """Say it otherwise."""
    settings = settings_of(request)
    require_own(settings, comment_id, secret)
    form = await read_form(request, EditForm)
    typed = form.typed.get("comment", "")
    show_again(request, lambda error: own_page(request, comment_id, error, typed))
    if form.value is None:
        wrong = {error.field: error.says for error in form.errors}
        raise Invalid(form.errors[0].says, fields=wrong)
    text, html = form.value.comment, markdown_comment(form.value.comment)
    async with doors_of(request).unit_of_work() as session:
        frame = await frame_of(request, session)
        speak(frame.site.language)
        asks = asks_others(settings, frame.site)
        await edit_own(session, frame.site, comment_id, text, html, asks_others=asks)
    return RedirectResponse(own_address(settings, comment_id), 303)


@router.post("/c/{comment_id:int}/{secret}/following")
async def follow(request: Request, comment_id: int, secret: str) -> Response:
    """Be told of answers by mail."""
    settings = settings_of(request)
    require_own(settings, comment_id, secret)
    async with doors_of(request).unit_of_work() as session:
        await follow_own(session, comment_id)
    return RedirectResponse(f"{own_address(settings, comment_id)}?followed=1", 303)


@router.post("/c/{comment_id:int}/{secret}/appeal")
async def make_appeal(request: Request, comment_id: int, secret: str) -> Response:
    """Have a removal looked at once more."""
    settings = settings_of(request)
    require_own(settings, comment_id, secret)
    typed = (await read_form(request, AppealForm)).typed.get("text", "")
    show_again(request, lambda error: own_page(request, comment_id, error, appeal_text=typed))
    async with doors_of(request).unit_of_work() as session:
        speak((await frame_of(request, session)).site.language)
        await appeal(session, comment_id, typed)
    return RedirectResponse(own_address(settings, comment_id), 303)


async def own_page(
    request: Request,
    comment_id: int,
    error: AppError | None = None,
    typed: str | None = None,
    *,
    me: Actor | None = None,
    appeal_text: str = "",
) -> Response:
    """The page as it is now, maybe with what could not be done."""
    async with doors_of(request).reading() as session:
        frame = await frame_of(request, session)
        speak(frame.site.language)
        me = me or await who_asks(request, session)
        page = await _page(request, session, frame, me, comment_id, error, typed)
        page = replace(page, appeal_text=appeal_text)
    return for_its_author(render("comments/own.html", page, status=error.status if error else 200))


def for_its_author(response: Response) -> Response:
    """What nobody keeps, lists, or names to another site."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


async def _page(
    request: Request,
    session: AsyncSession,
    frame: Frame,
    me: Actor,
    comment_id: int,
    error: AppError | None,
    typed: str | None,
) -> OwnCommentPage:
    comment, title, path, topic_id, topic, group = await _found(session, me, comment_id)
    new = await waiting_edit(session, comment_id)
    case = await find_case(session, comment.kind, comment_id)
    is_checked = case is None or case.check_state != Check.WAITING
    wait = await usual_wait(request, session, frame.site)
    may_appeal, appeal_says = await _appeal(session, comment)
    return OwnCommentPage(
        frame=frame,
        head=Head(title=f"{_('Your comment')} – {frame.site.title}", robots="noindex"),
        place=_place(comment.id, topic, group)
        if topic_id is not None
        else Link(title or _("Untitled"), address(path or "/")),
        url=own_address(settings_of(request), comment_id),
        state=_state(CommentStatus(comment.status)),
        status=comment.status,
        says_more=_more(CommentStatus(comment.status), wait, is_checked=is_checked),
        name=comment.author_name,
        created_at=comment.created_at,
        edited=edited_words(comment.edited_at, is_by_moderator=comment.is_edited_by_moderator),
        body_html=comment.body_html,
        waiting_html=new.body_html if new else None,
        source=typed if typed is not None else (new.body_source if new else comment.body_source),
        is_in_group=topic_id is not None,
        edit_url=text_url(group, comment.id) if group else "",
        may_change=bool(may_change_own(comment, clock.now())),
        may_follow=bool(comment.author_email or comment.user_id) and comment.status in _STANDS,
        trouble=error.detail if error else "",
        is_followed="followed" in request.query_params,
        may_appeal=may_appeal,
        appeal_says=appeal_says,
    )


async def _found(session: AsyncSession, me: Actor, comment_id: int) -> _Stands:
    """The comment, the post it stands under, and the discussion if `me` may read that. Raises NotFound."""
    query = (
        select(
            Comment, Post.title, Post.path, Thread.topic_id, if_shown(me, Topic.title),
            if_shown(me, Group.slug),
        )
        .join(Thread, Thread.id == Comment.thread_id)
        .outerjoin(Post, Post.id == Thread.post_id)
        .outerjoin(Topic, Topic.id == Thread.topic_id)
        .outerjoin(Group, Group.id == Topic.group_id)
        .where(Comment.id == comment_id)
    )  # fmt: skip
    found = (await session.execute(query)).first()
    if found is None:
        raise NotFound
    return found


def _place(comment_id: int, topic: str, group: str) -> Link | None:
    """The discussion it stands in, for whoever may read that now: this page opens to who has its address."""
    return Link(topic or _("Untitled"), reply_url(group, comment_id)) if group else None


async def _appeal(session: AsyncSession, comment: Comment) -> tuple[bool, str]:
    """Whether there is something to appeal against, and how it stands with an appeal that was made."""
    if comment.status != CommentStatus.REMOVED:
        return False, ""
    removal = await removal_of(session, comment)
    made = await appeal_against(session, removal)
    if made is None:
        return why_not(comment, removal, made, clock.now()) is None, ""
    if made.state == AppealState.WAITING:
        return False, _("You have appealed. A moderator will look at it again.")
    return False, _("You have appealed, and a moderator has looked at it again. It stays removed.")


def _state(status: CommentStatus) -> str:
    return {
        CommentStatus.PENDING: _("Thank you. Your comment waits for a moderator."),
        CommentStatus.APPROVED: _("Your comment is published."),
        CommentStatus.SPAM: _("Your comment was not published."),
        CommentStatus.REMOVED: _("Your comment is not shown any more."),
    }[status]


def _more(status: CommentStatus, wait: str, *, is_checked: bool) -> str:
    """What happens next."""
    if status != CommentStatus.PENDING:
        return ""
    if not is_checked:
        return _("It is being checked just now. This page shows what comes of it.")
    more = _("A person reads it before others see it. Keep the address of this page to come back.")
    return f"{more} {wait}" if wait else more
