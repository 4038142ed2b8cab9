"""`/admin/people/`: who is here, and who has which role. For owners alone, who change roles by their password."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actions import change_roles
from app.accounts.actor import Actor, Role
from app.accounts.models import User
from app.accounts.policy import may_run_the_site
from app.accounts.queries import find_user, get_user, people_page, staff
from app.accounts.sessions import roles_named
from app.core.answers import require
from app.core.errors import Conflict
from app.core.i18n import _
from app.core.text import number_in, one_line
from app.web.accounts.account import knows_password
from app.web.accounts.pages import (
    RoleChoice,
    StaffMember,
    head_of,
    never_kept,
    spoken_frame,
    unkept,
)
from app.web.accounts.words import role_may, role_name, role_names, said_done
from app.web.admin.pages import PEOPLE, Surroundings, surroundings
from app.web.deps import Db, Frame, Me, doors_of
from app.web.forms import FieldError, read_form
from app.web.head import Head

router = APIRouter()

PAGE_SIZE = 50
_READ = ["GET", "HEAD"]


class RolesForm(BaseModel):
    """Beside a box for each role, the password of whoever changes them: an open browser is not enough."""

    password: str = Field(min_length=1, max_length=1000)


@dataclass(frozen=True)
class PeoplePage:
    """Who has which role here; or everybody, or who was looked for, with a `next_url` until the last page."""

    frame: Frame
    head: Head
    around: Surroundings
    people: Sequence[StaffMember]
    is_staff_alone: bool
    sought: str = ""
    next_url: str = ""
    done: str = ""


@dataclass(frozen=True)
class PersonPage:
    """One person's roles, to be changed by whoever says their own password."""

    frame: Frame
    head: Head
    around: Surroundings
    id: int
    name: str
    email: str
    choices: Sequence[RoleChoice]
    errors: Sequence[FieldError] = ()


@router.api_route(PEOPLE.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(PEOPLE, 301)


@router.api_route(PEOPLE, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """Everybody with a role; everybody by `?show=all`; by `?who=` whose address or login it is, or who is called so."""
    require(may_run_the_site(me))
    query = request.query_params
    sought = one_line(query.get("who", ""))[:254]
    found = await find_user(db, sought) if sought else None
    if found is not None:
        return never_kept(RedirectResponse(f"{PEOPLE}{found.id}/", 303))
    frame = await spoken_frame(request, db)
    is_staff_alone = not sought and query.get("show") != "all"
    if is_staff_alone:
        people = await staff(db)
    else:
        before = number_in(query.get("before", ""))
        people = await people_page(db, words=sought, before=before, most=PAGE_SIZE + 1)
    page = PeoplePage(
        frame=frame,
        head=head_of(frame, _("People"), PEOPLE),
        around=surroundings(PEOPLE),
        people=[_listed(user, me) for user in people[: None if is_staff_alone else PAGE_SIZE]],
        is_staff_alone=is_staff_alone,
        sought=sought,
        next_url="" if is_staff_alone else _next(sought, people),
        done=said_done(query.get("done", "")),
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
        around=surroundings(PEOPLE),
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


def _next(sought: str, people: Sequence[User]) -> str:
    if len(people) <= PAGE_SIZE:
        return ""
    given = {"who": sought} if sought else {"show": "all"}
    return f"{PEOPLE}?{urlencode({**given, 'before': people[PAGE_SIZE - 1].id})}"
