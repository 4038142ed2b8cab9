"""Asks and offers as feeds need them: those on a board that every visitor reads, the newest first;
or that one member reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR, Actor
from app.core import clock
from app.core.markup import SafeHtml, read_elsewhere
from app.core.text import plain_text, shorten
from app.discussions.models import Comment
from app.discussions.topics.reading import topics_visible_to
from app.feeds.model import Entry, Label, Person
from app.groups.models import Group, Topic, TopicKind
from app.networking.asks.models import Ask, Offer
from app.networking.asks.queries import asks_live, offers_live


@dataclass(frozen=True, slots=True)
class FeedAsk:
    """An ask or an offer as a feed needs it."""

    id: int
    guid: str
    title: str
    slug: str
    group_slug: str
    author_name: str
    tags: tuple[str, ...]
    body_html: SafeHtml
    created_at: datetime
    edited_at: datetime | None


async def newest_asks(
    session: AsyncSession,
    kind: TopicKind,
    *,
    group_id: int | None = None,
    actor: Actor = VISITOR,
    skip: int = 0,
    limit: int = 20,
) -> list[FeedAsk]:
    """What is on the boards of the groups that `actor` reads; of one of them with `group_id`."""
    model: type[Ask | Offer] = Ask if kind == TopicKind.ASK else Offer
    live = asks_live if kind == TopicKind.ASK else offers_live
    query = (
        select(
            Topic.id, Topic.guid, Topic.title, Topic.slug, Group.slug, Topic.author_name,
            Topic.tags, Comment.body_html, Topic.created_at, Comment.edited_at,
        )
        .join(model, model.topic_id == Topic.id)
        .join(Group, Group.id == Topic.group_id)
        .join(Comment, Comment.id == Topic.opening_id)
        .where(
            topics_visible_to(actor),
            Topic.is_shown,
            Topic.moved_to.is_(None),
            live(clock.now()),
        )
        .order_by(Topic.created_at.desc(), Topic.id.desc())
        .offset(skip)
        .limit(limit)
    )  # fmt: skip
    if group_id is not None:
        query = query.where(Topic.group_id == group_id)
    return [_read(list(row)) for row in await session.execute(query)]


def _read(values: list[Any]) -> FeedAsk:
    values[6] = tuple(values[6])
    return FeedAsk(*values)


def ask_entry(ask: FeedAsk, url: str) -> Entry:
    """One of them as an entry; `url` is where it stands."""
    return Entry(
        guid=ask.guid,
        url=url,
        title=ask.title,
        published=ask.created_at,
        updated=max(ask.created_at, ask.edited_at or ask.created_at),
        summary=shorten(plain_text(str(ask.body_html))),
        content_html=str(read_elsewhere(ask.body_html, url)),
        authors=(Person(ask.author_name),) if ask.author_name else (),
        labels=tuple(Label(tag) for tag in ask.tags),
    )
