"""The boards: what is asked and offered, in one group or in all that somebody reads, open ones first by date."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, String, case, cast, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR, Actor
from app.core import clock
from app.core.db import BigId
from app.discussions.topics.reading import topics_visible_to
from app.groups.models import Group, Topic
from app.groups.queries import groups_read_by
from app.networking.asks.models import Ask, HelpKind, Offer
from app.networking.asks.moves import AskState, OfferState
from app.networking.asks.queries import asks_live, offers_live

ON_BOARD = 30
_ASK_RANK = case((Ask.state == AskState.OPEN, 0), else_=1)
_OFFER_RANK = case((Offer.state == OfferState.OPEN, 0), else_=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """An ask or an offer as a board shows it; `day` is when it is needed, or until when it can be had."""

    topic_id: int
    title: str
    slug: str
    group_slug: str
    group_name: str
    author_name: str
    tags: Sequence[str]
    replies: int
    kind: HelpKind
    day: date
    is_commercial: bool
    state: str
    kept: int
    rank: int
    # Of an offer; 0 and 0 for an ask.
    times: int = 0
    taken: int = 0


@dataclass(frozen=True, slots=True)
class BoardCursor:
    """Where a board goes on: behind this one."""

    rank: int
    day: date
    topic_id: int


async def asks_listed(
    session: AsyncSession,
    actor: Actor,
    *,
    group_id: int | None = None,
    tag: str = "",
    after: BoardCursor | None = None,
    which: ColumnElement[bool] | None = None,
    most: int = ON_BOARD,
) -> list[Listed]:
    """Asks on the board, and one more where there are more; of every group the actor reads without `group_id`."""
    query = select(*_common(), *_of(Ask, Ask.needed_by, _ASK_RANK)).join(
        Topic, Topic.id == Ask.topic_id
    )
    query = _narrowed(query, actor, group_id, tag).where(asks_live(clock.now()))
    if which is not None:
        query = query.where(which)
    query = _paged(query, _ASK_RANK, Ask.needed_by, Ask.topic_id, after)
    return [_listed(row) for row in await session.execute(query.limit(most + 1))]


async def offers_listed(
    session: AsyncSession,
    actor: Actor,
    *,
    group_id: int | None = None,
    tag: str = "",
    after: BoardCursor | None = None,
    most: int = ON_BOARD,
) -> list[Listed]:
    """The same of offers, those that have room first."""
    columns = (*_common(), *_of(Offer, Offer.valid_until, _OFFER_RANK), Offer.times, Offer.taken)
    query = select(*columns).join(Topic, Topic.id == Offer.topic_id)
    query = _narrowed(query, actor, group_id, tag).where(offers_live(clock.now()))
    query = _paged(query, _OFFER_RANK, Offer.valid_until, Offer.topic_id, after)
    return [_listed(row) for row in await session.execute(query.limit(most + 1))]


def _common() -> tuple[Any, ...]:
    return (
        Topic.id, Topic.title, Topic.slug, Group.slug, Group.name, Topic.author_name, Topic.tags,
        Topic.reply_count,
    )  # fmt: skip


def _of(model: Any, day: Any, rank: Any) -> tuple[Any, ...]:
    return (model.kind, day, model.is_commercial, model.state, model.kept, rank)


def _narrowed(query: Any, actor: Actor, group_id: int | None, tag: str) -> Any:
    query = query.join(Group, Group.id == Topic.group_id).where(
        topics_visible_to(actor), Topic.is_shown, Topic.moved_to.is_(None)
    )
    if group_id is not None:
        query = query.where(Topic.group_id == group_id)
    if tag:
        # As JSON writes it, between quotes: no tag has one in it.
        query = query.where(cast(Topic.tags, String).contains(json.dumps(tag), autoescape=True))
    return query


def _paged(query: Any, rank: Any, day: Any, topic_id: Any, after: BoardCursor | None) -> Any:
    if after is not None:
        key = tuple_(
            literal(after.rank, Integer), literal(after.day, Date), literal(after.topic_id, BigId)
        )
        query = query.where(tuple_(rank, day, topic_id) > key)
    return query.order_by(rank, day, topic_id)


def _listed(row: Any) -> Listed:
    values = list(row)
    values[8] = HelpKind(values[8])
    return Listed(*values)


def is_over(listed: Listed, today: date) -> bool:
    """Whether the day it was needed by has passed: it stays on the board for a while."""
    return listed.day < today


def cursor_behind(listed: Listed) -> BoardCursor:
    """Where a board goes on behind this one."""
    return BoardCursor(listed.rank, listed.day, listed.topic_id)


async def public_groups(session: AsyncSession) -> list[int]:
    """The groups whose asks every visitor sees."""
    query = select(Group.id).where(groups_read_by(VISITOR)).order_by(Group.id)
    return list(await session.scalars(query))
