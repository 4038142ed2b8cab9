"""`/intros/known/`: whom one knows, who asks, and who may be told of it; shown to nobody else."""

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from app.accounts.models import User
from app.core.answers import require
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.text import number_in
from app.networking.connections.actions import (
    allow_paths,
    answer_yes,
    remove_connection,
    say_we_know_each_other,
)
from app.networking.connections.policy import may_know_people
from app.networking.connections.queries import A_PAGE, known_by, wanting_an_answer
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.forms import typed_fields
from app.web.introductions.done import said_done
from app.web.introductions.pages import KnownPage
from app.web.notices.seeing import shown

router = APIRouter()

KNOWN = "/intros/known/"
_ONE = KNOWN + "{connection_id:int}/"


@router.api_route(KNOWN, methods=["GET", "HEAD"])
async def known(request: Request, db: Db, me: Me) -> Response:
    """The reader's own people."""
    require(may_know_people(me))
    frame = await spoken_frame(request, db)
    after = (
        request.query_params.get("after", ""),
        number_in(request.query_params.get("id", "")) or 0,
    )
    found = await known_by(db, me, after=after, most=A_PAGE + 1)
    last = found[A_PAGE - 1] if len(found) > A_PAGE else None
    page = KnownPage(
        frame=frame,
        head=head_of(frame, _("People I know"), KNOWN),
        knocking=await wanting_an_answer(db, me),
        known=found[:A_PAGE],
        older=str(request.url.include_query_params(after=last.name, id=last.user_id).query)
        if last
        else "",
        done=said_done(request.query_params.get("done", "")),
    )
    shown(request, me, [f"connection:{one.connection_id}" for one in page.knocking])
    return unkept("intros/known.html", page)


@router.post("/people/{handle}/connection/")
async def know(request: Request, me: Me, handle: str) -> Response:
    """“We know each other”, said on somebody's profile."""
    require(may_know_people(me))
    async with doors_of(request).unit_of_work() as db:
        await spoken_frame(request, db)
        other_id = await db.scalar(select(User.id).where(User.slug == handle))
        if other_id is None:
            raise NotFound(_("There is nobody like that here."))
        await say_we_know_each_other(db, me, other_id)
    return never_kept(RedirectResponse(f"{KNOWN}?done=known", 303))


@router.post(_ONE + "confirmation")
async def confirm(request: Request, me: Me, connection_id: int) -> Response:
    """Yes, we do."""
    async with doors_of(request).unit_of_work() as db:
        require(may_know_people(me))
        await answer_yes(db, me, connection_id)
    return never_kept(RedirectResponse(f"{KNOWN}?done=known", 303))


@router.post(_ONE + "removal")
async def remove(request: Request, me: Me, connection_id: int) -> Response:
    """No, or not any more."""
    async with doors_of(request).unit_of_work() as db:
        require(may_know_people(me))
        await remove_connection(db, me, connection_id)
    return never_kept(RedirectResponse(f"{KNOWN}?done=removed", 303))


@router.post(_ONE + "paths")
async def choose_paths(request: Request, me: Me, connection_id: int) -> Response:
    """Whether those who look for a way may be told."""
    typed = await typed_fields(request)
    async with doors_of(request).unit_of_work() as db:
        require(may_know_people(me))
        await allow_paths(db, me, connection_id, allowed=bool(typed.get("allowed")))
    return never_kept(RedirectResponse(f"{KNOWN}?done=paths", 303))
