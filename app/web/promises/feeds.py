"""`/f/TOKEN/promises.ics` and `promises.atom`: one's promises for a calendar and a feed reader."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.feed_tokens import PrivateFeed, reader_of_feed
from app.core import clock
from app.core.i18n import _
from app.core.text import shorten
from app.feeds import atom, calendar
from app.feeds.model import Entry, Feed, Person
from app.networking.promises.moves import Part, State
from app.networking.promises.queries import Found, last_steps_of, promises_for_feed
from app.web.accounts.pages import spoken_frame
from app.web.deps import Db, Frame
from app.web.feeds.private_answers import conditionally
from app.web.promises.lists import PROMISES
from app.web.promises.words import name_of, stands

router = APIRouter()

_IN_CALENDARS = (State.OPEN, State.DONE)
_READ = ["GET", "HEAD"]
_Dated: TypeAlias = tuple[Found, datetime]


@router.api_route("/f/{token}/" + PrivateFeed.PROMISES_CALENDAR, methods=_READ)
async def in_calendars(request: Request, db: Db, token: str) -> Response:
    """Each promise that began, all day on its due date; what is over is cancelled there. Raises NotFound."""
    me = await reader_of_feed(db, token, PrivateFeed.PROMISES_CALENDAR)
    frame = await spoken_frame(request, db)
    found = await _found(db, me)
    events = [_event(*one, me, frame) for one in found if one[0].promise.accepted_at]
    content = calendar.write_calendar(_("Promises"), events)
    changed = max((event.stamp.timestamp() for event in events), default=None)
    return conditionally(request, content, calendar.MEDIA_TYPE, changed)


@router.api_route("/f/{token}/" + PrivateFeed.PROMISES, methods=_READ)
async def in_readers(request: Request, db: Db, token: str) -> Response:
    """The same in Atom, and what was offered and asked for. Raises NotFound."""
    me = await reader_of_feed(db, token, PrivateFeed.PROMISES)
    frame = await spoken_frame(request, db)
    entries = _entries(await _found(db, me), me, frame)
    home = f"{frame.base_url}{PROMISES}"
    feed = Feed(
        id=f"tag:{frame.site.guid_host},2026:promises/{me.user_id}",
        title=_("Promises"),
        home_url=home,
        self_url=f"{frame.base_url}{request.url.path}",
        updated=max((entry.updated for entry in entries), default=datetime(2026, 1, 1, tzinfo=UTC)),
        entries=tuple(entries),
        author=frame.site.title,
        language=frame.site.language,
    )
    changed = feed.updated.timestamp() if entries else None
    return conditionally(request, atom.write_atom(feed), atom.MEDIA_TYPE, changed)


async def _found(db: AsyncSession, me: Actor) -> Sequence[_Dated]:
    """Each with the moment it changed last: a day that was moved is a change like any other."""
    found = await promises_for_feed(db, me)
    last = await last_steps_of(db, [one.promise.id for one in found])
    return [(one, last.get(one.promise.id, one.promise.made_at)) for one in found]


def _event(found: Found, changed_at: datetime, me: Actor, frame: Frame) -> calendar.DayEvent:
    promise, says = found.promise, _says(found, me)
    return calendar.DayEvent(
        uid=f"promise-{promise.id}@{frame.site.guid_host}",
        day=promise.due_on,
        title=shorten(promise.text, words=20),
        text=f"{says}\n{promise.text}",
        url=f"{frame.base_url}{PROMISES}{promise.id}/",
        stamp=changed_at,
        sequence=promise.version,
        is_cancelled=promise.state_at(clock.now()) not in _IN_CALENDARS,
    )


def _entries(found: Sequence[_Dated], me: Actor, frame: Frame) -> list[Entry]:
    return [
        Entry(
            guid=f"tag:{frame.site.guid_host},2026:promise/{one.promise.id}",
            url=f"{frame.base_url}{PROMISES}{one.promise.id}/",
            title=shorten(one.promise.text, words=20),
            published=one.promise.made_at,
            updated=changed_at,
            summary=f"{one.promise.text}\n{_says(one, me)} ({one.promise.due_on})",
            authors=(Person(name_of(one.promiser)),),
        )
        for one, changed_at in found
    ]


def _says(found: Found, me: Actor) -> str:
    side = found.promise.part_of(me.user_id) or Part.PROMISEE
    other = found.promisee if side == Part.PROMISER else found.promiser
    return stands(found.promise.state_at(clock.now()), side, name_of(other))
