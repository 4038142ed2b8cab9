"""`/groups/g/r/ID/text/`: what one said is put otherwise; `…/history/`: what it said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import not_signed_in, require
from app.core.errors import AppError, Conflict
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.core.text import number_in
from app.discussions.pages import page_number
from app.discussions.policy import may_edit_in_topic
from app.discussions.topics.editing import (
    ON_PAGE,
    Earlier,
    Said,
    edit_said,
    get_own_said,
    history_of,
)
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.comments.forms import number_typed
from app.web.deps import Db, Frame, Me, doors_of, frame_of, settings_of
from app.web.errors import show_again
from app.web.forms import FieldError, Form, read_form, value_of, wrong_with
from app.web.groups.addresses import GROUPS, history_url, text_url, topic_url
from app.web.groups.forms import Text
from app.web.groups.pages import GroupTop
from app.web.groups.tops import top_of
from app.web.head import Head, Link

router = APIRouter()

_READ = ["GET", "HEAD"]
SAID = GROUPS + "{slug}/r/{comment_id:int}/"


class EditForm(BaseModel):
    """The new text, and the version of the one that it was made from."""

    model_config = ConfigDict(extra="ignore")

    comment: Annotated[Text, Field(min_length=1, max_length=20_000)]
    version: Annotated[int, BeforeValidator(number_typed)] = 0


@dataclass(frozen=True)
class EditPage:
    """`groups/edit.html`: a text of one's own in a group."""

    frame: Frame
    head: Head
    top: GroupTop
    action: str
    # The topic in which it stands.
    place: Link
    source: str
    version: int
    # What others read until a moderator has read the new text.
    shown_html: SafeHtml | None
    # What it says by now, where it was changed meanwhile.
    changed_html: SafeHtml | None
    errors: Sequence[FieldError] = ()


class Version(NamedTuple):
    """One of the texts that something had: since when, and who wrote it."""

    since: datetime
    by: str
    html: SafeHtml
    is_shown: bool = False


@dataclass(frozen=True)
class HistoryPage:
    """`groups/history.html`: what something said before, the newest first."""

    frame: Frame
    head: Head
    top: GroupTop
    place: Link
    versions: Sequence[Version]
    older: str


@router.api_route(SAID + "text/", methods=_READ)
async def ask(request: Request, db: Db, me: Me, comment_id: int) -> Response:
    """The form. Raises NotFound, Forbidden, SignInNeeded."""
    require_author(me)
    said = await get_own_said(db, me, comment_id)
    found = said.found
    require(may_edit_in_topic(me, found.here, found.topic, said.comment, clock.now()))
    return await _edit_page(request, db, me, said)


@router.post(SAID + "text/")
async def edit(request: Request, me: Me, comment_id: int) -> Response:
    """Say it otherwise: to where it stands, or to what waits for a moderator."""
    form = await read_form(request, EditForm)
    require_author(me)
    show_again(request, lambda error: _again(request, me, comment_id, form, error))
    value, settings = value_of(form), settings_of(request)
    async with doors_of(request).unit_of_work() as db:
        site = (await frame_of(request, db)).site
        said = await edit_said(
            db, me, settings, site, comment_id, value.comment, version=value.version
        )
        number = await page_number(db, said.comment) if said.comment.is_approved else 1
    topic, slug = said.found.topic, said.found.here.group.slug
    if not said.is_approved:
        return RedirectResponse(text_url(slug, comment_id), 303)
    return RedirectResponse(
        f"{topic_url(slug, topic.id, topic.slug, number)}#reply-{comment_id}", 303
    )


@router.api_route(SAID + "history/", methods=_READ)
async def show_history(request: Request, db: Db, me: Me, comment_id: int) -> Response:
    """Its earlier texts, for who wrote it and for moderators; `?before=` further back. Raises NotFound."""
    before = number_in(request.query_params.get("before", ""))
    said, earlier = await history_of(db, me, comment_id, before=before)
    frame, slug = await spoken_frame(request, db), said.found.here.group.slug
    page = HistoryPage(
        frame=frame,
        head=head_of(frame, _("Earlier texts"), history_url(slug, comment_id)),
        top=await top_of(db, me, said.found.here, "", may_read=True),
        place=place_of(said),
        versions=_versions(said, earlier, is_first=before is None),
        older=f"?before={earlier[ON_PAGE - 1].id}" if len(earlier) > ON_PAGE else "",
    )
    return unkept("groups/history.html", page)


def _versions(said: Said, earlier: Sequence[Earlier], *, is_first: bool) -> list[Version]:
    """Each text was written with the change that is told beside the one before it."""
    comment = said.comment
    first = (comment.created_at, comment.author_name or _("Former member"))
    written = [*((one.until, one.by or first[1]) for one in earlier), first]
    texts = [one.html for one in earlier[:ON_PAGE]]
    if not is_first:
        written = written[1:]
    else:
        texts.insert(0, comment.body_html)
    return [
        Version(since, by, html, is_shown=is_first and number == 0)
        for number, ((since, by), html) in enumerate(zip(written, texts, strict=False))
    ]


def require_author(me: Actor) -> None:
    """Nobody has said anything who is not signed in. Raises SignInNeeded."""
    if not me.is_signed_in:
        require(not_signed_in(_("Sign in to change what you wrote.")))


def place_of(said: Said) -> Link:
    """The topic in which something was said."""
    topic = said.found.topic
    return Link(topic.title, topic_url(said.found.here.group.slug, topic.id, topic.slug))


async def _again(
    request: Request, me: Actor, comment_id: int, form: Form[EditForm], error: AppError
) -> Response:
    async with doors_of(request).reading() as db:
        said = await get_own_said(db, me, comment_id)
        return await _edit_page(request, db, me, said, form, error)


async def _edit_page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    said: Said,
    form: Form[EditForm] | None = None,
    error: AppError | None = None,
) -> Response:
    frame, found, comment = await spoken_frame(request, db), said.found, said.comment
    newest = said.waiting or comment
    slug, is_changed = found.here.group.slug, isinstance(error, Conflict)
    page = EditPage(
        frame=frame,
        head=head_of(frame, _("Change what you wrote"), text_url(slug, comment.id)),
        top=await top_of(db, me, found.here, "", may_read=True),
        action=text_url(slug, comment.id),
        place=place_of(said),
        source=form.typed.get("comment", "") if form else newest.body_source,
        # Whoever was told what it says by now may put their words in its place.
        version=comment.version if is_changed or form is None else _version(form),
        shown_html=comment.body_html if said.waiting and not is_changed else None,
        changed_html=newest.body_html if is_changed else None,
        errors=wrong_with(form, error),
    )
    return unkept("groups/edit.html", page, error.status if error else 200)


def _version(form: Form[EditForm]) -> int:
    return number_in(form.typed.get("version", "")) or 0
