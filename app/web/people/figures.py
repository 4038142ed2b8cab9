"""`/account/figures/`: one's own numbers, and which others see; `/help/counting/`: how all of them are counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.policy import may_have_account_page
from app.accounts.queries import get_user
from app.core.answers import require
from app.core.i18n import _
from app.networking.common import counting
from app.networking.figures.actions import choose_figures
from app.networking.figures.models import SHOWN_FROM, Figure, MemberFigures
from app.networking.figures.queries import own_figures
from app.networking.promises import figures as promises
from app.networking.promises.figures import PromiseNumbers
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.accounts.words import said_done
from app.web.deps import Db, Frame, Me, doors_of
from app.web.forms import typed_fields
from app.web.head import Head
from app.web.people.pages import profile_path
from app.web.people.words import figure_name, what_becomes_of

router = APIRouter()

FIGURES = "/account/figures/"
COUNTING = "/help/counting/"
_READ = ["GET", "HEAD"]
# The very numbers that the program counts by.
NUMBERS = {
    "account_days": counting.OLD_ENOUGH.days,
    "per_pair": counting.MOST_PER_PAIR,
    "pair_days": counting.PAIR_WINDOW.days,
    "months": counting.LOOKS_BACK.days // 30,
    "kept": promises.MARK_FROM_KEPT,
    "people": promises.MARK_FROM_PEOPLE,
    "percent": round(promises.MARK_FROM_RATIO * 100),
    "withdrawn": promises.WITHDRAWN_FREE,
    **{f"{figure}_from": number for figure, number in SHOWN_FROM.items()},
}


@dataclass(frozen=True)
class FigureRow:
    """A figure for its owner: how large it is, and what becomes of it."""

    name: str
    label: str
    number: int
    is_on: bool
    says: str


@dataclass(frozen=True)
class FiguresPage:
    """One's own figures; `promises` is what stands behind the mark."""

    frame: Frame
    head: Head
    profile_url: str
    rows: Sequence[FigureRow]
    promises: PromiseNumbers
    done: str = ""


@dataclass(frozen=True)
class CountingPage:
    """The rules, with the numbers that the program goes by."""

    frame: Frame
    head: Head
    numbers: Mapping[str, int]


@router.api_route(FIGURES.rstrip("/"), methods=_READ)
@router.api_route("/promises/record/", methods=_READ)
async def elsewhere() -> Response:
    """The canonical address has a slash at its end; and once there were promises alone, at another."""
    return RedirectResponse(FIGURES, 301)


@router.api_route(FIGURES, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """For their owner alone."""
    require(may_have_account_page(me))
    frame = await spoken_frame(request, db)
    user = await get_user(db, me.user_id or 0)
    figures = await own_figures(db, user.id)
    page = FiguresPage(
        frame=frame,
        head=head_of(frame, _("Your figures"), FIGURES),
        profile_url=profile_path(user.slug),
        rows=[_row(figures, figure) for figure in Figure],
        promises=figures.counted.promises,
        done=said_done(request.query_params.get("done", "")),
    )
    return unkept("people/figures.html", page)


@router.post(FIGURES)
async def choose(request: Request, me: Me) -> Response:
    """Which of them one's page shows. A box that is not there is a box that is not ticked."""
    typed = await typed_fields(request)
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        await choose_figures(db, me, [figure for figure in Figure if typed.get(figure)])
    return never_kept(RedirectResponse(f"{FIGURES}?done=figures", 303))


@router.api_route(COUNTING, methods=_READ)
async def rules(request: Request, db: Db) -> Response:
    """For everybody: what a figure on a profile means."""
    frame = await spoken_frame(request, db)
    page = CountingPage(frame, head_of(frame, _("How we count"), COUNTING), NUMBERS)
    return unkept("people/counting.html", page)


def _row(figures: MemberFigures, figure: Figure) -> FigureRow:
    return FigureRow(
        name=figure,
        label=figure_name(figure),
        number=figures.numbers[figure],
        is_on=figure in figures.switched_on,
        says=what_becomes_of(figures, figure),
    )
