"""Becoming a member, by asking, by a link, or at once; and leaving."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import AppError
from app.core.i18n import _
from app.groups.joining import find_invitation, join, join_by_invitation, leave
from app.groups.models import Joining, MemberState
from app.groups.policy import may_join
from app.groups.queries import Standing, get_group, may_read_in
from app.notifications.notices.levels import choose_for_group
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.errors import show_again
from app.web.forms import Form, read_form, value_of, wrong_with
from app.web.groups.addresses import GROUPS, group_url
from app.web.groups.forms import JoinForm
from app.web.groups.pages import JoinPage
from app.web.groups.tops import top_of
from app.web.notices.of_groups import ways_on_joining

router = APIRouter()

_READ = ["GET", "HEAD"]
INVITED = GROUPS + "invitations/{token}/"


@router.api_route(GROUPS + "{slug}/join/", methods=_READ)
async def ask(request: Request, db: Db, me: Me, slug: str) -> Response:
    """The rules to accept and the questions to answer. Raises NotFound, Forbidden, SignInNeeded."""
    here = await get_group(db, me, slug)
    if here.is_inside:
        return RedirectResponse(group_url(slug), 303)
    require(may_join(me, here, clock.now(), is_invited=_is_invited(here)))
    return await _page(request, db, me, here, group_url(slug, "membership"))


@router.post(GROUPS + "{slug}/membership")
async def post_join(request: Request, me: Me, slug: str) -> Response:
    """Join, or ask to; then to the group, which says what became of it."""
    form = await read_form(request, JoinForm)
    show_again(request, lambda error: _again(request, me, slug, form, error))
    value = value_of(form)
    async with doors_of(request).unit_of_work() as db:
        mine = await join(db, me, slug, accepts_rules=value.rules, answers=value.answers)
        # Also of who only asks: it is how they hear of things once they are let in.
        await choose_for_group(db, mine.user_id, mine.group_id, value.level)
    return RedirectResponse(group_url(slug), 303)


@router.post(GROUPS + "{slug}/membership/end")
async def post_leave(request: Request, me: Me, slug: str) -> Response:
    """Leave, or take back having asked; to the list of groups, as this one may not be shown any more."""
    async with doors_of(request).unit_of_work() as db:
        await leave(db, me, slug)
    return RedirectResponse(GROUPS, 303)


@router.api_route(INVITED, methods=_READ)
async def invited(request: Request, db: Db, me: Me, token: str) -> Response:
    """What a link of invitation leads to. Raises NotFound, Gone, SignInNeeded, Forbidden."""
    _invitation, here = await find_invitation(db, me, token)
    if here.is_inside:
        return RedirectResponse(group_url(here.group.slug), 303)
    require(may_join(me, here, clock.now(), is_invited=True))
    return await _page(request, db, me, here, f"{GROUPS}invitations/{token}/", is_invited=True)


@router.post(INVITED)
async def post_invited(request: Request, me: Me, token: str) -> Response:
    """Join by the link."""
    form = await read_form(request, JoinForm)
    show_again(request, lambda error: _invited_again(request, me, token, form, error))
    value = value_of(form)
    async with doors_of(request).unit_of_work() as db:
        here = await join_by_invitation(db, me, token, accepts_rules=value.rules)
        await choose_for_group(db, me.user_id or 0, here.group.id, value.level)
    return RedirectResponse(group_url(here.group.slug), 303)


def _is_invited(here: Standing) -> bool:
    return here.membership is not None and here.membership.state == MemberState.INVITED


async def _again(
    request: Request, me: Actor, slug: str, form: Form[JoinForm], error: AppError
) -> Response:
    async with doors_of(request).reading() as db:
        here = await get_group(db, me, slug)
        action = group_url(slug, "membership")
        return await _page(request, db, me, here, action, form.typed, error)


async def _invited_again(
    request: Request, me: Actor, token: str, form: Form[JoinForm], error: AppError
) -> Response:
    async with doors_of(request).reading() as db:
        _invitation, here = await find_invitation(db, me, token)
        action = f"{GROUPS}invitations/{token}/"
        return await _page(request, db, me, here, action, form.typed, error, is_invited=True)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    here: Standing,
    action: str,
    typed: Mapping[str, str] | None = None,
    error: AppError | None = None,
    *,
    is_invited: bool = False,
) -> Response:
    frame, group = await spoken_frame(request, db), here.group
    is_asking = not (is_invited or _is_invited(here) or group.joining == Joining.OPEN)
    page = JoinPage(
        frame=frame,
        head=head_of(frame, _("Join %(name)s") % {"name": group.name}, action),
        top=await top_of(db, me, here, "join/", may_read=may_read_in(me, here), is_lead=True),
        action=action,
        rules_html=group.rules_html,
        questions=group.questions if is_asking else [],
        is_asking=is_asking,
        mail=ways_on_joining((typed or {}).get("mail", "")),
        typed=typed or {},
        errors=wrong_with(None, error),
    )
    return unkept("groups/join.html", page, error.status if error else 200)
