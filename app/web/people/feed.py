"""`/people/handle/feed/`: what a member said in public, where they show that to everybody."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.actor import VISITOR
from app.core.errors import NotFound
from app.core.i18n import _
from app.feeds.activity import newest_by_member
from app.groups.profiles.queries import get_profile
from app.networking.asks.boards import public_groups
from app.web.deps import Db, Me
from app.web.feeds.answers import (
    Contents,
    answer_feed,
    asked_feed,
    feed_at,
    moved_feed,
    spoken_frame,
)
from app.web.pages.posts import show as show_post
from app.web.people.pages import PEOPLE, profile_path

router = APIRouter()


@feed_at(router, PEOPLE + "{handle}/")
async def activity(request: Request, db: Db, me: Me, handle: str) -> Response:
    """Their words, the last approved first. Raises NotFound, also where they show them to fewer.

    A page that was imported to this address has its comments' feed here, where it is nobody's.
    """
    try:
        shown = await get_profile(db, VISITOR, handle)
    except NotFound:
        return await show_post(request, request.scope["path"], db, me)
    if not shown.shows_activity:
        raise NotFound
    asked = asked_feed(request)
    if moved := moved_feed(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    size = frame.site.feed_items
    skip = (asked.page - 1) * size
    found = await newest_by_member(db, shown.user_id, frame.base_url, skip=skip, limit=size + 1)
    groups = {f"group:{number}" for number in await public_groups(db)}
    contents = Contents(
        key=f"member:{shown.user_id}",
        title=_("%(name)s on %(site)s") % {"name": shown.name, "site": frame.site.title},
        home=profile_path(shown.handle),
        entries=tuple(found[:size]),
        has_more=len(found) > size,
        # Wherever they may say something next, and whoever they let read it.
        tags=frozenset({"people", f"user:{shown.user_id}", "comments", "posts", "groups", *groups}),
    )
    return answer_feed(request, frame, asked, contents)
