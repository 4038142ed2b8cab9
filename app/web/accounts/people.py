"""`/admin/people/`: who has which role here. Owners alone see it, and change it with their password at hand."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actions import change_roles
from app.accounts.actor import Actor, Role
from app.accounts.models import User
from app.accounts.policy import may_run_the_site
from app.accounts.queries import find_user, get_user, staff
from app.accounts.sessions import roles_named
from app.core.answers import require
from app.core.errors import Conflict
from app.core.i18n import _
from app.web.accounts.account import knows_password
from app.web.accounts.pages import (
    PeoplePage,
    PersonPage,
    RoleChoice,
    StaffMember,
    head_of,
    never_kept,
    spoken_frame,
    unkept,
)
from app.web.accounts.words import role_may, role_name, role_names, said_done
from app.web.deps import Db, Me, doors_of
from app.web.forms import FieldError, read_form

router = APIRouter()

PEOPLE = "/admin/people/"
_READ = ["GET", "HEAD"]


class RolesForm(BaseModel):
    """Beside a box for each role, the password of whoever changes them: an open browser is not enough."""

    password: str = Field(min_length=1, max_length=1000)


@router.api_route(PEOPLE.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(PEOPLE, 301)


@router.api_route(PEOPLE, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """Everybody with a role; `?who=` leads to anybody with an account, by address or login."""
    require(may_run_the_site(me))
    sought = request.query_params.get("who", "").strip()
    found = await find_user(db, sought) if sought else None
    if found is not None:
        return never_kept(RedirectResponse(f"{PEOPLE}{found.id}/", 303))
    frame = await spoken_frame(request, db)
    page = PeoplePage(
        frame=frame,
        head=head_of(frame, _("People"), PEOPLE),
        staff=[_listed(user, me) for user in await staff(db)],
        sought=sought,
        done=said_done(request.query_params.get("done", "")),
    )
    return unkept("account/people.html", page)


@router.api_route(f"{PEOPLE}{{user_id:int}}/", methods=_READ)
async def show_person(request: Request, db: Db, me: Me, user_id: int) -> Response:
    """One person's roles. Raises NotFound."""
    require(may_run_the_site(me))
    return await _person(request, db, user_id)


@router.post(f"{PEOPLE}{{user_id:int}}/roles")
async def change(request: Request, me: Me, user_id: int) -> Response:
    """Give them these roles and no others. 409 where the site would belong to nobody."""
    require(may_run_the_site(me))
    form = await read_form(request, RolesForm)
    # A box that is not ticked is not sent.
    wanted = frozenset(role for role in Role if form.typed.get(role))
    if form.value is None:
        return await _again(request, user_id, wanted, form.errors)
    if not await knows_password(request, me, form.value.password):
        says = FieldError("password", _("That is not your password."))
        return await _again(request, user_id, wanted, (says,))
    try:
        async with doors_of(request).unit_of_work() as db:
            await change_roles(db, me, user_id, add=wanted, remove=frozenset(Role) - wanted)
    except Conflict as refused:
        says = FieldError(Role.OWNER, refused.detail)
        return await _again(request, user_id, wanted, (says,), refused.status)
    # Whoever is no owner any more has no business on this page.
    is_over = user_id == me.user_id and Role.OWNER not in wanted
    return never_kept(RedirectResponse(f"{'/account/' if is_over else PEOPLE}?done=roles", 303))


async def _again(
    request: Request,
    user_id: int,
    wanted: frozenset[Role],
    errors: Sequence[FieldError],
    status: int = 422,
) -> Response:
    """The form as it was ticked, with what is wrong."""
    async with doors_of(request).reading() as db:
        return await _person(request, db, user_id, wanted, errors, status)


async def _person(
    request: Request,
    db: AsyncSession,
    user_id: int,
    wanted: frozenset[Role] | None = None,
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    frame = await spoken_frame(request, db)
    user = await get_user(db, user_id)
    ticked = roles_named(user.roles) if wanted is None else wanted
    page = PersonPage(
        frame=frame,
        head=head_of(frame, user.name, f"{PEOPLE}{user.id}/"),
        id=user.id,
        name=user.name,
        email=user.email,
        choices=[
            RoleChoice(role, role_name(role), role_may(role), role in ticked) for role in Role
        ],
        errors=tuple(errors),
    )
    return unkept("account/person.html", page, status)


def _listed(user: User, me: Actor) -> StaffMember:
    return StaffMember(
        id=user.id,
        name=user.name,
        email=user.email,
        roles=role_names(roles_named(user.roles)),
        has_second_factor=bool(user.totp_secret),
        is_me=user.id == me.user_id,
    )
