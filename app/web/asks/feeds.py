"""The public feeds of boards: what is asked and offered in a public group, and asked in all of them."""

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import VISITOR, Actor
from app.core.i18n import _
from app.feeds.asks import FeedAsk, ask_entry, newest_asks
from app.groups.models import Group, TopicKind
from app.groups.queries import get_group_to_read
from app.networking.asks.boards import public_groups
from app.web.asks.addresses import ASKS, board_url
from app.web.asks.boards import KEPT_FOR, takes
from app.web.deps import Db, Frame
from app.web.door.page_cache import mark_cacheable
from app.web.feeds.answers import (
    AskedFeed,
    Contents,
    answer_feed,
    asked_feed,
    feed_at,
    moved_feed,
    spoken_frame,
)
from app.web.groups.addresses import GROUPS, topic_url

router = APIRouter()


@feed_at(router, ASKS)
async def everywhere_feed(request: Request, db: Db) -> Response:
    """What is asked for in all public groups."""
    asked = asked_feed(request)
    if moved := moved_feed(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    found = await _page(db, asked, frame, TopicKind.ASK, None)
    groups = {f"group:{number}" for number in await public_groups(db)}
    contents = _contents(
        frame, found, key="asks", title=_("Asks") + f" – {frame.site.title}", home=ASKS,
        tags=frozenset({"groups"} | groups),
    )  # fmt: skip
    mark_cacheable(request.scope, set(), max_age=KEPT_FOR)
    return answer_feed(request, frame, asked, contents)


@feed_at(router, GROUPS + "{slug}/asks/")
async def asks_feed(request: Request, db: Db, slug: str) -> Response:
    """What is asked for in a public group. Raises NotFound for others, whoever asks."""
    return await _of_group(request, db, slug, TopicKind.ASK)


@feed_at(router, GROUPS + "{slug}/offers/")
async def offers_feed(request: Request, db: Db, slug: str) -> Response:
    """What is offered in a public group. Raises NotFound for others, whoever asks."""
    return await _of_group(request, db, slug, TopicKind.OFFER)


async def _of_group(request: Request, db: AsyncSession, slug: str, kind: TopicKind) -> Response:
    here = await get_group_to_read(db, VISITOR, slug)
    takes(here, kind)
    asked, group = asked_feed(request), here.group
    if moved := moved_feed(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    contents = await board_contents(db, frame, asked, VISITOR, group, kind)
    mark_cacheable(request.scope, set(), max_age=KEPT_FOR)
    return answer_feed(request, frame, asked, contents)


async def board_contents(
    db: AsyncSession, frame: Frame, asked: AskedFeed, actor: Actor, group: Group, kind: TopicKind
) -> Contents:
    """What `actor` reads on a board of a group."""
    found = await _page(db, asked, frame, kind, group.id, actor)
    name = _("Asks") if kind == TopicKind.ASK else _("Offers")
    return _contents(
        frame, found, key=f"{group.guid}:{kind}s", title=f"{name} – {group.name}",
        home=board_url(group.slug, kind), tags=frozenset({f"group:{group.id}"}),
    )  # fmt: skip


async def _page(
    db: AsyncSession,
    asked: AskedFeed,
    frame: Frame,
    kind: TopicKind,
    group_id: int | None,
    actor: Actor = VISITOR,
) -> tuple[list[FeedAsk], bool]:
    size = frame.site.feed_items
    skip = (asked.page - 1) * size
    found = await newest_asks(db, kind, group_id=group_id, actor=actor, skip=skip, limit=size + 1)
    return found[:size], len(found) > size


def _contents(
    frame: Frame,
    found: tuple[list[FeedAsk], bool],
    *,
    key: str,
    title: str,
    home: str,
    tags: frozenset[str],
) -> Contents:
    asks, has_more = found
    base = frame.base_url
    return Contents(
        key=key,
        title=title,
        home=home,
        entries=tuple(
            ask_entry(one, base + topic_url(one.group_slug, one.id, one.slug)) for one in asks
        ),
        has_more=has_more,
        tags=tags,
    )
