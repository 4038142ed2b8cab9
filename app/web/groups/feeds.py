"""Feeds of groups that everybody may read: what was begun, all replies, and one discussion."""

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import VISITOR
from app.core.errors import NotFound
from app.core.i18n import _
from app.discussions.topics.reading import get_topic
from app.feeds.topics import FeedTopic, Of, newest_in_group, newest_in_topic, topic_entry
from app.groups.models import Group
from app.groups.queries import get_group_to_read
from app.web.deps import Db, Frame
from app.web.feeds.answers import (
    AskedFeed,
    Contents,
    answer_feed,
    asked_feed,
    feed_at,
    moved_feed,
    spoken_frame,
)
from app.web.groups.addresses import GROUPS, group_url, topic_url
from app.web.groups.topics import named

router = APIRouter()


@feed_at(router, GROUPS + "{slug}/replies/")
async def replies(request: Request, db: Db, slug: str) -> Response:
    """All that is answered in a group. Raises NotFound for one that not everybody reads."""
    return await _of_group(request, db, slug, Of.REPLIES)


@feed_at(router, GROUPS + "{slug}/d/{name}/")
async def one_topic(request: Request, db: Db, slug: str, name: str) -> Response:
    """What is said in one discussion. Raises NotFound."""
    found = await get_topic(db, VISITOR, slug, named(name))
    topic, group = found.topic, found.here.group
    if not topic.is_shown:
        raise NotFound
    home = topic_url(group.slug, topic.id, topic.slug)
    asked = asked_feed(request, base=f"{GROUPS}{group.slug}/d/{_plain(topic.id, topic.slug)}/")
    if moved := moved_feed(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    size = frame.site.feed_items
    said = await newest_in_topic(db, found.thread.id, skip=(asked.page - 1) * size, limit=size + 1)
    return _answer(request, frame, asked, group, said, topic.guid, topic.title, home)


@feed_at(router, GROUPS + "{slug}/")
async def begun(request: Request, db: Db, slug: str) -> Response:
    """What is begun in a group. Raises NotFound for one that not everybody reads."""
    return await _of_group(request, db, slug, Of.TOPICS)


async def _of_group(request: Request, db: AsyncSession, slug: str, of: Of) -> Response:
    group = (await get_group_to_read(db, VISITOR, slug)).group
    asked = asked_feed(request)
    if moved := moved_feed(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    size = frame.site.feed_items
    skip = (asked.page - 1) * size
    said = await newest_in_group(db, group.id, of, skip=skip, limit=size + 1)
    title = group.name if of == Of.TOPICS else _("Replies in %(name)s") % {"name": group.name}
    key = f"{group.guid} {of}"
    return _answer(request, frame, asked, group, said, key, title, group_url(slug))


def _answer(
    request: Request,
    frame: Frame,
    asked: AskedFeed,
    group: Group,
    said: list[FeedTopic],
    key: str,
    title: str,
    home: str,
) -> Response:
    size = frame.site.feed_items
    contents = Contents(
        key=key,
        title=title,
        home=home,
        entries=tuple(topic_entry(one, frame.base_url) for one in said[:size]),
        has_more=len(said) > size,
        tags=frozenset({f"group:{group.id}"}),
    )
    return answer_feed(request, frame, asked, contents)


def _plain(topic_id: int, slug: str) -> str:
    return f"{topic_id}-{slug}" if slug else str(topic_id)
