"""Somebody's own account: their name, password, second factor, and the browsers they are signed in with."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts import actions
from app.accounts.actor import Actor
from app.accounts.models import ModerationMail, User, UserSession
from app.accounts.passwords import check_password, hash_password
from app.accounts.policy import (
    may_have_account_page,
    may_have_moderation_mail,
    may_run_the_site,
)
from app.accounts.queries import get_user
from app.accounts.sessions import end_session, end_sessions, sessions_of
from app.accounts.sign_in import count_proof
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.secrets import secrets_of
from app.notifications.blog.following import follows_blog
from app.notifications.bounces import stopped
from app.web.accounts.new_password import NewPassword
from app.web.accounts.pages import (
    AccountPage,
    MailChoice,
    SignedInBrowser,
    head_of,
    never_kept,
    spoken_frame,
    unkept,
    whereabouts_of,
)
from app.web.accounts.words import browser_name, mailed_how_often, role_names, said_done
from app.web.deps import Db, Me, doors_of, settings_of
from app.web.forms import FieldError, read_form
from app.web.notices.words import why_no_mail

router = APIRouter()

ACCOUNT = "/account/"


class NameForm(BaseModel):
    """What somebody wants to be called."""

    name: str = Field(min_length=1, max_length=actions.NAME_LENGTH)


class MailForm(BaseModel):
    """How often moderators hear by mail of what waits."""

    moderation_mail: ModerationMail


class PasswordForm(BaseModel):
    """The present password, and another."""

    password: str = Field(min_length=1, max_length=1000)
    new_password: NewPassword


@router.api_route("/account", methods=["GET", "HEAD"])
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(ACCOUNT, 301)


@router.api_route(ACCOUNT, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me) -> Response:
    """The page of whoever is signed in."""
    require(may_have_account_page(me))
    return await _page(request, db, me, done=request.query_params.get("done", ""))


@router.post("/account/name")
async def rename(request: Request, me: Me) -> Response:
    """Be called something else."""
    form = await read_form(request, NameForm)
    require(may_have_account_page(me))
    if form.value is None:
        return await refused(request, me, form.errors)
    try:
        async with doors_of(request).unit_of_work() as db:
            await actions.rename(db, me, form.value.name)
    except Invalid as error:
        return await refused(request, me, (FieldError("name", error.detail),))
    return _done("name")


@router.post("/account/moderation-mail")
async def choose_mail(request: Request, me: Me) -> Response:
    """Be mailed what waits for moderators so often."""
    form = await read_form(request, MailForm)
    require(may_have_moderation_mail(me))
    if form.value is None:
        return await refused(request, me, form.errors)
    async with doors_of(request).unit_of_work() as db:
        await actions.choose_moderation_mail(db, me, form.value.moderation_mail)
    return _done("mail")


@router.post("/account/password")
async def change_password(request: Request, me: Me) -> Response:
    """Choose another password; all other browsers are signed out."""
    form = await read_form(request, PasswordForm)
    require(may_have_account_page(me))
    if form.value is None:
        return await refused(request, me, form.errors)
    if not await knows_password(request, me, form.value.password):
        return await refused(
            request, me, (FieldError("password", _("That is not your password.")),)
        )
    password_hash = await hash_password(form.value.new_password)
    async with doors_of(request).unit_of_work() as db:
        await actions.set_password(db, me, me.user_id or 0, password_hash, keep=me.session_id)
    return _done("password")


@router.post("/account/sessions/ending")
async def end_others(request: Request, me: Me) -> Response:
    """Be signed out everywhere but here."""
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        await end_sessions(db, me.user_id or 0, but=me.session_id)
    return _done("sessions")


@router.post("/account/sessions/{session_id}/ending")
async def end_one(request: Request, me: Me, session_id: int) -> Response:
    """Be signed out in one browser, at once."""
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        await end_session(db, me.user_id or 0, session_id)
    return _done("session")


async def knows_password(request: Request, me: Actor, password: str) -> bool:
    """Whether whoever sits there knows the account's password. Raises TooMany after too many tries."""
    doors, secrets = doors_of(request), secrets_of(settings_of(request))
    await count_proof(doors, secrets, me.user_id or 0, whereabouts_of(request))
    async with doors.reading() as db:
        kept = (await get_user(db, me.user_id or 0)).password_hash
    return (await check_password(password, kept)).is_right


async def refused(request: Request, me: Actor, errors: Sequence[FieldError]) -> Response:
    """The page again, with what is wrong."""
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, errors=errors, status=422)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    *,
    done: str = "",
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    frame = await spoken_frame(request, db)
    user = await get_user(db, me.user_id or 0)
    bounce = await stopped(db, user.email)
    page = AccountPage(
        frame=frame,
        head=head_of(frame, _("Your account"), ACCOUNT),
        name=user.name,
        email=user.email,
        roles=role_names(me.roles),
        sessions=[_shown(one, me) for one in await sessions_of(db, user.id)],
        has_second_factor=bool(user.totp_secret),
        may_run_the_site=bool(may_run_the_site(me)),
        mail_trouble=why_no_mail(bounce) if bounce else "",
        follows_blog=await follows_blog(db, secrets_of(settings_of(request)), user),
        moderation_mail=_mail_choices(user) if may_have_moderation_mail(me) else (),
        done=said_done(done),
        errors=tuple(errors),
    )
    return unkept("account/page.html", page, status)


def _mail_choices(user: User) -> list[MailChoice]:
    return [
        MailChoice(often, mailed_how_often(often), often == user.moderation_mail)
        for often in ModerationMail
    ]


def _shown(row: UserSession, me: Actor) -> SignedInBrowser:
    return SignedInBrowser(
        row.id,
        browser_name(row.agent),
        row.address,
        row.created_at,
        row.seen_at,
        row.id == me.session_id,
    )


def _done(what: str) -> Response:
    return never_kept(RedirectResponse(f"{ACCOUNT}?done={what}", 303))
