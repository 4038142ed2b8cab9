"""A forgotten password: asking for a letter, and choosing a new one behind the link in it."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, Field
from starlette.responses import RedirectResponse, Response

from app.accounts import resetting
from app.accounts.passwords import LONGEST, SHORTEST, hash_password
from app.core.errors import TooMany
from app.core.i18n import _
from app.core.secrets import secrets_of
from app.web.accounts.pages import (
    NewPasswordPage,
    ResetPage,
    frame_now,
    head_of,
    never_kept,
    spoken_frame,
    unkept,
    whereabouts_of,
)
from app.web.deps import Db, Frame, doors_of, settings_of
from app.web.forms import FieldError, read_form

router = APIRouter()

RESET = "/account/password-reset"


def _fits(password: str) -> str:
    if len(password) < SHORTEST:
        raise ValueError(_("At least %(number)d characters, please.") % {"number": SHORTEST})
    if len(password) > LONGEST:
        raise ValueError(_("At most %(number)d characters, please.") % {"number": LONGEST})
    return password


NewPassword = Annotated[str, AfterValidator(_fits)]


class ResetForm(BaseModel):
    """Whose password is forgotten."""

    email: str = Field(min_length=1, max_length=254)


class NewPasswordForm(BaseModel):
    """A new password."""

    new_password: NewPassword


@router.api_route(RESET, methods=["GET", "HEAD"])
async def ask(request: Request, db: Db) -> Response:
    """The form that asks for a letter."""
    frame = await spoken_frame(request, db)
    return unkept("account/reset.html", _reset_page(frame))


@router.post(RESET)
async def ask_for_letter(request: Request) -> Response:
    """The same sentence for every address, whether anybody has an account with it."""
    form = await read_form(request, ResetForm)
    frame = await frame_now(request)
    if form.value is None:
        page = _reset_page(frame, email=form.typed.get("email", ""), errors=form.errors)
        return unkept("account/reset.html", page, 422)
    email = form.value.email
    try:
        await resetting.ask_for_reset(
            doors_of(request),
            secrets_of(settings_of(request)),
            email,
            whereabouts_of(request).address,
        )
    except TooMany as error:
        page = _reset_page(frame, email=email, errors=(FieldError("email", error.detail),))
        answer = unkept("account/reset.html", page, error.status)
        answer.headers.update(error.headers)
        return answer
    return unkept("account/reset.html", _reset_page(frame, email=email, is_sent=True))


@router.api_route("/account/password/{token}/", methods=["GET", "HEAD"])
async def look_at_link(request: Request, db: Db, token: str) -> Response:
    """The form behind the link; looking at it uses nothing up, as mail programs look, too."""
    person = await resetting.person_of_link(db, token)
    frame = await spoken_frame(request, db)
    return unkept("account/new_password.html", _new_password_page(frame, person.name))


@router.post("/account/password/{token}/")
async def choose(request: Request, token: str) -> Response:
    """The new password counts, and is asked for at once: whoever chose it knows it."""
    form = await read_form(request, NewPasswordForm)
    async with doors_of(request).reading() as session:
        person = await resetting.person_of_link(session, token)
    if form.value is None:
        frame = await frame_now(request)
        page = _new_password_page(frame, person.name, form.errors)
        return unkept("account/new_password.html", page, 422)
    password_hash = await hash_password(form.value.new_password)
    async with doors_of(request).unit_of_work() as session:
        await resetting.choose_password(session, token, password_hash)
    return never_kept(RedirectResponse("/account/sign-in", 303))


def _reset_page(
    frame: Frame, *, email: str = "", is_sent: bool = False, errors: tuple[FieldError, ...] = ()
) -> ResetPage:
    return ResetPage(
        frame, head_of(frame, _("A new password"), RESET), email, is_sent, tuple(errors)
    )


def _new_password_page(
    frame: Frame, name: str, errors: tuple[FieldError, ...] = ()
) -> NewPasswordPage:
    return NewPasswordPage(frame, head_of(frame, _("A new password"), ""), name, errors)
