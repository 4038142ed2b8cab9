"""Asks and offers in groups, begun: by the actions of their forms. They are listed and read as all topics are."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.answering import Done
from app.api.calling import Call
from app.api.commenting import submission_of
from app.api.fields import Day
from app.api.groups import GroupSlug
from app.api.once import done_once
from app.api.operations import Asking, writes
from app.api.routing import ApiRoute
from app.api.topics import TopicSent, TopicWhole, begun, tags_of
from app.discussions.models import Comment
from app.groups.models import Topic
from app.networking.asks.models import HelpKind
from app.networking.asks.starting import AskDraft, OfferDraft, ask, offer
from app.web.asks.forms import MOST_TIMES

router = APIRouter(route_class=ApiRoute, tags=["Groups"])

Begin: TypeAlias = Callable[[AsyncSession], Awaitable[tuple[Topic, Comment]]]


class AskSent(TopicSent):
    """Something that is asked for."""

    help: HelpKind = Field(description="What would help.")
    needed_by: Day = Field(description="From today to 180 days ahead.", examples=["2027-01-31"])
    commercial: bool = Field(False, description="Whether somebody earns by it.")


class OfferSent(TopicSent):
    """Something that is offered."""

    help: HelpKind = Field(description="What can be had.")
    valid_until: Day = Field(description="From today to 180 days ahead.", examples=["2027-01-31"])
    times: Annotated[int, Field(ge=1, le=MOST_TIMES)] = 1
    commercial: bool = Field(False, description="Whether somebody earns by it.")


@router.post(
    "/groups/{slug}/asks",
    status_code=201,
    response_model=TopicWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def create_ask(call: Asking, slug: GroupSlug, sent: AskSent) -> Response:
    """Ask a group for something. The filters judge it as any other: `is_shown` says what became of it."""
    draft = AskDraft(sent.title, tags_of(sent), sent.help, sent.needed_by, sent.commercial)

    async def begin(db: AsyncSession) -> tuple[Topic, Comment]:
        words = submission_of(call, sent.text)
        return await ask(db, call.me, call.settings, call.site, slug, draft, words)

    return await done_once(call, lambda db: _begin(call, db, slug, begin))


@router.post(
    "/groups/{slug}/offers",
    status_code=201,
    response_model=TopicWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def create_offer(call: Asking, slug: GroupSlug, sent: OfferSent) -> Response:
    """Offer a group something. The filters judge it as any other: `is_shown` says what became of it."""
    draft = OfferDraft(
        sent.title, tags_of(sent), sent.help, sent.times, sent.valid_until, sent.commercial
    )

    async def begin(db: AsyncSession) -> tuple[Topic, Comment]:
        words = submission_of(call, sent.text)
        return await offer(db, call.me, call.settings, call.site, slug, draft, words)

    return await done_once(call, lambda db: _begin(call, db, slug, begin))


async def _begin(call: Call, db: AsyncSession, slug: str, begin: Begin) -> Done:
    return await begun(call, db, slug, *await begin(db))
