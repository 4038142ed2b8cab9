"""`/promises/record/`: one's own numbers; and `/help/counting/`: the rules by which they are counted."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.core.answers import require
from app.core.i18n import _
from app.networking.common import counting
from app.networking.promises import figures
from app.networking.promises.actions import show_record
from app.networking.promises.policy import may_promise
from app.networking.promises.queries import record_of
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.forms import typed_fields
from app.web.promises.pages import CountingPage, RecordPage
from app.web.promises.words import said_done

router = APIRouter()

RECORD = "/promises/record/"
COUNTING = "/help/counting/"
# The very numbers that the program counts by.
NUMBERS = {
    "account_days": counting.OLD_ENOUGH.days,
    "per_pair": counting.MOST_PER_PAIR,
    "pair_days": counting.PAIR_WINDOW.days,
    "months": counting.LOOKS_BACK.days // 30,
    "kept": figures.FROM_KEPT,
    "people": figures.FROM_PEOPLE,
    "percent": round(figures.FROM_RATIO * 100),
    "withdrawn": figures.WITHDRAWN_FREE,
}


@router.api_route(RECORD, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me) -> Response:
    """For their owner alone."""
    require(may_promise(me))
    frame = await spoken_frame(request, db)
    record = await record_of(db, me.user_id or 0)
    page = RecordPage(
        frame=frame,
        head=head_of(frame, _("Your promises in numbers"), RECORD),
        kept=record.kept,
        people=record.people,
        lapsed=record.lapsed,
        unresolved=record.unresolved,
        withdrawn=record.withdrawn,
        counted_at=record.counted_at,
        is_shown=record.is_shown,
        follows_through=figures.follows_through(record),
        done=said_done(request.query_params.get("done", "")),
    )
    return unkept("promises/record.html", page)


@router.post(RECORD)
async def choose(request: Request, me: Me) -> Response:
    """Whether the profile says any of it."""
    typed = await typed_fields(request)
    require(may_promise(me))
    async with doors_of(request).unit_of_work() as db:
        await show_record(db, me, is_shown=bool(typed.get("show")))
    return never_kept(RedirectResponse(f"{RECORD}?done=record", 303))


@router.api_route(COUNTING, methods=["GET", "HEAD"])
async def rules(request: Request, db: Db) -> Response:
    """For everybody: what a figure on a profile means."""
    frame = await spoken_frame(request, db)
    page = CountingPage(frame, head_of(frame, _("How we count"), COUNTING), NUMBERS)
    return unkept("promises/counting.html", page)
