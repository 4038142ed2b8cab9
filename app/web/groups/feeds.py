"""Feeds of groups that everybody may read: what was begun, all replies, and one discussion."""

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import VISITOR, Actor
from app.core.errors import NotFound
from app.core.i18n import _
from app.discussions.topics.reading import TopicHere, get_topic
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
from app.web.groups.addresses import GROUPS, group_url, topic_name, topic_url
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
    asked = asked_feed(request, base=f"{GROUPS}{group.slug}/d/{topic_name(topic.id, topic.slug)}/")
    if moved := moved_feed(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    contents = await topic_contents(db, frame, asked, VISITOR, found)
    return answer_feed(request, frame, asked, contents)


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
    return answer_feed(
        request, frame, asked, await group_contents(db, frame, asked, VISITOR, group, of)
    )


async def group_contents(
    db: AsyncSession, frame: Frame, asked: AskedFeed, actor: Actor, group: Group, of: Of
) -> Contents:
    """What `actor` reads of all that is begun or answered in a group."""
    size = frame.site.feed_items
    skip = (asked.page - 1) * size
    said = await newest_in_group(db, group.id, of, skip=skip, limit=size + 1, actor=actor)
    title = group.name if of == Of.TOPICS else _("Replies in %(name)s") % {"name": group.name}
    return _contents(frame, group, said, f"{group.guid} {of}", title, group_url(group.slug))


async def topic_contents(
    db: AsyncSession, frame: Frame, asked: AskedFeed, actor: Actor, found: TopicHere
) -> Contents:
    """What `actor` reads in one discussion, which was found."""
    size, topic, group = frame.site.feed_items, found.topic, found.here.group
    skip = (asked.page - 1) * size
    said = await newest_in_topic(db, found.thread.id, skip=skip, limit=size + 1, actor=actor)
    home = topic_url(group.slug, topic.id, topic.slug)
    return _contents(frame, group, said, topic.guid, topic.title, home)


def _contents(
    frame: Frame, group: Group, said: list[FeedTopic], key: str, title: str, home: str
) -> Contents:
    size = frame.site.feed_items
    return Contents(
        key=key,
        title=title,
        home=home,
        entries=tuple(topic_entry(one, frame.base_url) for one in said[:size]),
        has_more=len(said) > size,
        tags=frozenset({f"group:{group.id}"}),
    )
