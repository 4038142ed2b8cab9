"""Signing up: a name and an address, then, behind the mailed link, a handle and a password."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from itsdangerous import BadData
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from app.accounts import signing_up
from app.accounts.actions import EMAIL_LENGTH, NAME_LENGTH
from app.accounts.handles import LONGEST as LONGEST_HANDLE
from app.accounts.handles import free_handle
from app.accounts.invitations import find_invitation
from app.accounts.models import SignUpMode
from app.accounts.passwords import LONGEST, SHORTEST, hash_password
from app.accounts.policy import may_sign_up
from app.accounts.sign_in import begin
from app.accounts.signing_up import Chosen, Welcomed, Wish
from app.core import clock
from app.core.errors import AppError, Conflict, Forbidden, Gone, Invalid, TooMany
from app.core.i18n import _
from app.core.secrets import secrets_of
from app.settings import Settings
from app.site.queries import get_site
from app.web.accounts.carrying import Onward
from app.web.accounts.new_password import NewPassword
from app.web.accounts.pages import (
    frame_now,
    head_of,
    never_kept,
    spoken_frame,
    unkept,
    whereabouts_of,
)
from app.web.accounts.signing_in import signed_in_answer
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.forms import FieldError, Form, read_form
from app.web.head import Head

router = APIRouter()

SIGN_UP = "/account/sign-up/"
FIRST_STEPS = "/account/profile/?done=welcome"
_READ = ["GET", "HEAD"]
_TOKEN = "sign-up form"  # noqa: S105 - what the token is for


class SignUpForm(BaseModel):
    """Who wants an account; nobody sees the field `your_subject`."""

    name: str = Field(min_length=1, max_length=NAME_LENGTH)
    email: str = Field(min_length=1, max_length=EMAIL_LENGTH)
    invitation: str = Field("", max_length=200)
    your_subject: str = ""
    form_token: str = ""


class ChosenForm(BaseModel):
    """What somebody chooses behind the link."""

    name: str = Field(min_length=1, max_length=NAME_LENGTH)
    handle: str = Field(min_length=1, max_length=200)
    new_password: NewPassword


@dataclass(frozen=True)
class SignUpPage:
    """Asking for an account; or why nobody can; `is_sent` after it was asked for."""

    frame: Frame
    head: Head
    typed: Mapping[str, str]
    form_token: str
    is_sent: bool = False
    # Why there is no form.
    because: str = ""
    errors: Sequence[FieldError] = ()
    longest_name: int = NAME_LENGTH


@dataclass(frozen=True)
class NewMemberPage:
    """Handle and password, behind the link."""

    frame: Frame
    head: Head
    email: str
    typed: Mapping[str, str]
    errors: Sequence[FieldError] = ()
    shortest: int = SHORTEST
    longest: int = LONGEST
    longest_handle: int = LONGEST_HANDLE


@router.api_route("/account/sign-up", methods=_READ)
async def with_slash(request: Request) -> Response:
    """The canonical address has a slash at its end."""
    query = request.scope["query_string"].decode("latin-1")
    return RedirectResponse(SIGN_UP + (f"?{query}" if query else ""), 301)


@router.api_route(SIGN_UP, methods=_READ)
async def ask(request: Request, db: Db, me: Me) -> Response:
    """The form, where anybody may sign up, or somebody with this invitation."""
    if me.is_signed_in:
        return never_kept(RedirectResponse("/account/", 303))
    frame = await spoken_frame(request, db)
    invitation = request.query_params.get("invitation", "")
    because = await _why_not(db, frame.site.sign_up, invitation)
    page = _page(request, frame, {"invitation": invitation}, because=because)
    return unkept("account/sign_up.html", page, 403 if because else 200)


@router.post(SIGN_UP)
async def ask_for_letter(request: Request) -> Response:
    """The same sentence for every address, whether anybody has an account with it."""
    form = await read_form(request, SignUpForm)
    frame = await frame_now(request)
    if form.value is None:
        return _again(request, frame, form, 422)
    settings, typed = settings_of(request), form.value
    wish = Wish(
        name=typed.name,
        email=typed.email,
        invitation=typed.invitation,
        is_robots=bool(typed.your_subject) or not _is_slow(settings, typed.form_token),
    )
    try:
        await signing_up.ask_to_sign_up(
            doors_of(request), secrets_of(settings), frame.site.sign_up, wish,
            whereabouts_of(request).address,
        )  # fmt: skip
    except (Forbidden, Gone) as refused:
        page = _page(request, frame, {}, because=refused.detail)
        return unkept("account/sign_up.html", page, refused.status)
    except (Invalid, TooMany) as error:
        answer = _again(request, frame, form.with_error(error.detail, "email"), error.status)
        answer.headers.update(error.headers)
        return answer
    page = _page(request, frame, {"email": typed.email}, is_sent=True)
    return unkept("account/sign_up.html", page)


@router.api_route(f"{SIGN_UP}{{token}}/", methods=_READ)
async def look_at_link(request: Request, db: Db, token: str) -> Response:
    """The form behind the link; looking at it uses nothing up, as mail programs look, too."""
    welcomed = await signing_up.welcomed_by(db, token)
    frame = await spoken_frame(request, db)
    typed = {"name": welcomed.name, "handle": await free_handle(db, welcomed.name)}
    return unkept("account/new_member.html", _new_member_page(frame, welcomed, typed))


@router.post(f"{SIGN_UP}{{token}}/")
async def choose(request: Request, token: str) -> Response:
    """The account is made, and whoever made it is signed in."""
    form = await read_form(request, ChosenForm)
    async with doors_of(request).reading() as session:
        welcomed = await signing_up.welcomed_by(session, token)
    if form.value is None:
        return await _choose_again(request, welcomed, form, 422)
    chosen = Chosen(
        name=form.value.name,
        handle=form.value.handle,
        password_hash=await hash_password(form.value.new_password),
    )
    try:
        async with doors_of(request).unit_of_work() as session:
            site = await get_site(session)
            user = await signing_up.become_member(session, site.sign_up, token, chosen)
            signed_in = await begin(session, user, whereabouts_of(request), "")
    except (Invalid, Conflict) as error:
        field = "" if isinstance(error, Conflict) else "handle"
        return await _choose_again(
            request, welcomed, form.with_error(error.detail, field), error.status
        )
    return await signed_in_answer(request, signed_in, Onward(FIRST_STEPS))


async def _why_not(db: Db, mode: SignUpMode, invitation: str) -> str:
    """Why whoever comes with this invitation finds no form; empty where they do."""
    try:
        if invitation and mode != SignUpMode.CLOSED:
            await find_invitation(db, invitation)
    except AppError as spent:
        return spent.detail
    return may_sign_up(mode, is_invited=bool(invitation)).reason


def _is_slow(settings: Settings, token: str) -> bool:
    """Whether the form was on somebody's screen for as long as typing takes."""
    if not settings.form_min_seconds:
        return True
    try:
        made = secrets_of(settings).signer(_TOKEN).loads(token[:500])
    except BadData:
        return False
    return clock.unix_now() - float(made) >= settings.form_min_seconds


def _page(
    request: Request,
    frame: Frame,
    typed: Mapping[str, str],
    *,
    is_sent: bool = False,
    because: str = "",
    errors: Sequence[FieldError] = (),
) -> SignUpPage:
    made = secrets_of(settings_of(request)).signer(_TOKEN).dumps(int(clock.unix_now()))
    head = head_of(frame, _("Sign up"), SIGN_UP)
    return SignUpPage(frame, head, typed, str(made), is_sent, because, tuple(errors))


def _again(request: Request, frame: Frame, form: Form[SignUpForm], status: int) -> Response:
    page = _page(request, frame, form.typed, errors=form.errors)
    return unkept("account/sign_up.html", page, status)


def _new_member_page(
    frame: Frame, welcomed: Welcomed, typed: Mapping[str, str], errors: Sequence[FieldError] = ()
) -> NewMemberPage:
    head = head_of(frame, _("Your account"), "")
    return NewMemberPage(frame, head, welcomed.email, typed, tuple(errors))


async def _choose_again(
    request: Request, welcomed: Welcomed, form: Form[ChosenForm], status: int
) -> Response:
    frame = await frame_now(request)
    page = _new_member_page(frame, welcomed, form.typed, form.errors)
    return unkept("account/new_member.html", page, status)
