"""`/intros/ID/`: one introduction as each of the three sees it, and what they may do about it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.answers import require
from app.core.errors import AppError, Invalid, NotFound
from app.core.i18n import _
from app.core.text import clean_text
from app.networking.introductions.answering import (
    accept,
    decline,
    forward_by_hand,
    pass_on,
    say_whether_we_talked,
    withdraw,
)
from app.networking.introductions.models import LONGEST_NOTE, Introduction
from app.networking.introductions.policy import may_be_introduced
from app.networking.introductions.queries import get_introduction
from app.networking.introductions.thanking import thank_connector
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.error_pages import error_page
from app.web.errors import show_again
from app.web.forms import typed_fields
from app.web.introductions.done import said_done
from app.web.introductions.lists import INTROS
from app.web.introductions.one_page import one_page
from app.web.notices.seeing import shown
from app.web.refusals import errors_of

router = APIRouter()

_ONE = INTROS + "{introduction_id:int}/"
Act = Callable[[AsyncSession, Mapping[str, str]], Awaitable[object]]


@router.api_route(_ONE, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me, introduction_id: int) -> Response:
    """Whatever the reader may know of it. Raises NotFound for everybody else."""
    require(may_be_introduced(me))
    frame = await spoken_frame(request, db)
    found = await get_introduction(db, me, introduction_id)
    page = await one_page(db, me, frame, found)
    shown(request, me, [f"introduction:{introduction_id}"])
    done = said_done(request.query_params.get("done", ""))
    return unkept("intros/one.html", replace(page, done=done))


@router.post(_ONE + "passing-on")
async def put_before_target(request: Request, me: Me, introduction_id: int) -> Response:
    """The connector passes it on, with a note."""

    async def act(db: AsyncSession, typed: Mapping[str, str]) -> Introduction:
        return await pass_on(db, me, introduction_id, _text(typed, "note", LONGEST_NOTE))

    return await _done(request, me, introduction_id, act, "passed-on")


@router.post(_ONE + "forwarding")
async def passed_on_by_hand(request: Request, me: Me, introduction_id: int) -> Response:
    """The connector has sent the text to somebody who has no account."""

    async def act(db: AsyncSession, _typed: Mapping[str, str]) -> Introduction:
        return await forward_by_hand(db, me, introduction_id)

    return await _done(request, me, introduction_id, act, "forwarded")


@router.post(_ONE + "acceptance")
async def say_yes(request: Request, me: Me, introduction_id: int) -> Response:
    """A yes."""

    async def act(db: AsyncSession, _typed: Mapping[str, str]) -> Introduction:
        return await accept(db, me, introduction_id)

    return await _done(request, me, introduction_id, act, "accepted")


@router.post(_ONE + "refusal")
async def say_no(request: Request, me: Me, introduction_id: int) -> Response:
    """A no, maybe with a word to the connector."""

    async def act(db: AsyncSession, typed: Mapping[str, str]) -> Introduction:
        return await decline(db, me, introduction_id, _text(typed, "word", LONGEST_NOTE))

    return await _done(request, me, introduction_id, act, "declined")


@router.post(_ONE + "withdrawal")
async def take_back(request: Request, me: Me, introduction_id: int) -> Response:
    """Who began it takes it back."""

    async def act(db: AsyncSession, _typed: Mapping[str, str]) -> Introduction:
        return await withdraw(db, me, introduction_id)

    return await _done(request, me, introduction_id, act, "withdrawn")


@router.post(_ONE + "talk")
async def tell_of_talk(request: Request, me: Me, introduction_id: int) -> Response:
    """Whether the two talked, by one of them."""

    async def act(db: AsyncSession, typed: Mapping[str, str]) -> Introduction:
        if typed.get("talked") not in ("yes", "no"):
            raise Invalid(_("Say yes or no."))
        talked = typed["talked"] == "yes"
        return await say_whether_we_talked(db, me, introduction_id, talked=talked)

    return await _done(request, me, introduction_id, act, "talked")


@router.post(_ONE + "thanks")
async def say_thanks(request: Request, me: Me, introduction_id: int) -> Response:
    """Thanks to the connector, from somebody who says that they talked."""

    async def act(db: AsyncSession, typed: Mapping[str, str]) -> object:
        is_public, note = bool(typed.get("public")), typed.get("thanks", "")
        return await thank_connector(db, me, introduction_id, note=note, is_public=is_public)

    return await _done(request, me, introduction_id, act, "thanked")


async def _done(request: Request, me: Actor, introduction_id: int, act: Act, done: str) -> Response:
    """Do it, and go back to the page; where it is refused, the page as it stands now says why."""
    # A button alone sends nothing.
    typed = await typed_fields(request) if "content-type" in request.headers else {}
    require(may_be_introduced(me))
    words = next((typed[name] for name in ("note", "word", "thanks") if name in typed), "")
    show_again(request, lambda error: _refused(request, me, introduction_id, error, words))
    async with doors_of(request).unit_of_work() as db:
        await spoken_frame(request, db)
        await act(db, typed)
    return never_kept(RedirectResponse(f"{INTROS}{introduction_id}/?done={done}", 303))


async def _refused(
    request: Request, me: Actor, introduction_id: int, error: AppError, typed: str
) -> Response:
    if isinstance(error, NotFound):
        return await error_page(request, error)
    async with doors_of(request).reading() as db:
        frame = await spoken_frame(request, db)
        found = await get_introduction(db, me, introduction_id)
        page = await one_page(db, me, frame, found)
    page = replace(page, trouble=errors_of(error)[0].says, typed=clean_text(typed))
    return unkept("intros/one.html", page, error.status)


def _text(typed: Mapping[str, str], field: str, longest: int) -> str:
    text = clean_text(typed.get(field, "")).replace("\r\n", "\n").strip()
    if len(text) > longest:
        raise Invalid(_("At most %(number)s characters, please.") % {"number": longest})
    return text
