"""`/promises/new/`: offering a promise, or asking for one, about a comment, an introduction or nothing here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import AppError, NotFound
from app.core.i18n import _
from app.core.text import number_in
from app.networking.promises.dates import LATEST, SOONEST, today_in
from app.networking.promises.making import Wanted, make, zone_of
from app.networking.promises.models import LONGEST_TEXT
from app.networking.promises.policy import may_promise
from app.networking.promises.sources import (
    Source,
    source_of_comment,
    source_of_introduction,
    source_of_nothing,
)
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.error_pages import error_page
from app.web.errors import show_again
from app.web.forms import FieldError, typed_fields, wrong_with
from app.web.promises.lists import PROMISES
from app.web.promises.pages import MakingPage

router = APIRouter()

NEW = f"{PROMISES}new/"
_FIELDS = ("comment", "introduction", "to", "ask", "text", "due")


@dataclass(frozen=True)
class _Between:
    """Whom it is between, and which of the two promises."""

    source: Source
    is_asked: bool


@router.api_route(NEW, methods=["GET", "HEAD"])
async def form(request: Request, db: Db, me: Me) -> Response:
    """About a comment (`?comment=7`) or an introduction, or with somebody (`?to=handle`); with `ask=1` asked for."""
    require(may_promise(me))
    return await _page(request, db, me, request.query_params)


@router.post(PROMISES)
async def send(request: Request, me: Me) -> Response:
    """Offer it, or ask for it."""
    typed = await typed_fields(request)
    require(may_promise(me))
    show_again(request, lambda error: _refused(request, me, typed, error))
    async with doors_of(request).unit_of_work() as db:
        await spoken_frame(request, db)
        between = await _between(db, me, typed)
        wanted = Wanted(
            other_id=between.source.other_id,
            by_promiser=not between.is_asked,
            text=typed.get("text", ""),
            due=typed.get("due", ""),
            source_kind=between.source.kind,
            source_id=between.source.id,
        )
        promise = await make(db, me, wanted)
    done = "requested" if between.is_asked else "offered"
    return never_kept(RedirectResponse(f"{PROMISES}{promise.id}/?done={done}", 303))


async def _between(db: AsyncSession, me: Actor, typed: Mapping[str, str]) -> _Between:
    """Who is on the other side. Of one's own comment one promises oneself: "Hold me to it"."""
    if typed.get("comment"):
        source = await source_of_comment(db, me, number_in(typed["comment"]) or 0)
    elif typed.get("introduction"):
        source = await source_of_introduction(db, me, number_in(typed["introduction"]) or 0)
    else:
        source = await source_of_nothing(db, typed.get("to", ""))
    return _Between(source, bool(typed.get("ask")) and not source.is_mine)


async def _refused(
    request: Request, me: Actor, typed: Mapping[str, str], error: AppError
) -> Response:
    if isinstance(error, NotFound):
        return await error_page(request, error)
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, typed, wrong_with(None, error), error.status)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    typed: Mapping[str, str],
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    frame = await spoken_frame(request, db)
    between = await _between(db, me, typed)
    name, promiser = between.source.other_name, me.user_id or 0
    if between.is_asked:
        promiser = between.source.other_id
        title = _("Ask %(name)s for a promise") % {"name": name}
        says = _("It begins when %(name)s agrees. Silence is no promise.") % {"name": name}
    else:
        title = _("Promise %(name)s something") % {"name": name}
        says = _("It begins when %(name)s accepts. You two alone see it.") % {"name": name}
    zone = await zone_of(db, promiser)
    today = today_in(zone, clock.now())
    page = MakingPage(
        frame=frame,
        head=head_of(frame, title, NEW),
        title=title,
        says=says,
        typed={field: typed.get(field, "") for field in _FIELDS},
        first_day=today + SOONEST,
        last_day=today + LATEST,
        zone=zone,
        longest=LONGEST_TEXT,
        errors=errors,
    )
    return unkept("promises/making.html", page, status)
