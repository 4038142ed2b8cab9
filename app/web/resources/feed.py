"""The feed of the library, in three formats."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.core.i18n import _
from app.feeds.resources import newest_resources
from app.web.deps import Db
from app.web.feeds.answers import (
    Contents,
    answer_feed,
    asked_feed,
    feed_at,
    moved_feed,
    spoken_frame,
)
from app.web.resources.pages import LIBRARY

router = APIRouter()


@feed_at(router, LIBRARY)
async def resources_feed(request: Request, db: Db) -> Response:
    """What came into the library, the newest first; a new version lets an entry be newer, not another."""
    asked = asked_feed(request)
    if moved := moved_feed(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    size = frame.site.feed_items
    skip = (asked.page - 1) * size
    found = await newest_resources(db, frame.base_url, skip=skip, limit=size + 1)
    contents = Contents(
        key=asked.home,
        title=_("Resources of %(site)s") % {"site": frame.site.title},
        home=asked.home,
        entries=tuple(found[:size]),
        has_more=len(found) > size,
        tags=frozenset({"resources"}),
    )
    return answer_feed(request, frame, asked, contents)
