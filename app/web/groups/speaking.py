"""Beginning a topic: a form that works without script and loses nothing; and where its reader goes on."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.sent_forms import claim_sent
from app.core import clock
from app.core.answers import require
from app.core.errors import AppError
from app.core.i18n import _
from app.core.markup import markdown_comment
from app.core.networks import kept_address
from app.discussions.models import Comment
from app.discussions.topics.marking import first_unread, mark_read
from app.discussions.topics.reading import get_topic
from app.discussions.topics.speaking import TopicDraft, start_topic
from app.groups.models import Topic, TopicKind
from app.groups.policy import may_start
from app.groups.queries import Standing, get_group_to_read
from app.moderation.submission import FormProof, Submission
from app.site.models import SiteRow
from app.web.accounts.pages import head_of, spoken_frame
from app.web.comments.forms import age_of_token, new_token_for
from app.web.deps import Db, Me, doors_of, frame_of, settings_of
from app.web.errors import show_again
from app.web.forms import Form, read_form, value_of, wrong_with
from app.web.groups.addresses import GROUPS, group_url, reply_url, topic_url
from app.web.groups.forms import ReplyForm, TopicForm
from app.web.groups.pages import StartPage
from app.web.groups.reply_boxes import is_read_first
from app.web.groups.topics import TOPIC, named
from app.web.groups.tops import top_of
from app.web.rendering import render

router = APIRouter()

_READ = ["GET", "HEAD"]
Begin: TypeAlias = Callable[[AsyncSession, SiteRow], Awaitable[tuple[Topic, Comment]]]


@router.api_route(GROUPS + "{slug}/d/new/", methods=_READ)
async def ask(request: Request, db: Db, me: Me, slug: str) -> Response:
    """The form for a new discussion. Raises NotFound, Forbidden, SignInNeeded."""
    here = await get_group_to_read(db, me, slug)
    require(may_start(me, here, TopicKind.DISCUSSION, clock.now()))
    return await _start_page(request, me, here)


@router.post(GROUPS + "{slug}/d/")
async def start(request: Request, me: Me, slug: str) -> Response:
    """Begin a discussion: to where it stands, be it for its author's eyes alone at first; sent twice it is one."""
    form = await read_form(request, TopicForm)
    show_again(request, lambda error: _start_again(request, me, slug, form, error))
    if form.typed.get("preview"):
        return await _start_again(request, me, slug, form, None)
    value, settings = value_of(form), settings_of(request)
    draft = TopicDraft(value.title, tags=value.tags)
    submission = submission_of(request, me, value, of=0)
    return await begun_once(
        request, me, slug, form.typed,
        lambda db, site: start_topic(db, me, settings, site, slug, draft, submission),
    )  # fmt: skip


async def begun_once(
    request: Request, me: Actor, slug: str, typed: Mapping[str, str], begin: Begin
) -> Response:
    """Begin something in a group, which its author has read, and on to where it stands; sent twice it is one."""
    async with doors_of(request).unit_of_work() as db:
        sent = await claim_sent(db, me, request.url.path, typed)
        if not sent.led_to:
            site = (await frame_of(request, db)).site
            topic, opening = await begin(db, site)
            await mark_read(db, me, topic.id, opening.id, clock.now())
            sent.led_to = topic_url(slug, topic.id, topic.slug)
    return RedirectResponse(sent.led_to, 303)


@router.api_route(TOPIC + "unread", methods=_READ)
async def show_unread(db: Db, me: Me, slug: str, name: str) -> Response:
    """On to the first reply somebody has not seen; to the topic's beginning where there is none."""
    found = await get_topic(db, me, slug, named(name))
    unread = await first_unread(db, me, found)
    if unread is None:
        return RedirectResponse(topic_url(slug, found.topic.id, found.topic.slug), 302)
    return RedirectResponse(reply_url(slug, unread), 302)


def submission_of(request: Request, me: Actor, value: ReplyForm, *, of: int) -> Submission:
    """What somebody says, with all that the filters ask about its sender."""
    headers, client = request.headers, request.client
    return Submission(
        text=value.comment,
        html=markdown_comment(value.comment),
        name=me.name,
        user_id=me.user_id,
        address=kept_address(client.host if client else ""),
        agent=headers.get("user-agent", "")[:500],
        referrer=headers.get("referer", "")[:500],
        proof=FormProof(
            token_age=age_of_token(settings_of(request), value.form_token, of),
            trap=value.your_subject,
            # Who is signed in is known: no sum is asked of their browser.
            has_worked=True,
        ),
    )


async def _start_again(
    request: Request, me: Actor, slug: str, form: Form[TopicForm], error: AppError | None
) -> Response:
    async with doors_of(request).reading() as db:
        here = await get_group_to_read(db, me, slug)
    return await _start_page(request, me, here, form, error)


async def _start_page(
    request: Request,
    me: Actor,
    here: Standing,
    form: Form[TopicForm] | None = None,
    error: AppError | None = None,
) -> Response:
    typed = form.typed if form else {}
    async with doors_of(request).reading() as db:
        frame = await spoken_frame(request, db)
        top = await top_of(db, me, here, "", may_read=True)
    page = StartPage(
        frame=frame,
        head=head_of(frame, _("Begin a discussion"), group_url(here.group.slug, "d/new/")),
        top=top,
        action=group_url(here.group.slug, "d/"),
        token=typed.get("form_token") or new_token_for(settings_of(request), 0),
        typed=typed,
        errors=wrong_with(form, error),
        preview_html=markdown_comment(typed.get("comment", "")) if form and not error else None,
        is_read_first=is_read_first(me, here),
    )
    return render("groups/start.html", page, error.status if error else 200)
