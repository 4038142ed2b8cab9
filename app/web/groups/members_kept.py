"""`/groups/g/members/7/`: what moderators of a group do about one member."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from app.accounts.queries import is_site_owner
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _
from app.discussions.topics.cleaning import clean_up, said_by_member
from app.groups.keeping import appoint, ban, lift_ban, mute, unmute
from app.groups.models import MemberRole, MemberState
from app.groups.policy import may_act_on_member, may_run
from app.groups.queries import get_group, get_member
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.forms import read_form
from app.web.groups.addresses import GROUPS, group_url
from app.web.groups.kept_pages import MemberPage, MemberRow
from app.web.groups.tops import role_said, top_of

router = APIRouter()

_MEMBER = GROUPS + "{slug}/members/{user_id:int}/"


class Until(BaseModel):
    """For how many days; 0 for good. And whether what they wrote goes, too."""

    days: int = Field(default=0, ge=0, le=3650)
    clean: str = ""


class Appointment(BaseModel):
    """What somebody is from now on."""

    role: MemberRole


@router.api_route(_MEMBER, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me, slug: str, user_id: int) -> Response:
    """One member, and what may be done about them. Raises NotFound, Forbidden."""
    here = await get_group(db, me, slug)
    member, name = await get_member(db, here.group.id, user_id)
    owns_site = await is_site_owner(db, user_id)
    require(may_act_on_member(me, here, member, owns_site=owns_site))
    frame = await spoken_frame(request, db)
    page = MemberPage(
        frame=frame,
        head=head_of(frame, name, group_url(slug, f"members/{user_id}/")),
        top=await top_of(db, me, here, "members/", may_read=True),
        member=MemberRow(user_id, name, role_said(member.role), member.state, member.until),
        said=await said_by_member(db, here.group.id, user_id),
        may_appoint=bool(may_run(me, here))
        and member.state in (MemberState.ACTIVE, MemberState.MUTED),
    )
    return unkept("groups/member.html", page)


@router.post(_MEMBER + "mute")
async def post_mute(request: Request, me: Me, slug: str, user_id: int) -> Response:
    """Let them only read, for some days or for good."""
    until = await _until(request)
    async with doors_of(request).unit_of_work() as db:
        await mute(db, me, slug, user_id, until=_moment(until))
    return _back(slug, user_id)


@router.post(_MEMBER + "mute/end")
async def post_unmute(request: Request, me: Me, slug: str, user_id: int) -> Response:
    """Let them write again."""
    async with doors_of(request).unit_of_work() as db:
        await unmute(db, me, slug, user_id)
    return _back(slug, user_id)


@router.post(_MEMBER + "ban")
async def post_ban(request: Request, me: Me, slug: str, user_id: int) -> Response:
    """Put them out; and, where that was ticked, all they wrote here."""
    until = await _until(request)
    async with doors_of(request).unit_of_work() as db:
        here = await ban(db, me, slug, user_id, until=_moment(until))
        if until.clean:
            await clean_up(db, me, here, user_id)
    return _back(slug, user_id)


@router.post(_MEMBER + "ban/end")
async def post_lift(request: Request, me: Me, slug: str, user_id: int) -> Response:
    """Let them join again."""
    async with doors_of(request).unit_of_work() as db:
        await lift_ban(db, me, slug, user_id)
    return _back(slug, user_id)


@router.post(_MEMBER + "role")
async def post_role(request: Request, me: Me, slug: str, user_id: int) -> Response:
    """Make them a member, a moderator or an owner of the group."""
    form = await read_form(request, Appointment)
    if form.value is None:
        raise Invalid(_("There is no such role."))
    async with doors_of(request).unit_of_work() as db:
        await appoint(db, me, slug, user_id, form.value.role)
    return _back(slug, user_id)


async def _until(request: Request) -> Until:
    form = await read_form(request, Until)
    if form.value is None:
        raise Invalid(_("That is for some days, or for good."))
    return form.value


def _moment(until: Until) -> datetime | None:
    return clock.now() + timedelta(days=until.days) if until.days else None


def _back(slug: str, user_id: int) -> Response:
    return RedirectResponse(group_url(slug, f"members/{user_id}/"), 303)
