"""`/f/TOKEN/introductions/feed/`: the introductions that want an answer of one's own, for a feed reader.

Each says who and how it stands, and leads to its page: what people wrote about themselves is read there.
"""

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.feed_tokens import PrivateFeed, reader_of_feed
from app.core import clock
from app.core.i18n import _
from app.feeds.model import Entry
from app.networking.introductions.moves import MET, Part
from app.networking.introductions.queries import Found, introductions_where, wanting_an_answer_of
from app.web.deps import Db, Frame
from app.web.feeds.answers import Contents, asked_feed, feed_at, moved_feed, spoken_frame
from app.web.feeds.private_answers import PRIVATE, answer_privately
from app.web.introductions.lists import INTROS
from app.web.introductions.words import names_in, stands, title_of

router = APIRouter()

# More than anybody has waiting: a connector has five at most.
_MOST = 200


@feed_at(router, "/f/{token}/" + f"{PrivateFeed.INTRODUCTIONS}/")
async def wanting_my_answer(request: Request, db: Db, token: str) -> Response:
    """Where the next step is the link's owner's, the newest first. Raises NotFound."""
    me = await reader_of_feed(db, token, PrivateFeed.INTRODUCTIONS)
    asked = asked_feed(request)
    if moved := moved_feed(request, asked):
        moved.headers.update(PRIVATE)
        return moved
    frame = await spoken_frame(request, db)
    found = await introductions_where(db, wanting_an_answer_of(me, clock.now()), most=_MOST)
    size, skip = frame.site.feed_items, (asked.page - 1) * frame.site.feed_items
    contents = Contents(
        key=f"introductions:{me.user_id}",
        title=_("Introductions that need your answer"),
        home=INTROS,
        entries=tuple(_entry(one, me, frame) for one in found[skip : skip + size]),
        has_more=len(found) > skip + size,
        tags=frozenset(),
    )
    return answer_privately(request, frame, asked, contents)


def _entry(found: Found, me: Actor, frame: Frame) -> Entry:
    introduction, names = found.introduction, names_in(found)
    part = introduction.part_of(me.user_id) or Part.REQUESTER
    state, asked_at = introduction.seen_at(clock.now(), part), _asked_at(found, part)
    is_question = state in MET
    guid = f"tag:{frame.site.guid_host},2026:introduction/{introduction.id}"
    return Entry(
        # Whether they talked is asked a month later: one entry more.
        guid=f"{guid}#talk" if is_question else guid,
        url=f"{frame.base_url}{INTROS}{introduction.id}/",
        title=title_of(introduction, part, names),
        published=asked_at,
        updated=asked_at,
        summary=_("Did you talk?") if is_question else stands(state, part, names),
    )


def _asked_at(found: Found, part: Part) -> datetime:
    """When their answer was first wanted."""
    introduction = found.introduction
    if introduction.asked_whether_at is not None:
        return introduction.asked_whether_at
    passed_on_at = introduction.passed_on_at if part == Part.TARGET else None
    return passed_on_at or introduction.asked_at
