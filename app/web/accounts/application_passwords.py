"""Application passwords: which programs act for somebody, one more, one less."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.application_passwords import (
    NAME_LENGTH,
    add_application_password,
    application_passwords_of,
    revoke_application_password,
)
from app.accounts.policy import may_have_application_passwords
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _
from app.web.accounts.account import knows_password
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.accounts.words import said_done
from app.web.deps import Db, Frame, Me, doors_of
from app.web.forms import FieldError, read_form
from app.web.head import Head

router = APIRouter()

PROGRAMS = "/account/application-passwords"


class NewPasswordForm(BaseModel):
    """What the program is called, and the account's own password."""

    name: str = Field(min_length=1, max_length=NAME_LENGTH)
    password: str = Field(min_length=1, max_length=1000)


@dataclass(frozen=True)
class ProgramPassword:
    """One of somebody's application passwords."""

    id: int
    name: str
    since: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class ProgramsPage:
    """Somebody's application passwords; `made` is a new one, shown this once."""

    frame: Frame
    head: Head
    passwords: Sequence[ProgramPassword]
    made: str = ""
    typed_name: str = ""
    done: str = ""
    errors: Sequence[FieldError] = ()
    longest_name: int = NAME_LENGTH


@router.api_route(PROGRAMS, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me) -> Response:
    """The passwords of whoever is signed in."""
    require(may_have_application_passwords(me))
    done = said_done(request.query_params.get("done", ""))
    return await _page(request, db, me, done=done)


@router.post(PROGRAMS)
async def add(request: Request, me: Me) -> Response:
    """One more, for who knows the account's own password: it is in the answer, and nowhere else."""
    form = await read_form(request, NewPasswordForm)
    require(may_have_application_passwords(me))
    typed_name = form.typed.get("name", "")
    if form.value is None:
        return await _refused(request, me, typed_name, form.errors)
    if not await knows_password(request, me, form.value.password):
        wrong = FieldError("password", _("That is not your password."))
        return await _refused(request, me, typed_name, (wrong,))
    try:
        async with doors_of(request).unit_of_work() as db:
            made = await add_application_password(db, me, me.user_id or 0, form.value.name)
    except Invalid as error:
        return await _refused(request, me, typed_name, (FieldError("name", error.detail),))
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, made=made, status=201)


@router.post(PROGRAMS + "/{password_id}/revocation")
async def revoke(request: Request, me: Me, password_id: int) -> Response:
    """Let a program act no longer, from its next call on."""
    require(may_have_application_passwords(me))
    async with doors_of(request).unit_of_work() as db:
        await revoke_application_password(db, me, password_id)
    return never_kept(RedirectResponse(f"{PROGRAMS}?done=program", 303))


async def _refused(
    request: Request, me: Actor, typed_name: str, errors: Sequence[FieldError]
) -> Response:
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, typed_name=typed_name, errors=errors, status=422)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    *,
    made: str = "",
    typed_name: str = "",
    done: str = "",
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    frame = await spoken_frame(request, db)
    kept = await application_passwords_of(db, me.user_id or 0)
    page = ProgramsPage(
        frame=frame,
        head=head_of(frame, _("Application passwords"), PROGRAMS),
        passwords=[ProgramPassword(p.id, p.name, p.created_at, p.used_at) for p in kept],
        made=made,
        typed_name=typed_name,
        done=done,
        errors=tuple(errors),
    )
    return unkept("account/programs.html", page, status)
