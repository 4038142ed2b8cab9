"""Signing in, with a code where somebody has asked for one, and signing out."""

from dataclasses import replace

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from app.accounts import sign_in as signing
from app.accounts.actor import Actor
from app.accounts.sessions import end_session_of, find_actor
from app.accounts.sign_in import Credentials, Outcome
from app.core.errors import Gone, Invalid, TooMany
from app.core.i18n import _
from app.core.secrets import secrets_of
from app.web.accounts.carrying import Onward, onward_from_form
from app.web.accounts.pages import (
    CarryOnPage,
    CodePage,
    frame_now,
    head_of,
    never_kept,
    sign_in_page,
    spoken_frame,
    unkept,
    whereabouts_of,
)
from app.web.accounts.session_cookie import forget_session, keep_signed_in, session_token
from app.web.comments.own_paths import own_path
from app.web.deps import Db, Me, doors_of, settings_of
from app.web.forms import LARGEST, FieldError, read_form

router = APIRouter()

SIGN_IN = "/account/sign-in"
# A form that is carried through this one may be a whole post, whose session ended while it was written.
_WITH_CARRIED = 20 * LARGEST


class SignInForm(BaseModel):
    """`email` may be a login as well: imported people have one."""

    email: str = Field(min_length=1, max_length=254)
    password: str = Field(min_length=1, max_length=1000)


class CodeForm(BaseModel):
    """The code, and the signed note of the first step."""

    half_way: str = Field(max_length=1000)
    code: str = Field(min_length=1, max_length=40)


@router.api_route(SIGN_IN, methods=["GET", "HEAD"])
async def ask(request: Request, db: Db, me: Me) -> Response:
    """The form; whoever is signed in already goes on."""
    onward = Onward(own_path(request.query_params.get("next", ""), ""))
    if me.is_signed_in:
        return never_kept(RedirectResponse(_next_of(me, onward), 303))
    return sign_in_page(await spoken_frame(request, db), onward)


@router.post(SIGN_IN)
async def sign_in(request: Request) -> Response:
    """E-mail address and password: a session, a question for a code, or the form again."""
    form = await read_form(request, SignInForm, most=_WITH_CARRIED)
    onward, settings = onward_from_form(form.typed), settings_of(request)
    if form.value is None:
        return await _again(request, onward, form.typed.get("email", ""), form.errors, 422)
    typed = Credentials(
        form.value.email,
        form.value.password,
        whereabouts_of(request),
        session_token(request, settings),
    )
    try:
        outcome = await signing.sign_in(doors_of(request), secrets_of(settings), typed)
    except (Invalid, TooMany) as error:
        says = (FieldError("", error.detail),)
        answer = await _again(request, onward, form.value.email, says, error.status)
        answer.headers.update(error.headers)
        return answer
    return await _went_on(request, outcome, onward)


@router.post(f"{SIGN_IN}/code")
async def sign_in_by_code(request: Request) -> Response:
    """The code of the second step."""
    form = await read_form(request, CodeForm, most=_WITH_CARRIED)
    onward, settings = onward_from_form(form.typed), settings_of(request)
    half_way = form.typed.get("half_way", "")
    if form.value is None:
        return await _ask_code(request, onward, half_way, form.errors, 422)
    try:
        outcome = await signing.sign_in_by_code(
            doors_of(request), secrets_of(settings), half_way, form.value.code,
            whereabouts_of(request), session_token(request, settings),
        )  # fmt: skip
    except (Invalid, TooMany) as error:
        says = (FieldError("code", error.detail),)
        answer = await _ask_code(request, onward, half_way, says, error.status)
        answer.headers.update(error.headers)
        return answer
    except Gone as error:
        return await _again(request, onward, "", (FieldError("", error.detail),), 410)
    return await _went_on(request, outcome, onward)


@router.post("/account/sign-out")
async def sign_out(request: Request) -> Response:
    """The session ends here and on the server; whoever has none is signed out, too."""
    settings = settings_of(request)
    if token := session_token(request, settings):
        async with doors_of(request).unit_of_work() as session:
            await end_session_of(session, token)
    answer = RedirectResponse("/", 303)
    forget_session(answer, settings)
    return never_kept(answer)


async def signed_in_answer(request: Request, token: str, onward: Onward) -> Response:
    """Goes on as the new session's owner, who takes the cookie along."""
    async with doors_of(request).reading() as session:
        me = await find_actor(session, token)
        frame = await spoken_frame(request, session)
    if onward.fields and onward.path:
        frame = replace(frame, me=me or Actor())
        page = CarryOnPage(frame, head_of(frame, _("Signed in"), SIGN_IN), onward)
        answer = unkept("account/carry_on.html", page)
    else:
        answer = never_kept(RedirectResponse(_next_of(me or Actor(), onward), 303))
    keep_signed_in(answer, settings_of(request), token)
    return answer


async def _went_on(request: Request, outcome: Outcome, onward: Onward) -> Response:
    if outcome.half_way:
        return await _ask_code(request, onward, outcome.half_way, (), 200)
    return await signed_in_answer(request, outcome.token, onward)


async def _again(
    request: Request, onward: Onward, email: str, errors: tuple[FieldError, ...], status: int
) -> Response:
    frame = await frame_now(request)
    return sign_in_page(frame, onward, email=email, errors=errors, status=status)


async def _ask_code(
    request: Request, onward: Onward, half_way: str, errors: tuple[FieldError, ...], status: int
) -> Response:
    frame = await frame_now(request)
    head = head_of(frame, _("Your code"), SIGN_IN)
    page = CodePage(frame, head, onward, half_way, errors)
    return unkept("account/code.html", page, status)


def _next_of(me: Actor, onward: Onward) -> str:
    if onward.path and not onward.path.startswith(SIGN_IN):
        return onward.path
    return "/mod/" if me.moderates else "/account/"
