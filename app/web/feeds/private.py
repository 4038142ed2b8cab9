"""`/f/TOKEN/…`: what one member reads in a feed reader, without signing in there.

Each link opens one thing, for as long as its owner may read it: the feeds of a group they are in,
where they were named, or what waits for them to decide.
"""

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.feed_tokens import (
    PrivateFeed,
    reader_of_feed,
    reader_of_group,
    reader_of_queue,
)
from app.core.errors import NotFound
from app.core.i18n import _
from app.discussions.topics.reading import get_topic
from app.feeds.queue import newest_waiting, waiting_entry
from app.feeds.topics import Of, newest_among, topic_entry
from app.groups.belonging import get_own_group
from app.groups.models import Group, TopicKind
from app.notifications.notices.queries import mentions_of
from app.web.asks.feeds import board_contents
from app.web.deps import Db, Frame
from app.web.feeds.answers import (
    AskedFeed,
    Contents,
    asked_feed,
    feed_at,
    moved_feed,
    spoken_frame,
)
from app.web.feeds.private_answers import PRIVATE, answer_privately
from app.web.groups.feeds import group_contents, topic_contents
from app.web.groups.topics import named
from app.web.moderating.addresses import QUEUE

router = APIRouter()

LINK = "/f/{token}/"
_NO_TAGS: frozenset[str] = frozenset()


@feed_at(router, LINK + f"{PrivateFeed.MENTIONS}/")
async def mentions(request: Request, db: Db, token: str) -> Response:
    """Where the link's owner was named in a group, as far as they may still read it. Raises NotFound."""
    me = await reader_of_feed(db, token, PrivateFeed.MENTIONS)
    asked = asked_feed(request)
    if moved := _moved(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    size, skip = _window(frame, asked)
    said = await newest_among(db, me, mentions_of(me), skip=skip, limit=size + 1)
    contents = Contents(
        key=f"mentions:{me.user_id}",
        title=_("Where you were mentioned"),
        home="/inbox/",
        entries=tuple(topic_entry(one, frame.base_url) for one in said[:size]),
        has_more=len(said) > size,
        tags=_NO_TAGS,
    )
    return answer_privately(request, frame, asked, contents)


@feed_at(router, LINK + f"{PrivateFeed.QUEUE}/")
async def queue(request: Request, db: Db, token: str) -> Response:
    """What waits for the link's owner to decide, while they have anything to decide. Raises NotFound."""
    me = await reader_of_queue(db, token)
    asked = asked_feed(request)
    if moved := _moved(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    size, skip = _window(frame, asked)
    waiting = await newest_waiting(db, me, skip=skip, limit=size + 1)
    console = frame.base_url + QUEUE
    contents = Contents(
        key=f"queue:{me.user_id}",
        title=_("What waits for a moderator"),
        home=QUEUE,
        entries=tuple(waiting_entry(case, console) for case in waiting[:size]),
        has_more=len(waiting) > size,
        tags=_NO_TAGS,
    )
    return answer_privately(request, frame, asked, contents)


@feed_at(router, LINK + "replies/")
async def replies(request: Request, db: Db, token: str) -> Response:
    """All that is answered in a group. Raises NotFound."""
    return await _of_group(request, db, token, Of.REPLIES)


@feed_at(router, LINK + "asks/")
async def asks(request: Request, db: Db, token: str) -> Response:
    """What is asked for in it. Raises NotFound."""
    return await _of_board(request, db, token, TopicKind.ASK)


@feed_at(router, LINK + "offers/")
async def offers(request: Request, db: Db, token: str) -> Response:
    """What is offered in it. Raises NotFound."""
    return await _of_board(request, db, token, TopicKind.OFFER)


@feed_at(router, LINK + "d/{name}/")
async def one_topic(request: Request, db: Db, token: str, name: str) -> Response:
    """What is said in one of its discussions. Raises NotFound."""
    me, group = await _opened(db, token)
    found = await get_topic(db, me, group.slug, named(name))
    if not found.topic.is_shown:
        raise NotFound
    asked = asked_feed(request, base=f"/f/{token}/d/{found.topic.id}/")
    if moved := _moved(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    contents = await topic_contents(db, frame, asked, me, found)
    return answer_privately(request, frame, asked, contents)


@feed_at(router, LINK)
async def begun(request: Request, db: Db, token: str) -> Response:
    """What is begun in a group. Raises NotFound."""
    return await _of_group(request, db, token, Of.TOPICS)


async def _of_group(request: Request, db: AsyncSession, token: str, of: Of) -> Response:
    me, group = await _opened(db, token)
    asked = asked_feed(request)
    if moved := _moved(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    contents = await group_contents(db, frame, asked, me, group, of)
    return answer_privately(request, frame, asked, contents)


async def _of_board(request: Request, db: AsyncSession, token: str, kind: TopicKind) -> Response:
    me, group = await _opened(db, token)
    if kind not in group.kinds:
        raise NotFound
    asked = asked_feed(request)
    if moved := _moved(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    contents = await board_contents(db, frame, asked, me, group, kind)
    return answer_privately(request, frame, asked, contents)


async def _opened(db: AsyncSession, token: str) -> tuple[Actor, Group]:
    """The group that a link opens to its owner, who is in it at this moment. Raises NotFound."""
    me, group_id = await reader_of_group(db, token)
    return me, await get_own_group(db, me, group_id)


def _moved(request: Request, asked: AskedFeed) -> Response | None:
    moved = moved_feed(request, asked)
    if moved is not None:
        moved.headers.update(PRIVATE)
    return moved


def _window(frame: Frame, asked: AskedFeed) -> tuple[int, int]:
    size = frame.site.feed_items
    return size, (asked.page - 1) * size
