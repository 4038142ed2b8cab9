"""Who may sign up, which owners decide at `/admin/members/`; and the invitations that members hand out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.invitations import (
    MOST_DAYS,
    MOST_USES,
    MOST_USES_OF_MEMBERS,
    NOTE_LENGTH,
    all_invitations,
    invitations_of,
    invite,
    revoke_invitation,
)
from app.accounts.models import SignUpInvitation, SignUpMode
from app.accounts.policy import may_invite, may_run_the_site
from app.accounts.queries import count_members
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _
from app.site.actions import choose_founders, choose_sign_up
from app.site.queries import ensure_site, get_site
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.accounts.words import said_done, sign_up_name, sign_up_says
from app.web.admin.pages import MEMBERS, Surroundings, surroundings
from app.web.comments.forms import Ticked, number_typed
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.forms import FieldError, read_form, value_of
from app.web.head import Head

router = APIRouter()

INVITATIONS = "/account/invitations/"
_READ = ["GET", "HEAD"]
_AT_FIRST = {"note": "", "uses": "1", "days": "14"}


class ModeForm(BaseModel):
    """Who may sign up."""

    sign_up: SignUpMode


class FoundersForm(BaseModel):
    """Whether members begin groups, too."""

    members_found_groups: Ticked = False


class InvitationForm(BaseModel):
    """For whom one is, for how many, for how long."""

    note: str = Field("", max_length=NOTE_LENGTH)
    uses: Annotated[int, BeforeValidator(number_typed)] = 1
    days: Annotated[int, BeforeValidator(number_typed)] = 14


@dataclass(frozen=True)
class ModeChoice:
    """One way to let people in."""

    value: str
    label: str
    says: str
    is_chosen: bool


@dataclass(frozen=True)
class InvitationRow:
    """One invitation; `by` is who hands it out, in the list of all."""

    id: int
    note: str
    uses: int
    uses_allowed: int
    expires_at: datetime
    is_open: bool
    is_revoked: bool
    by: str = ""


@dataclass(frozen=True)
class MembersPage:
    """Who may sign up, and all invitations."""

    frame: Frame
    head: Head
    around: Surroundings
    choices: Sequence[ModeChoice]
    member_count: int
    invitations: Sequence[InvitationRow]
    done: str = ""
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True)
class InvitationsPage:
    """One's own invitations; `made` is the link of a new one, shown this once."""

    frame: Frame
    head: Head
    invitations: Sequence[InvitationRow]
    typed: Mapping[str, str]
    made: str = ""
    done: str = ""
    errors: Sequence[FieldError] = ()
    longest_note: int = NOTE_LENGTH
    most_uses: int = MOST_USES_OF_MEMBERS
    most_days: int = MOST_DAYS


@router.api_route(MEMBERS.rstrip("/"), methods=_READ)
async def members_with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(MEMBERS, 301)


@router.api_route(MEMBERS, methods=_READ)
async def show_members(request: Request, db: Db, me: Me) -> Response:
    """Who may sign up, and who was invited by whom."""
    require(may_run_the_site(me))
    return await _members_page(request, db)


@router.post(f"{MEMBERS}sign-up")
async def choose(request: Request, me: Me) -> Response:
    """Let these people sign up from now on."""
    form = await read_form(request, ModeForm)
    require(may_run_the_site(me))
    if form.value is None:
        async with doors_of(request).reading() as db:
            return await _members_page(request, db, form.errors)
    async with doors_of(request).unit_of_work() as db:
        site = await ensure_site(db, settings_of(request).base_host)
        await choose_sign_up(db, me, site, form.value.sign_up)
    return never_kept(RedirectResponse(f"{MEMBERS}?done=sign-up", 303))


@router.post(f"{MEMBERS}groups")
async def choose_who_founds(request: Request, me: Me) -> Response:
    """Let members begin groups from now on, or owners alone."""
    form = value_of(await read_form(request, FoundersForm))
    async with doors_of(request).unit_of_work() as db:
        site = await ensure_site(db, settings_of(request).base_host)
        await choose_founders(db, me, site, members_may=form.members_found_groups)
    return never_kept(RedirectResponse(f"{MEMBERS}?done=groups", 303))


@router.post(f"{MEMBERS}{{invitation_id:int}}/revocation")
async def revoke_anybodys(request: Request, invitation_id: int, me: Me) -> Response:
    """Let nobody come in by this one any more, whoever hands it out."""
    require(may_run_the_site(me))
    async with doors_of(request).unit_of_work() as db:
        await revoke_invitation(db, me, invitation_id)
    return never_kept(RedirectResponse(f"{MEMBERS}?done=invitation", 303))


@router.api_route(INVITATIONS.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(INVITATIONS, 301)


@router.api_route(INVITATIONS, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """One's own invitations, and the form for one more."""
    require(may_invite(me, (await get_site(db)).sign_up))
    return await _page(request, db, me, done=said_done(request.query_params.get("done", "")))


@router.post(INVITATIONS)
async def add(request: Request, me: Me) -> Response:
    """One more: its link is in the answer, and nowhere else."""
    form = await read_form(request, InvitationForm)
    try:
        async with doors_of(request).unit_of_work() as db:
            site, value = await get_site(db), form.value
            require(may_invite(me, site.sign_up))
            if value is None:
                raise Invalid
            token = await invite(
                db, me, site.sign_up, note=value.note, uses=value.uses, days=value.days
            )
    except Invalid as error:
        errors = form.errors or (FieldError("uses", error.detail),)
        async with doors_of(request).reading() as db:
            return await _page(request, db, me, typed=form.typed, errors=errors, status=422)
    made = f"{settings_of(request).base_url}/account/sign-up/?invitation={token}"
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, made=made, status=201)


@router.post(f"{INVITATIONS}{{invitation_id:int}}/revocation")
async def revoke(request: Request, invitation_id: int, me: Me) -> Response:
    """Let nobody come in by one of one's own any more."""
    async with doors_of(request).unit_of_work() as db:
        require(may_invite(me, (await get_site(db)).sign_up))
        await revoke_invitation(db, me, invitation_id)
    return never_kept(RedirectResponse(f"{INVITATIONS}?done=invitation", 303))


async def _members_page(
    request: Request, db: AsyncSession, errors: Sequence[FieldError] = ()
) -> Response:
    frame = await spoken_frame(request, db)
    mode = frame.site.sign_up
    page = MembersPage(
        frame=frame,
        head=head_of(frame, _("Members"), MEMBERS),
        around=surroundings(MEMBERS),
        choices=[ModeChoice(m, sign_up_name(m), sign_up_says(m), m == mode) for m in SignUpMode],
        member_count=await count_members(db),
        invitations=[_row(one, name) for one, name in await all_invitations(db)],
        done=said_done(request.query_params.get("done", "")),
        errors=tuple(errors),
    )
    return unkept("account/members.html", page, 422 if errors else 200)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    *,
    made: str = "",
    typed: Mapping[str, str] | None = None,
    done: str = "",
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    frame = await spoken_frame(request, db)
    page = InvitationsPage(
        frame=frame,
        head=head_of(frame, _("Invitations"), INVITATIONS),
        invitations=[_row(one) for one in await invitations_of(db, me.user_id or 0)],
        typed={**_AT_FIRST, **(typed or {})},
        made=made,
        done=done,
        errors=tuple(errors),
        most_uses=MOST_USES if me.is_owner else MOST_USES_OF_MEMBERS,
    )
    return unkept("account/invitations.html", page, status)


def _row(one: SignUpInvitation, by: str = "") -> InvitationRow:
    return InvitationRow(
        id=one.id,
        note=one.note,
        uses=one.uses,
        uses_allowed=one.uses_allowed,
        expires_at=one.expires_at,
        is_open=one.is_open(clock.now()),
        is_revoked=one.revoked_at is not None,
        by=by,
    )
