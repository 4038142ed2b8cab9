"""`/intros/choices/`: how many introductions a month, and to whom never."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.answers import require
from app.core.errors import AppError, NotFound
from app.core.i18n import _
from app.core.text import number_in
from app.networking.introductions.choosing import choose, introduce_again, never_introduce
from app.networking.introductions.models import MOST_A_MONTH
from app.networking.introductions.policy import may_be_introduced
from app.networking.introductions.queries import choices_of, never_introduced_to
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.errors import show_again
from app.web.forms import FieldError, typed_fields
from app.web.introductions.done import said_done
from app.web.introductions.pages import ChoicesPage
from app.web.refusals import errors_of

router = APIRouter()

CHOICES = "/intros/choices/"


@router.api_route(CHOICES, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me) -> Response:
    """The reader's own choices."""
    require(may_be_introduced(me))
    return await _page(request, db, me, done=said_done(request.query_params.get("done", "")))


@router.post(CHOICES)
async def save(request: Request, me: Me) -> Response:
    """Choose otherwise."""
    typed = await typed_fields(request)
    require(may_be_introduced(me))
    show_again(request, lambda error: _refused(request, me, error))
    a_month = number_in(typed.get("a_month", ""))
    async with doors_of(request).unit_of_work() as db:
        await spoken_frame(request, db)
        await choose(db, me, a_month=-1 if a_month is None else a_month)
    return never_kept(RedirectResponse(f"{CHOICES}?done=choices", 303))


@router.post(CHOICES + "never/")
async def never(request: Request, me: Me) -> Response:
    """Never to be introduced to somebody."""
    typed = await typed_fields(request)
    require(may_be_introduced(me))
    async with doors_of(request).unit_of_work() as db:
        await spoken_frame(request, db)
        await never_introduce(db, me, await _person(db, typed.get("handle", "")))
    return never_kept(RedirectResponse(f"{CHOICES}?done=never", 303))


@router.post(CHOICES + "never/{user_id:int}/removal")
async def again(request: Request, me: Me, user_id: int) -> Response:
    """To take that back."""
    async with doors_of(request).unit_of_work() as db:
        require(may_be_introduced(me))
        await introduce_again(db, me, user_id)
    return never_kept(RedirectResponse(f"{CHOICES}?done=again", 303))


async def _person(db: AsyncSession, handle: str) -> int:
    found: int | None = await db.scalar(select(User.id).where(User.slug == handle))
    if found is None:
        raise NotFound(_("There is nobody like that here."))
    return found


async def _refused(request: Request, me: Actor, error: AppError) -> Response:
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, errors=errors_of(error), status=error.status)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    *,
    errors: Sequence[FieldError] = (),
    done: str = "",
    status: int = 200,
) -> Response:
    frame = await spoken_frame(request, db)
    chosen = await choices_of(db, me.user_id or 0)
    page = ChoicesPage(
        frame=frame,
        head=head_of(frame, _("My choices about introductions"), CHOICES),
        a_month=chosen.a_month,
        most=MOST_A_MONTH,
        never=await never_introduced_to(db, me),
        errors=tuple(errors),
        done=done,
    )
    return unkept("intros/choices.html", page, status)
