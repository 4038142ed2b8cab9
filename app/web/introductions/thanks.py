"""`/intros/thanks/`: the notes one was sent, and who else may read them."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.core.answers import require
from app.core.i18n import _
from app.core.text import number_in
from app.networking.introductions.policy import may_be_introduced
from app.networking.thanks.actions import agree, take_back
from app.networking.thanks.queries import A_PAGE, thanks_received
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.forms import typed_fields
from app.web.introductions.done import said_done
from app.web.introductions.pages import ThanksPage
from app.web.notices.seeing import shown

router = APIRouter()

THANKS = "/intros/thanks/"
_ONE = THANKS + "{thanks_id:int}/"


@router.api_route(THANKS, methods=["GET", "HEAD"])
async def received(request: Request, db: Db, me: Me) -> Response:
    """What the reader was sent, the newest first."""
    require(may_be_introduced(me))
    frame = await spoken_frame(request, db)
    before = number_in(request.query_params.get("before", ""))
    notes = await thanks_received(db, me, before=before)
    page = ThanksPage(
        frame=frame,
        head=head_of(frame, _("Thanks"), THANKS),
        notes=notes[:A_PAGE],
        older=f"{THANKS}?before={notes[A_PAGE - 1].id}" if len(notes) > A_PAGE else "",
        done=said_done(request.query_params.get("done", "")),
    )
    shown(request, me, [f"thanks:{note.id}" for note in page.notes])
    return unkept("intros/thanks.html", page)


@router.post(_ONE + "showing")
async def choose(request: Request, me: Me, thanks_id: int) -> Response:
    """Let others read one, or not any more."""
    typed = await typed_fields(request)
    async with doors_of(request).unit_of_work() as db:
        await spoken_frame(request, db)
        await agree(db, me, thanks_id, shown=bool(typed.get("shown")))
    return never_kept(RedirectResponse(f"{THANKS}?done=choices", 303))


@router.post(_ONE + "withdrawal")
async def withdraw(request: Request, me: Me, thanks_id: int) -> Response:
    """Take back one that the actor has sent."""
    async with doors_of(request).unit_of_work() as db:
        await take_back(db, me, thanks_id)
    return never_kept(RedirectResponse("/intros/?done=unthanked", 303))
