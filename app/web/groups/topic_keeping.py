"""What moderators of a group do with a discussion, and what solved it: each a form that only POST sends."""

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.answers import require
from app.core.errors import AppError, WrongFields
from app.core.i18n import _
from app.core.text import number_in, one_line, plain_text, shorten
from app.discussions.queries import comments_on_page
from app.discussions.topics.keeping import close, merge, move, pin, solve, split
from app.discussions.topics.reading import TopicHere, get_topic, topics_listed
from app.groups.models import TopicKind
from app.groups.policy import may_moderate_here
from app.groups.queries import kept_by
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of, frame_of, settings_of
from app.web.errors import show_again
from app.web.forms import read_form, value_of, wrong_with
from app.web.groups.addresses import GROUPS, group_url, topic_url
from app.web.groups.kept_pages import Choice, TopicKeepPage
from app.web.groups.tops import top_of

router = APIRouter()

_TOPIC = GROUPS + "{slug}/d/{topic_id:int}/"
_MOST_SHOWN = 50


class YesOrNo(BaseModel):
    """Whether something is so from now on."""

    is_so: bool = Field(alias="is")


class Solution(BaseModel):
    """The reply that solved it; 0 for none."""

    reply: int = Field(ge=0)


class Elsewhere(BaseModel):
    """Where a topic goes: a group by its slug, or a discussion by its number or address."""

    group: Annotated[str, Field(max_length=100)] = ""
    into: Annotated[str, Field(max_length=500)] = ""


class Split(BaseModel):
    """What is made of some replies."""

    title: Annotated[
        str,
        Field(min_length=1, max_length=120),
        BeforeValidator(lambda value: one_line(str(value or ""))),
    ]


@router.post(_TOPIC + "pin")
async def post_pin(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Let it stand above all others, or no more."""
    form = value_of(await read_form(request, YesOrNo))
    async with doors_of(request).unit_of_work() as db:
        await pin(db, me, slug, topic_id, is_pinned=form.is_so)
    return RedirectResponse(topic_url(slug, topic_id, ""), 303)


@router.post(_TOPIC + "lock")
async def post_lock(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Let nothing be said in it any more, or again."""
    form = value_of(await read_form(request, YesOrNo))
    async with doors_of(request).unit_of_work() as db:
        await close(db, me, slug, topic_id, is_locked=form.is_so)
    return RedirectResponse(topic_url(slug, topic_id, ""), 303)


@router.post(_TOPIC + "solution")
async def post_solution(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Say which reply solved it."""
    form = value_of(await read_form(request, Solution))
    async with doors_of(request).unit_of_work() as db:
        await solve(db, me, slug, topic_id, form.reply or None)
    return RedirectResponse(topic_url(slug, topic_id, ""), 303)


@router.api_route(_TOPIC + "keep/", methods=["GET", "HEAD"])
async def ask(request: Request, db: Db, me: Me, slug: str, topic_id: int) -> Response:
    """Where it may go: to another group, into another discussion; or what may be made of a part of it."""
    found = await get_topic(db, me, slug, topic_id)
    require(may_moderate_here(me, found.here))
    return await _page(request, db, me, found, {})


@router.post(_TOPIC + "move")
async def post_move(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Take it to another group."""
    form = await read_form(request, Elsewhere)
    show_again(request, lambda error: _again(request, me, slug, topic_id, form.typed, error))
    value = value_of(form)
    async with doors_of(request).unit_of_work() as db:
        _found, there = await move(db, me, slug, topic_id, value.group)
    return RedirectResponse(topic_url(there.group.slug, topic_id, ""), 303)


@router.post(_TOPIC + "merge")
async def post_merge(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Put it into another discussion of the group."""
    form = await read_form(request, Elsewhere)
    show_again(request, lambda error: _again(request, me, slug, topic_id, form.typed, error))
    into = _number_of(value_of(form).into)
    async with doors_of(request).unit_of_work() as db:
        await merge(db, me, slug, topic_id, into)
    return RedirectResponse(topic_url(slug, into, ""), 303)


@router.post(_TOPIC + "split")
async def post_split(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Make a discussion of its own of some replies."""
    form = await read_form(request, Split)
    show_again(request, lambda error: _again(request, me, slug, topic_id, form.typed, error))
    value = value_of(form)
    chosen = [int(name[6:]) for name in form.typed if re.fullmatch(r"reply-\d{1,18}", name)]
    async with doors_of(request).unit_of_work() as db:
        host = (await frame_of(request, db)).site.guid_host or settings_of(request).base_host
        topic = await split(db, me, slug, topic_id, chosen, value.title, host=host)
    return RedirectResponse(topic_url(slug, topic.id, topic.slug), 303)


def _number_of(written: str) -> int:
    """A discussion by its number, or by its address. Raises Invalid."""
    found = re.search(r"(?:^|/d/)(\d{1,18})(?:-[^/]*)?/?(?:page/\d+/)?(?:#.*)?$", written.strip())
    if found is None or number_in(found[1]) is None:
        raise WrongFields({"into": _("Give the number or the address of a discussion.")})
    return int(found[1])


async def _again(
    request: Request,
    me: Actor,
    slug: str,
    topic_id: int,
    typed: Mapping[str, str],
    error: AppError,
) -> Response:
    async with doors_of(request).reading() as db:
        found = await get_topic(db, me, slug, topic_id)
        require(may_moderate_here(me, found.here))
        return await _page(request, db, me, found, typed, error)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    found: TopicHere,
    typed: Mapping[str, str],
    error: AppError | None = None,
) -> Response:
    frame, topic, here = await spoken_frame(request, db), found.topic, found.here
    number = number_in(request.query_params.get("page", "")) or found.pages
    said = await comments_on_page(db, found.thread.id, number)
    others = await topics_listed(db, me, here.group.id, most=_MOST_SHOWN)
    page = TopicKeepPage(
        frame=frame,
        head=head_of(frame, topic.title, group_url(here.group.slug, f"d/{topic.id}/keep/")),
        top=await top_of(db, me, here, "", may_read=True),
        id=topic.id,
        title=topic.title,
        url=topic_url(here.group.slug, topic.id, topic.slug),
        groups=[
            Choice(slug, name) for slug, name in await kept_by(db, me) if slug != here.group.slug
        ],
        topics=[Choice(str(one.id), one.title) for one in others if one.id != topic.id],
        may_merge=topic.kind == TopicKind.DISCUSSION,
        replies=[
            Choice(str(one.id), f"{one.author_name}: {shorten(plain_text(str(one.body_html)), 14)}")
            for one in said
            if one.is_approved and one.id != topic.opening_id
        ],
        typed=typed,
        errors=wrong_with(None, error),
    )
    return unkept("groups/topic_keep.html", page, error.status if error else 200)
