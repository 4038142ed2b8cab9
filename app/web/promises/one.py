"""`/promises/ID/`: one promise, and what each of its two sides may do about it."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.answers import require
from app.core.errors import AppError, NotFound
from app.core.text import number_in
from app.networking.promises.actions import Deed, act, show_in_public
from app.networking.promises.moves import Act
from app.networking.promises.policy import may_promise
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.error_pages import error_page
from app.web.errors import show_again
from app.web.forms import typed_fields, wrong_with
from app.web.notices.seeing import shown
from app.web.promises.lists import PROMISES
from app.web.promises.one_page import one_page
from app.web.promises.words import said_done

router = APIRouter()

_ONE = PROMISES + "{promise_id:int}/"
# Each act is a noun below the promise.
NOUNS: Mapping[str, Act] = {
    "acceptance": Act.ACCEPT,
    "refusal": Act.DECLINE,
    "recall": Act.TAKE_BACK,
    "date": Act.MOVE,
    "completion": Act.SAY_DONE,
    "confirmation": Act.CONFIRM,
    "contradiction": Act.NOT_YET,
    "release": Act.RELEASE,
    "withdrawal": Act.WITHDRAW,
}


@router.api_route(_ONE, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me, promise_id: int) -> Response:
    """For the two it is between. Raises NotFound for everybody else."""
    require(may_promise(me))
    frame = await spoken_frame(request, db)
    done = said_done(request.query_params.get("done", ""))
    page = await one_page(db, me, frame, promise_id, done=done)
    shown(request, me, [f"promise:{promise_id}"])
    return unkept("promises/one.html", page)


@router.post(_ONE + "showing")
async def tick(request: Request, me: Me, promise_id: int) -> Response:
    """Whether others may see it, as far as this side goes."""
    typed = await _typed(request)
    require(may_promise(me))
    async with doors_of(request).unit_of_work() as db:
        await show_in_public(db, me, promise_id, is_shown=bool(typed.get("show")))
    return _back(promise_id, "showing")


@router.post(_ONE + "{noun}")
async def do(request: Request, me: Me, promise_id: int, noun: str) -> Response:
    """One of the acts; where it is refused, the page as it stands now says why."""
    typed = await _typed(request)
    require(may_promise(me))
    if noun not in NOUNS:
        raise NotFound
    deed = Deed(
        act=NOUNS[noun],
        note=typed.get("note", ""),
        due=typed.get("due", ""),
        # Every form names the state that it was shown beside; who names none has seen none.
        version=number_in(typed.get("version", "")) or 0,
    )
    show_again(request, lambda error: _refused(request, me, promise_id, error, typed))
    async with doors_of(request).unit_of_work() as db:
        await spoken_frame(request, db)
        await act(db, me, promise_id, deed)
    return _back(promise_id, noun)


async def _refused(
    request: Request, me: Actor, promise_id: int, error: AppError, typed: Mapping[str, str]
) -> Response:
    if isinstance(error, NotFound):
        return await error_page(request, error)
    async with doors_of(request).reading() as db:
        frame = await spoken_frame(request, db)
        page = await one_page(
            db, me, frame, promise_id, typed=typed, errors=wrong_with(None, error)
        )
    return unkept("promises/one.html", page, error.status)


async def _typed(request: Request) -> Mapping[str, str]:
    # A button alone sends nothing.
    return await typed_fields(request) if "content-type" in request.headers else {}


def _back(promise_id: int, done: str) -> Response:
    return never_kept(RedirectResponse(f"{PROMISES}{promise_id}/?done={done}", 303))
