"""Discussions in groups, and what is said in them: by the conditions and actions of their pages."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import Tell
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.commenting import submission_of
from app.api.fields import Line, Sent, Text
from app.api.groups import GroupSlug
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core import clock
from app.core.rows import flush_changes
from app.discussions.changing import LONGEST
from app.discussions.models import Comment
from app.discussions.topics.marking import mark_read
from app.discussions.topics.reading import (
    ListedTopic,
    TopicCursor,
    TopicHere,
    get_topic,
    last_said_by,
    opening_of,
    topics_listed,
)
from app.discussions.topics.speaking import TopicDraft, start_topic
from app.groups.models import Topic, TopicKind
from app.groups.queries import get_group_to_read
from app.networking.asks.models import Ask, HelpKind, Offer
from app.networking.asks.moves import AskState, OfferState
from app.networking.asks.queries import find_detail
from app.web.deps import Db
from app.web.groups.addresses import topic_url
from app.web.groups.entering import entered
from app.web.groups.forms import LONGEST_TAG, MOST_TAGS

router = APIRouter(route_class=ApiRoute, tags=["Groups"])


class TopicLine(BaseModel):
    """A discussion, an ask or an offer."""

    id: int
    kind: TopicKind
    title: str = Field(examples=["Who knows a good printer?"])
    author_name: str
    tags: list[str]
    is_shown: bool = Field(description="False as long as a moderator has not read it.")
    is_pinned: bool
    is_locked: bool
    is_solved: bool
    reply_count: int
    created_at: datetime
    last_said_at: datetime
    last_said_by: str
    url: str


class HelpAsked(BaseModel):
    """What an ask or an offer is beside its words."""

    kind: HelpKind
    state: AskState | OfferState
    needed_by: date | None = Field(description="Of an ask: a day by the site's calendar.")
    valid_until: date | None = Field(description="Of an offer.")
    times: int | None = Field(description="Of an offer: how many times it can be had.")
    taken: int | None = Field(description="Of an offer: promised or given.")
    commercial: bool = Field(description="Whether somebody earns by it.")
    outcome: str = Field(description="How it went, in the words of whoever began it.")


class TopicWhole(TopicLine):
    """The same with the text it began with."""

    help: HelpAsked | None = Field(description="Of an ask or an offer; null for a discussion.")
    html: str | None = Field(description="Null as long as it is not shown.")
    solved_by: int | None = Field(description="The reply that solved it.")
    moved_to: int | None = Field(description="The discussion it was put into.")
    version: int


class TopicList(Listing[TopicLine]):
    """What is pinned first, then what was answered last."""


class TopicSent(Sent):
    """A new discussion."""

    title: Annotated[Line, Field(min_length=1, max_length=120)]
    text: Annotated[Text, Field(min_length=1, max_length=LONGEST)]
    tags: Annotated[
        list[Annotated[Line, Field(max_length=LONGEST_TAG)]], Field(max_length=MOST_TAGS)
    ] = Field([], examples=[["printing"]])


@router.get("/groups/{slug}/topics", response_model=TopicList, **reads(Scope.GROUPS_READ, 404, 422))
async def list_topics(
    call: Asking,
    db: Db,
    slug: GroupSlug,
    kind: Annotated[TopicKind | None, Query()] = None,
    tag: Annotated[Line, Query(max_length=LONGEST_TAG)] = "",
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List the discussions, asks and offers of a group."""
    after = read_cursor(cursor, bool, datetime, int)
    here = await get_group_to_read(db, call.me, slug)
    entered(call.request, call.me, here)
    rows = await topics_listed(
        db, call.me, here.group.id, kinds=(kind,) if kind else tuple(TopicKind), tag=tag,
        after=TopicCursor(*after) if after else None, most=limit,
    )  # fmt: skip
    return listed(
        call, rows, limit, lambda row: (row.is_pinned, row.last_said_at, row.id),
        lambda shown, more: TopicList(
            items=[_listed(call, slug, one) for one in shown], next_cursor=more
        ),
    )  # fmt: skip


@router.post(
    "/groups/{slug}/topics",
    status_code=201,
    response_model=TopicWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def create_topic(call: Asking, slug: GroupSlug, sent: TopicSent) -> Response:
    """Begin a discussion. The filters judge it as any other: `is_shown` says what became of it."""
    return await done_once(call, lambda db: _start(call, db, slug, sent))


@router.get(
    "/groups/{slug}/topics/{topic_id:int}",
    response_model=TopicWhole,
    **reads(Scope.GROUPS_READ, 404, 422),
)
async def get_topic_by_id(call: Asking, db: Db, slug: GroupSlug, topic_id: int) -> Response:
    """Read one discussion, ask or offer, with the text it began with."""
    found = await get_topic(db, call.me, slug, topic_id)
    entered(call.request, call.me, found.here)
    return answered(call, await whole(call, db, found))


async def _start(call: Call, db: AsyncSession, slug: str, sent: TopicSent) -> Done:
    draft = TopicDraft(sent.title, tags=tags_of(sent))
    submission = submission_of(call, sent.text)
    return await begun(
        call, db, slug,
        *await start_topic(db, call.me, call.settings, call.site, slug, draft, submission),
    )  # fmt: skip


async def begun(call: Call, db: AsyncSession, slug: str, topic: Topic, opening: Comment) -> Done:
    """A new topic as its author is told of it, who has read it."""
    await mark_read(db, call.me, topic.id, opening.id, clock.now())
    await flush_changes(db)
    model = await whole(call, db, await get_topic(db, call.me, slug, topic.id))
    return Done(model, 201, {"Location": call.api(f"/groups/{slug}/topics/{topic.id}")})


def topic_at(call: Call, place: tuple[str, int]) -> Tell:
    """What is told of the topic of that number in a group."""

    async def tell(db: AsyncSession) -> TopicWhole:
        return await whole(call, db, await get_topic(db, call.me, *place))

    return tell


def tags_of(sent: TopicSent) -> tuple[str, ...]:
    """Its tags as they are kept, each once."""
    return tuple(dict.fromkeys(tag.strip("#\"',;").casefold() for tag in sent.tags if tag))


def _listed(call: Call, slug: str, topic: ListedTopic) -> TopicLine:
    url = call.url(topic_url(slug, topic.id, topic.slug))
    return TopicLine(
        id=topic.id, kind=topic.kind, title=topic.title, author_name=topic.author_name,
        tags=list(topic.tags), is_shown=topic.is_shown, is_pinned=topic.is_pinned,
        is_locked=topic.is_locked, is_solved=topic.is_solved, reply_count=topic.reply_count,
        created_at=topic.created_at, last_said_at=topic.last_said_at,
        last_said_by=topic.last_said_by or "", url=url,
    )  # fmt: skip


def _help(detail: Ask | Offer | None) -> HelpAsked | None:
    if detail is None:
        return None
    offer = detail if isinstance(detail, Offer) else None
    return HelpAsked(
        kind=detail.kind, state=detail.state_at(clock.now()),
        needed_by=detail.needed_by if isinstance(detail, Ask) else None,
        valid_until=offer.valid_until if offer else None, times=offer.times if offer else None,
        taken=offer.taken if offer else None, commercial=detail.is_commercial,
        outcome=detail.outcome,
    )  # fmt: skip


async def whole(call: Call, db: AsyncSession, found: TopicHere) -> TopicWhole:
    """A topic with the text it began with."""
    topic: Topic = found.topic
    opening = await opening_of(db, topic)
    url = call.url(topic_url(found.here.group.slug, topic.id, topic.slug))
    return TopicWhole(
        id=topic.id, kind=topic.kind, title=topic.title, author_name=topic.author_name,
        tags=list(topic.tags), is_shown=topic.is_shown, is_pinned=topic.is_pinned,
        is_locked=topic.is_locked, is_solved=found.solved_by is not None,
        reply_count=topic.reply_count, created_at=topic.created_at,
        last_said_at=topic.last_said_at, url=url,
        last_said_by=await last_said_by(db, call.me, topic.id) or "",
        help=_help(await find_detail(db, topic)),
        html=opening.body_html if opening else None, solved_by=found.solved_by,
        moved_to=topic.moved_to, version=topic.version,
    )  # fmt: skip
