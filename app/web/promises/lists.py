"""`/promises/`: I owe, owed to me, closed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from fastapi import APIRouter, Request
from sqlalchemy import ColumnElement, and_
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import NotFound
from app.core.i18n import _, marked
from app.core.text import number_in
from app.networking.promises.dates import today_in
from app.networking.promises.moves import Part as Side
from app.networking.promises.moves import State
from app.networking.promises.policy import may_promise
from app.networking.promises.queries import (
    A_PAGE,
    Found,
    over,
    owed_by,
    owed_to,
    promises_open_to,
    promises_where,
    under_way,
)
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Me
from app.web.promises.pages import OverviewPage, Part, Row
from app.web.promises.words import name_of, said_done, stands, tone_of

router = APIRouter()

PROMISES = "/promises/"
_Condition = Callable[[Actor, datetime], ColumnElement[bool]]


class ListName(StrEnum):
    """The three lists, as addresses name them."""

    OWED = "owed"
    OWING = "owing"
    CLOSED = "closed"


LISTS: Mapping[ListName, _Condition] = {
    ListName.OWED: lambda me, at: and_(owed_by(me), under_way(at)),
    ListName.OWING: lambda me, at: and_(owed_to(me), under_way(at)),
    ListName.CLOSED: lambda me, at: and_(promises_open_to(me), over(at)),
}
# In the order of the page: the title, and what stands there when nothing does.
_WORDS: Mapping[str, tuple[str, str]] = {
    ListName.OWED: (marked("I owe"), marked("You owe nobody anything.")),
    ListName.OWING: (marked("Owed to me"), marked("Nobody owes you anything.")),
    ListName.CLOSED: (
        marked("Closed"),
        marked("What was kept, and what came to nothing, stands here."),
    ),
}


@router.api_route("/promises", methods=["GET", "HEAD"])
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(PROMISES, 301)


@router.api_route(PROMISES, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me) -> Response:
    """All three lists; or one of them before a number, by `?list=closed&before=7`."""
    require(may_promise(me))
    frame = await spoken_frame(request, db)
    asked = request.query_params.get("list", "")
    before = number_in(request.query_params.get("before", ""))
    if asked and asked not in _WORDS:
        raise NotFound(_("There is no such list."))
    names = [ListName(asked)] if asked else list(ListName)
    page = OverviewPage(
        frame=frame,
        head=head_of(frame, _("Promises"), PROMISES),
        parts=[await _part(db, me, name, before if asked else None) for name in names],
        done=said_done(request.query_params.get("done", "")),
    )
    return unkept("promises/overview.html", page)


async def _part(db: AsyncSession, me: Actor, name: ListName, before: int | None) -> Part:
    (title, empty), at = _WORDS[name], clock.now()
    found = await promises_where(db, LISTS[name](me, at), before=before)
    shown = found[:A_PAGE]
    more = f"{PROMISES}?list={name}&before={shown[-1].promise.id}" if len(found) > A_PAGE else ""
    return Part(name, _(title), _(empty), [_row(one, me, at) for one in shown], more)


def _row(found: Found, me: Actor, at: datetime) -> Row:
    promise = found.promise
    side = promise.part_of(me.user_id) or Side.PROMISEE
    other = found.promisee if side == Side.PROMISER else found.promiser
    state = promise.state_at(at)
    return Row(
        url=f"{PROMISES}{promise.id}/",
        text=promise.text,
        stands=stands(state, side, name_of(other)),
        tone=tone_of(state),
        due_on=promise.due_on,
        is_late=state == State.OPEN and promise.due_on < today_in(promise.zone, at),
    )
