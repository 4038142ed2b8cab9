"""`/groups/discuss/`: a post, or a comment under one, is taken up in a group of one's own choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BeforeValidator, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.sent_forms import claim_sent
from app.core import clock
from app.core.answers import not_signed_in, require
from app.core.errors import AppError, Conflict, NotFound
from app.core.i18n import _
from app.core.markup import SafeHtml, markdown_comment
from app.core.text import number_in, one_line
from app.discussions.topics.marking import mark_read
from app.discussions.topics.speaking import TopicDraft, start_topic
from app.discussions.topics.taken_up import Subject, find_subject, places_to_begin
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.comments.forms import new_token_for, number_typed
from app.web.deps import Db, Frame, Me, doors_of, frame_of, settings_of
from app.web.errors import show_again
from app.web.forms import FieldError, Form, read_form, value_of, wrong_with
from app.web.groups.addresses import GROUPS, topic_url
from app.web.groups.forms import Line, TopicForm
from app.web.groups.kept_pages import Choice
from app.web.groups.pages import About
from app.web.groups.speaking import submission_of
from app.web.groups.tops import about_of
from app.web.head import Head

router = APIRouter()

DISCUSS = GROUPS + "discuss/"
_LONGEST_TITLE = 120


class DiscussForm(TopicForm):
    """What somebody begins, in which group, and about what."""

    group: Annotated[Line, Field(min_length=1, max_length=100)]
    post: Annotated[int, BeforeValidator(number_typed)] = 0
    about: Annotated[int, BeforeValidator(number_typed)] = 0


@dataclass(frozen=True)
class DiscussPage:
    """`/groups/discuss/`: a post, or a comment, is taken up in a group."""

    frame: Frame
    head: Head
    action: str
    # None where that is gone.
    about: About | None
    post_id: int
    comment_id: int
    groups: Sequence[Choice]
    token: str
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[FieldError] = ()
    preview_html: SafeHtml | None = None


@router.api_route(DISCUSS, methods=["GET", "HEAD"])
async def ask(request: Request, db: Db, me: Me) -> Response:
    """The form, about `?post=` or `?comment=`. Raises SignInNeeded, and NotFound for what not everybody may read."""
    require_member(me)
    post_id = number_in(request.query_params.get("post", ""))
    comment_id = number_in(request.query_params.get("comment", ""))
    subject = await _subject(db, post_id, comment_id)
    if subject is None or (comment_id and subject.comment_id is None):
        raise NotFound(_("What you would like to discuss is not there any more."))
    return await _page(request, db, me, subject, _prefilled(subject))


@router.post(DISCUSS)
async def start(request: Request, me: Me) -> Response:
    """Begin the discussion: to where it stands, in its group. What is gone costs nobody their text."""
    form = await read_form(request, DiscussForm)
    require_member(me)
    show_again(request, lambda error: _again(request, me, form, error))
    if form.typed.get("preview"):
        return await _again(request, me, form, None)
    value, settings = value_of(form), settings_of(request)
    slug = value.group
    submission = submission_of(request, me, value, of=0)
    async with doors_of(request).unit_of_work() as db:
        sent = await claim_sent(db, me, DISCUSS, form.typed)
        if not sent.led_to:
            site = (await frame_of(request, db)).site
            draft = await _draft(db, value)
            topic, opening = await start_topic(db, me, settings, site, slug, draft, submission)
            await mark_read(db, me, topic.id, opening.id, clock.now())
            sent.led_to = topic_url(slug, topic.id, topic.slug)
    return RedirectResponse(sent.led_to, 303)


def require_member(me: Actor) -> None:
    """Ask whoever is not signed in to be. Raises SignInNeeded."""
    if not me.is_signed_in:
        require(not_signed_in(_("Sign in to discuss this in a group.")))


async def _draft(db: AsyncSession, value: DiscussForm) -> TopicDraft:
    subject = await _subject(db, value.post or None, value.about or None)
    if subject is None and value.post:
        raise Conflict(
            _("What you wanted to discuss is gone. You can begin this without a link to it.")
        )
    return TopicDraft(
        value.title, tags=value.tags,
        about_post_id=subject.post_id if subject else None,
        about_comment_id=subject.comment_id if subject else None,
    )  # fmt: skip


async def _subject(db: AsyncSession, post_id: int | None, comment_id: int | None) -> Subject | None:
    return await find_subject(db, post_id, comment_id) if post_id or comment_id else None


def _prefilled(subject: Subject) -> dict[str, str]:
    title = one_line(subject.post_title) or _("Untitled")
    return {
        "title": title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 2]} …",
        "comment": f"> {subject.words}\n\n" if subject.words else "",
    }


async def _again(
    request: Request, me: Actor, form: Form[DiscussForm], error: AppError | None
) -> Response:
    async with doors_of(request).reading() as db:
        numbers = (number_in(form.typed.get(name, "")) or None for name in ("post", "about"))
        return await _page(request, db, me, await _subject(db, *numbers), form.typed, form, error)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    subject: Subject | None,
    typed: Mapping[str, str],
    form: Form[DiscussForm] | None = None,
    error: AppError | None = None,
) -> Response:
    frame, places = await spoken_frame(request, db), await places_to_begin(db, me)
    is_preview = form is not None and error is None
    page = DiscussPage(
        frame=frame,
        head=head_of(frame, _("Discuss in a group"), DISCUSS),
        action=DISCUSS,
        about=about_of(subject),
        post_id=subject.post_id if subject else 0,
        comment_id=(subject.comment_id if subject else None) or 0,
        groups=[Choice(here.group.slug, here.group.name) for here in places],
        token=typed.get("form_token") or new_token_for(settings_of(request), 0),
        typed=typed,
        errors=wrong_with(form, error),
        preview_html=markdown_comment(typed.get("comment", "")) if is_preview else None,
    )
    return unkept("groups/discuss.html", page, error.status if error else 200)
