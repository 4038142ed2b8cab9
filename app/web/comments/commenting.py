"""The door for comments: `{post}/comment` and WordPress's own address, with a form or JSON, without script."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.errors import AppError, Invalid, NotFound, WrongFields
from app.core.i18n import _, speak
from app.core.markup import SafeHtml, markdown_comment
from app.core.networks import kept_address
from app.core.text import number_in
from app.discussions.models import Comment
from app.discussions.pages import page_number
from app.discussions.replying import ParentGone, SaidAlready, reply_at
from app.moderation.submission import FormProof, Submission
from app.posts.addresses import address
from app.web.comments.commented_posts import Found, post_answered, post_meant
from app.web.comments.forms import (
    Answered,
    CommentForm,
    GuestForm,
    MemberForm,
    Typed,
    age_of_token,
    new_token_for,
    typed_in,
)
from app.web.comments.own_addresses import own_address
from app.web.comments.remembering import (
    Remembered,
    as_known,
    forget,
    newly_remembered,
    remember,
    remembered,
)
from app.web.comments.small_sum import solved_challenge, spend
from app.web.deps import Frame, doors_of, frame_of, settings_of, who_asks
from app.web.errors import show_again
from app.web.forms import FieldError, Form, read_form
from app.web.head import Head, Link
from app.web.rendering import render

router = APIRouter()

# The fields as one reads them.
_IN_ORDER = ("author", "email", "url", "comment")


@dataclass(frozen=True)
class FormPage:
    """`comments/form.html`: the form by itself, with what was typed and what became of it."""

    frame: Frame
    head: Head
    post: Link | None
    form: CommentForm
    # Why it was not taken, and where what was sent before stands.
    title: str = ""
    detail: str = ""
    earlier_url: str = ""
    preview_html: SafeHtml | None = None
    preview_name: str = ""


@dataclass(frozen=True)
class Arrived:
    """`comments/_arrived.html`: what a script is told of a comment that was taken in."""

    frame: Frame
    head: Head
    says: str
    url: str


@dataclass(frozen=True)
class Sent:
    """One comment on its way in: what was sent, by whom, to which post."""

    request: Request
    me: Actor
    known: Remembered | None
    form: Form[MemberForm]
    frame: Frame
    post: Found | None


async def post_comment(request: Request) -> Response:
    """Take in a comment: to its own page, or to where it stands if it is published at once."""
    me = await who_asks(request)
    form: Form[MemberForm] = await read_form(request, MemberForm if me.is_signed_in else GuestForm)
    show_again(request, lambda error: _again(request, me, form, error))
    if form.value is None or form.typed.get("preview"):
        return await _not_yet(request, me, form)
    return await _take_in(request, me, form, form.value)


# Routes of Starlette's, beneath FastAPI: nothing here is asked for by its parameters, and the machinery
# that finds parameters takes a tenth of the time of a whole comment.
router.add_route("/wp-comments-post.php", post_comment, methods=["POST"])
router.add_route("/{path:path}/comment", post_comment, methods=["POST"])


async def _take_in(
    request: Request, me: Actor, form: Form[MemberForm], value: MemberForm
) -> Response:
    settings, html = settings_of(request), markdown_comment(value.comment)
    known_before = remembered(request)
    known = _to_remember(me, known_before, value)
    work = solved_challenge(settings, value.work)
    # What is to be read before is read here, too: a snapshot of its own costs a tenth of all that follows.
    async with doors_of(request).unit_of_work() as session:
        frame = await _spoken_frame(request, session)
        post, place = await post_answered(session, me, request.scope["path"], form)
        sent = Sent(request, me, known_before, form, frame, post)
        submission = _submission(sent, value, html, post.id)
        if await spend(session, work):
            submission = replace(submission, proof=replace(submission.proof, has_worked=True))
        comment = await reply_at(
            session,
            as_known(settings, me, known_before, submission.email),
            settings,
            frame.site,
            place,
            value.comment_parent or None,
            submission,
            browser=known.browser if known and known_before is None else "",
            wants_answers=value.follow_replies,
            links_latest_post=value.latest_post,
        )
        number = await page_number(session, comment) if comment.is_approved else 1
    response = _taken_in(sent, post, comment, number)
    if known is not None:
        remember(response, settings, known)
    elif known_before is not None and form.typed.get("remembered"):
        forget(response, settings)
    return response


async def _not_yet(request: Request, me: Actor, form: Form[MemberForm]) -> Response:
    async with doors_of(request).reading() as session:
        sent = await _sent(request, session, me, form)
    if sent.post is None:
        raise NotFound(_("There is nothing here that could be answered."))
    if form.typed.get("preview"):
        return render("comments/form.html", _page(sent, preview=True))
    wrong = {error.field: error.says for error in form.errors}
    raise WrongFields(wrong)


async def _sent(request: Request, session: AsyncSession, me: Actor, form: Form[MemberForm]) -> Sent:
    frame = await _spoken_frame(request, session)
    post = await post_meant(session, me, request.scope["path"], form)
    return Sent(request, me, remembered(request), form, frame, post)


async def _spoken_frame(request: Request, session: AsyncSession) -> Frame:
    frame = await frame_of(request, session)
    speak(frame.site.language)
    return frame


def _taken_in(sent: Sent, post: Found, comment: Comment, number: int) -> Response:
    if comment.is_approved:
        page = f"comment-page-{number}/" if number > 1 else ""
        where = f"{address(post.path, page)}#comment-{comment.id}"
    else:
        where = own_address(settings_of(sent.request), comment.id)
    if "hx-request" in sent.request.headers:
        says = _("Published.") if comment.is_approved else _("Thank you. It waits for a moderator.")
        return render("comments/_arrived.html", Arrived(sent.frame, Head(""), says, where), 201)
    return RedirectResponse(where, status_code=303)


def _submission(sent: Sent, value: MemberForm, html: SafeHtml, post_id: int) -> Submission:
    headers, client = sent.request.headers, sent.request.client
    settings = settings_of(sent.request)
    return Submission(
        text=value.comment,
        html=html,
        name=sent.me.name if sent.me.is_signed_in else value.author,
        email=value.email if not sent.me.is_signed_in else "",
        url=value.url if not sent.me.is_signed_in else "",
        user_id=sent.me.user_id,
        address=kept_address(client.host if client else ""),
        agent=headers.get("user-agent", "")[:500],
        referrer=headers.get("referer", "")[:500],
        proof=FormProof(
            token_age=age_of_token(settings, value.form_token, post_id), trap=value.your_subject
        ),
    )


def _to_remember(me: Actor, known: Remembered | None, value: MemberForm) -> Remembered | None:
    """What the browser is to keep: only if that was ticked."""
    if me.is_signed_in or not value.remember:
        return None
    if known is None or known.email != value.email:
        return newly_remembered(value.author, value.email, value.url)
    return replace(known, name=value.author, url=value.url)


async def _again(request: Request, me: Actor, form: Form[MemberForm], error: AppError) -> Response:
    """The form as it was sent, and why it was not taken."""
    async with doors_of(request).reading() as session:
        sent = await _sent(request, session, me, form)
    return render("comments/form.html", _page(sent, error=error), status=error.status)


def _page(sent: Sent, error: AppError | None = None, *, preview: bool = False) -> FormPage:
    typed = typed_in(sent.form.typed)
    post = sent.post
    form = _form(sent, typed, error)
    title = error.title if error else _("How it will look") if preview else ""
    if form.errors:
        title = _("Your comment was not sent yet")
    return FormPage(
        frame=sent.frame,
        head=Head(title=f"{_(title)} – {sent.frame.site.title}", robots="noindex"),
        post=Link(post.title or _("Untitled"), post.url) if post else None,
        form=form,
        title=_(title),
        detail=error.detail if error else "",
        earlier_url=_earlier(sent, error) if isinstance(error, SaidAlready) else "",
        preview_html=markdown_comment(typed.comment) if preview else None,
        preview_name=typed.author or sent.me.name,
    )


def _form(sent: Sent, typed: Typed, error: AppError | None) -> CommentForm:
    post, settings = sent.post, settings_of(sent.request)
    errors: Sequence[FieldError] = sent.form.errors if isinstance(error, Invalid) else ()
    return CommentForm(
        post_id=post.id if post else 0,
        action=address(post.path, "comment") if post else "/wp-comments-post.php",
        # Nothing can be sent again to what is closed, or not there: the text is kept for its author.
        is_open=error is None or error.status not in (403, 404),
        is_offered=True,
        token=_token_kept(sent) or new_token_for(settings, post.id if post else 0),
        is_for_member=sent.me.is_signed_in,
        is_read_first=not sent.me.moderates,
        is_remembered=sent.known is not None,
        typed=typed,
        errors=tuple(sorted(errors, key=_place_of)),
        # What can't be answered any more is not answered again: the text may go to the post instead.
        answered=None if isinstance(error, ParentGone) else _answered(sent),
        post_url=post.url if post else "/",
    )


def _place_of(error: FieldError) -> int:
    """Where the field stands that it is about; what stands in none comes first."""
    return _IN_ORDER.index(error.field) if error.field in _IN_ORDER else -1


def _token_kept(sent: Sent) -> str:
    """The token it came with: whoever is asked twice does not become quicker by it."""
    token = sent.form.typed.get("form_token", "")
    post_id = sent.post.id if sent.post else 0
    age = age_of_token(settings_of(sent.request), token, post_id)
    return token if age is not None else ""


def _answered(sent: Sent) -> Answered | None:
    number = number_in(sent.form.typed.get("comment_parent", ""))
    return Answered(number, "") if number else None


def _earlier(sent: Sent, error: SaidAlready) -> str:
    """Where the same comment stands: its own page opens to nobody but who sent it."""
    if error.state == "approved" and sent.post:
        return f"{sent.post.url}#comment-{error.comment_id}"
    return own_address(settings_of(sent.request), error.comment_id) if error.is_sender else ""
