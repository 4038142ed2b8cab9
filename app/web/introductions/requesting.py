"""`/intros/new`: asking for an introduction, with a look at what each side will read."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.accounts.queries import HAS_ACCOUNT
from app.core.answers import require
from app.core.errors import AppError, Invalid, NotFound
from app.core.i18n import _
from app.core.text import clean_text, number_in, one_line
from app.networking.connections.queries import known_by, ways_to
from app.networking.introductions.asking import Request as Wanted
from app.networking.introductions.asking import ask
from app.networking.introductions.models import (
    LONGEST_ABOUT,
    LONGEST_ASK,
    LONGEST_GIVE,
    LONGEST_NAME,
    LONGEST_WHY,
)
from app.networking.introductions.policy import may_be_introduced
from app.networking.introductions.queries import Person
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.error_pages import error_page
from app.web.errors import show_again
from app.web.forms import FieldError, Form, read_form
from app.web.introductions.letters import badge_of, words_of
from app.web.introductions.lists import INTROS
from app.web.introductions.pages import Letter, RequestPage
from app.web.refusals import errors_of

router = APIRouter()

NEW = "/intros/new"
# As many people as stand in the choice.
MOST_KNOWN = 500
LIMITS = {
    "about_me": LONGEST_ABOUT, "why": LONGEST_WHY, "what_i_ask": LONGEST_ASK,
    "what_i_give": LONGEST_GIVE, "name": LONGEST_NAME,
}  # fmt: skip


def clean_words(value: object) -> object:
    """A text as it is kept: NFC, no control characters, no blank ends."""
    return clean_text(value).replace("\r\n", "\n").strip() if isinstance(value, str) else value


def clean_line(value: object) -> object:
    """A name as it is kept."""
    return one_line(value) if isinstance(value, str) else value


def number(value: object) -> object:
    """The number of somebody who was chosen; 0 for nobody."""
    return number_in(value) or 0 if isinstance(value, str) else 0


class RequestForm(BaseModel):
    """Whom, through whom, and the requester's own words."""

    model_config = ConfigDict(extra="ignore")

    to: Annotated[str, Field(max_length=200), BeforeValidator(clean_line)] = ""
    name: Annotated[str, Field(max_length=LONGEST_NAME), BeforeValidator(clean_line)] = ""
    connector: Annotated[int, BeforeValidator(number)] = 0
    about_me: Annotated[
        str, Field(min_length=1, max_length=LONGEST_ABOUT), BeforeValidator(clean_words)
    ]
    why: Annotated[str, Field(min_length=1, max_length=LONGEST_WHY), BeforeValidator(clean_words)]
    what_i_ask: Annotated[
        str, Field(min_length=1, max_length=LONGEST_ASK), BeforeValidator(clean_words)
    ]
    what_i_give: Annotated[str, Field(max_length=LONGEST_GIVE), BeforeValidator(clean_words)] = ""
    preview: str = ""


@router.api_route(NEW, methods=["GET", "HEAD"])
async def form(request: Request, db: Db, me: Me) -> Response:
    """The form, about a member (`?to=handle`) or about somebody without an account."""
    require(may_be_introduced(me))
    handle = request.query_params.get("to", "")
    target = await _visible(db, me, handle) if handle else None
    if handle and (target is None or target.id == me.user_id):
        raise NotFound(_("There is nobody like that here."))
    return await _page(request, db, me, {"to": handle}, target)


@router.post(INTROS)
async def send(request: Request, me: Me) -> Response:
    """Send it, or look at it first."""
    sent = await read_form(request, RequestForm)
    require(may_be_introduced(me))
    show_again(request, lambda error: _refused(request, me, sent.typed, error))
    if sent.value is None or sent.value.preview:
        return await _shown(request, me, sent)
    async with doors_of(request).unit_of_work() as db:
        await spoken_frame(request, db)
        await ask(db, me, await _wanted(db, sent.value))
    return never_kept(RedirectResponse(f"{INTROS}?done=asked", 303))


async def _wanted(db: AsyncSession, form: RequestForm) -> Wanted:
    """What was asked. A blocker is found as anybody is: to them it looks delivered, and goes nowhere."""
    target = await _anybody(db, form.to) if form.to else None
    if form.to and target is None:
        raise NotFound(_("There is nobody like that here."))
    if target is None and not form.name:
        says = _("Say whom you would like to meet.")
        raise Invalid(says, fields={"name": says})
    return Wanted(
        connector_id=form.connector,
        target_id=target.id if target else None,
        target_name="" if target else form.name,
        about_me=form.about_me,
        why=form.why,
        what_i_ask=form.what_i_ask,
        what_i_give=form.what_i_give,
    )


async def _shown(request: Request, me: Actor, sent: Form[RequestForm]) -> Response:
    """The form again: with what is wrong with it, or with what each side will read."""
    async with doors_of(request).reading() as db:
        target = await _anybody(db, sent.typed.get("to", ""))
        letters = await _letters(db, me, sent.value, target) if sent.value else ()
        status = 200 if sent.value else 422
        return await _page(request, db, me, sent.typed, target, sent.errors, letters, status)


async def _letters(
    db: AsyncSession, me: Actor, form: RequestForm, target: Person | None
) -> Sequence[Letter]:
    connector = await db.get(User, form.connector) if form.connector else None
    known = {one.user_id: one.name for one in await known_by(db, me, most=MOST_KNOWN)}
    if connector is None or connector.id not in known:
        return ()
    words, badge = words_of(form.model_dump()), await badge_of(db, me.user_id or 0)
    to_target = target.name if target else form.name
    return (Letter(connector.name, words, badge=badge), Letter(to_target, words, badge=badge))


async def _refused(
    request: Request, me: Actor, typed: Mapping[str, str], error: AppError
) -> Response:
    if isinstance(error, NotFound):
        return await error_page(request, error)
    async with doors_of(request).reading() as db:
        target = await _anybody(db, typed.get("to", ""))
        return await _page(request, db, me, typed, target, errors_of(error), status=error.status)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    typed: Mapping[str, str],
    target: Person | None,
    errors: Sequence[FieldError] = (),
    preview: Sequence[Letter] = (),
    status: int = 200,
) -> Response:
    frame = await spoken_frame(request, db)
    # Asked in any case, and always in the same way: that there is none must not be seen from outside.
    ways = await ways_to(db, me, (target.id if target else None) or 0)
    named = {one.user_id for one in ways}
    known = await known_by(db, me, most=MOST_KNOWN)
    page = RequestPage(
        frame=frame,
        head=head_of(frame, _("Ask for an introduction"), NEW),
        typed={**dict.fromkeys(RequestForm.model_fields, ""), **typed},
        target=target,
        ways=ways,
        others=[
            one
            for one in known
            if one.user_id not in named and (not target or one.user_id != target.id)
        ],
        limits=LIMITS,
        preview=preview,
        errors=tuple(errors),
    )
    return unkept("intros/request.html", page, status)


async def _visible(db: AsyncSession, me: Actor, handle: str) -> Person | None:
    query = select(User.id, User.name, User.slug).where(
        User.slug == handle, HAS_ACCOUNT, seen_by(me, User.id)
    )
    row = (await db.execute(query)).first()
    return Person(*row) if row else None


async def _anybody(db: AsyncSession, handle: str) -> Person | None:
    query = select(User.id, User.name, User.slug).where(User.slug == handle, HAS_ACCOUNT)
    row = (await db.execute(query)).first()
    return Person(*row) if row else None
