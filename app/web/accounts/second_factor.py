"""Switching the second factor on, with a first code as proof that it works, and off again."""

from fastapi import APIRouter, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from app.accounts.actions import set_second_factor
from app.accounts.actor import Actor
from app.accounts.policy import may_have_account_page
from app.accounts.queries import get_user
from app.accounts.totp import in_groups, new_secret, otpauth_address, step_of
from app.core import clock
from app.core.answers import require
from app.core.i18n import _
from app.core.secrets import secrets_of
from app.web.accounts.account import knows_password, refused
from app.web.accounts.pages import (
    SecondFactorPage,
    head_of,
    never_kept,
    spoken_frame,
    unkept,
)
from app.web.deps import Me, doors_of, settings_of
from app.web.forms import FieldError, read_form

router = APIRouter()

SECOND_FACTOR = "/account/second-factor"
_PURPOSE = "a new second factor"
_FORM_STANDS = 3600


class CodeForm(BaseModel):
    """A secret that we have offered, signed, and a code made with it."""

    signed: str = Field(max_length=500)
    code: str = Field(min_length=1, max_length=40)


class OffForm(BaseModel):
    """Whoever switches it off says the password: an open browser is not enough."""

    password: str = Field(min_length=1, max_length=1000)


@router.api_route(SECOND_FACTOR, methods=["GET", "HEAD"])
async def offer(request: Request, me: Me) -> Response:
    """A new secret, which counts for nothing until a code was made with it."""
    require(may_have_account_page(me))
    return await _page(request, me, new_secret())


@router.post(SECOND_FACTOR)
async def switch_on(request: Request, me: Me) -> Response:
    """From now on a code is asked for."""
    form = await read_form(request, CodeForm)
    require(may_have_account_page(me))
    secret = _secret_in(request, me, form.typed.get("signed", ""))
    if secret is None:
        return never_kept(RedirectResponse(SECOND_FACTOR, 303))
    step = step_of(secret, form.typed.get("code", ""), clock.now())
    if step is None:
        says = (FieldError("code", _("That code is not right. Wait for the next one.")),)
        return await _page(request, me, secret, errors=says)
    async with doors_of(request).unit_of_work() as db:
        await set_second_factor(db, me, me.user_id or 0, secret=secret, step=step)
    return never_kept(RedirectResponse("/account/?done=factor-on", 303))


@router.post(f"{SECOND_FACTOR}/removal")
async def switch_off(request: Request, me: Me) -> Response:
    """The password is enough again."""
    form = await read_form(request, OffForm)
    require(may_have_account_page(me))
    if form.value is None or not await knows_password(request, me, form.value.password):
        return await refused(
            request, me, (FieldError("off_password", _("That is not your password.")),)
        )
    async with doors_of(request).unit_of_work() as db:
        await set_second_factor(db, me, me.user_id or 0, secret="")
    return never_kept(RedirectResponse("/account/?done=factor-off", 303))


async def _page(
    request: Request, me: Actor, secret: str, *, errors: tuple[FieldError, ...] = ()
) -> Response:
    async with doors_of(request).reading() as db:
        frame = await spoken_frame(request, db)
        user = await get_user(db, me.user_id or 0)
    page = SecondFactorPage(
        frame=frame,
        head=head_of(frame, _("Second factor"), SECOND_FACTOR),
        secret=in_groups(secret),
        address=otpauth_address(secret, user.email or user.login, frame.site.title),
        signed=str(_signer(request).dumps([me.user_id, secret])),
        errors=errors,
    )
    return unkept("account/second_factor.html", page, 422 if errors else 200)


def _secret_in(request: Request, me: Actor, signed: str) -> str | None:
    """The secret that we offered to this very person, within the hour."""
    try:
        user_id, secret = _signer(request).loads(signed, max_age=_FORM_STANDS)
    except BadSignature:
        return None
    return str(secret) if user_id == me.user_id else None


def _signer(request: Request) -> URLSafeTimedSerializer:
    return secrets_of(settings_of(request)).signer(_PURPOSE)
