"""First-run set-up at `/admin/setup`: while the site belongs to nobody, somebody may make it theirs."""

from ipaddress import ip_address

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.actions import EMAIL_LENGTH, NAME_LENGTH, NewUser
from app.accounts.passwords import hash_password
from app.accounts.queries import has_owner
from app.accounts.set_up import become_owner
from app.accounts.sign_in import begin
from app.core.errors import Forbidden, Invalid, NotFound
from app.core.i18n import _
from app.web.accounts.carrying import Onward
from app.web.accounts.new_password import NewPassword
from app.web.accounts.pages import (
    SetUpPage,
    frame_now,
    head_of,
    spoken_frame,
    unkept,
    whereabouts_of,
)
from app.web.accounts.signing_in import signed_in_answer
from app.web.admin.pages import START
from app.web.deps import Db, Frame, doors_of
from app.web.forms import Form, read_form

router = APIRouter()

SET_UP = "/admin/setup"
# Whoever sends these is a proxy: the other end may be anywhere.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


class SetUpForm(BaseModel):
    """Who the site is to belong to."""

    name: str = Field(min_length=1, max_length=NAME_LENGTH)
    email: str = Field(min_length=1, max_length=EMAIL_LENGTH)
    new_password: NewPassword
    code: str = Field("", max_length=200)


@router.api_route(SET_UP, methods=["GET", "HEAD"])
async def ask(request: Request, db: Db) -> Response:
    """The form, with the code of the address in it. Raises NotFound once there is an owner."""
    if await has_owner(db):
        raise NotFound
    frame = await spoken_frame(request, db)
    typed = {"code": request.query_params.get("code", "")}
    return unkept("account/set_up.html", _page(request, frame, Form(typed, None)))


@router.post(SET_UP)
async def set_up(request: Request) -> Response:
    """Make the first owner and sign them in; of several at once, one wins and the others learn it."""
    form = await read_form(request, SetUpForm)
    async with doors_of(request).reading() as session:
        if await has_owner(session):
            raise NotFound
    if form.value is None:
        return await _again(request, form, 422)
    new = NewUser(
        email=form.value.email,
        name=form.value.name,
        password_hash=await hash_password(form.value.new_password),
    )
    try:
        async with doors_of(request).unit_of_work() as session:
            owner = await become_owner(
                session, new, code=form.value.code, is_at_the_machine=is_at_the_machine(request)
            )
            token = await begin(session, owner, whereabouts_of(request), "")
    except (Invalid, Forbidden) as error:
        field = "code" if error.status == Forbidden.status else "email"
        return await _again(request, form.with_error(error.detail, field), error.status)
    return await signed_in_answer(request, token, Onward(START))


def is_at_the_machine(request: Request) -> bool:
    """Whether a browser on this machine asks us, not a proxy on it for somebody else, by a name of its own."""
    if any(name in request.headers for name in _FORWARDED) or request.client is None:
        return False
    return _is_loopback(request.client.host) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def _again(request: Request, form: Form[SetUpForm], status: int) -> Response:
    return unkept("account/set_up.html", _page(request, await frame_now(request), form), status)


def _page(request: Request, frame: Frame, form: Form[SetUpForm]) -> SetUpPage:
    head = head_of(frame, _("Set up this site"), SET_UP)
    asks_code = not is_at_the_machine(request)
    return SetUpPage(frame, head, form.typed, asks_code, tuple(form.errors))
