"""What stands about an author under their posts: at `/account/author/` one's own, for owners anybody's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.authors import (
    ABOUT_LENGTH,
    LABEL_LENGTH,
    MOST_LINKS,
    AuthorWish,
    edit_author,
    show_author_photo,
    state_of_author,
)
from app.accounts.models import User
from app.accounts.policy import may_edit_author
from app.accounts.queries import get_user
from app.core.answers import require
from app.core.errors import AppError, Conflict, Invalid, TooLarge
from app.core.i18n import _
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.admin.pages import PEOPLE, Surroundings, admin_head, surroundings
from app.web.admin.pictures import picture_sent
from app.web.deps import Db, Frame, Me, doors_of
from app.web.forms import FieldError, Form, read_form, value_of, wrong_with
from app.web.head import Head
from app.web.pages.post_assembly import author_box
from app.web.pages.post_page import AuthorBox

router = APIRouter()

OWN = "/account/author/"
_READ = ["GET", "HEAD"]
_NUMBERS = range(1, MOST_LINKS + 1)


class AuthorForm(BaseModel):
    """A few sentences and a website; links come by the piece."""

    about: str = ""
    website: str = ""
    opened_on: str = ""


@dataclass(frozen=True)
class AuthorPage:
    """`admin/author.html`, `account/author.html`: the form, and the box as readers see it."""

    frame: Frame
    head: Head
    around: Surroundings
    url: str
    name: str
    box: AuthorBox
    typed: Mapping[str, str]
    opened_on: str
    numbers: Sequence[int] = _NUMBERS
    longest_about: int = ABOUT_LENGTH
    longest_label: int = LABEL_LENGTH
    done: str = ""
    errors: Sequence[FieldError] = ()


@router.api_route(OWN.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(OWN, 301)


@router.api_route(OWN, methods=_READ)
@router.api_route(f"{PEOPLE}{{user_id:int}}/author/", methods=_READ)
async def show(request: Request, db: Db, me: Me, user_id: int = 0) -> Response:
    """The form as it stands. Raises SignInNeeded, Forbidden, NotFound."""
    number = user_id or me.user_id or 0
    require(may_edit_author(me, number))
    done = (
        _("Kept. It stands under every post from now on.") if "done" in request.query_params else ""
    )
    return await _page(request, db, me, number, done=done)


@router.post(OWN)
@router.post(f"{PEOPLE}{{user_id:int}}/author/")
async def change(request: Request, me: Me, user_id: int = 0) -> Response:
    """Let this stand there. 422 for what can't be, 409 where another window was faster."""
    number = user_id or me.user_id or 0
    require(may_edit_author(me, number))
    form = await read_form(request, AuthorForm)
    try:
        value = value_of(form)
        wish = AuthorWish(value.about, value.website, _links(form.typed))
        async with doors_of(request).unit_of_work() as db:
            await edit_author(db, me, number, wish, opened_on=value.opened_on)
    except (Invalid, Conflict) as error:
        async with doors_of(request).reading() as db:
            return await _page(request, db, me, number, form=form, error=error)
    return _done(me, number)


@router.post(f"{OWN}photo")
@router.post(f"{PEOPLE}{{user_id:int}}/author/photo")
async def hand_in(request: Request, me: Me, user_id: int = 0) -> Response:
    """Show this picture beside them. 422 for what is none, 413 for what is too large."""
    number = user_id or me.user_id or 0
    require(may_edit_author(me, number))
    try:
        upload = await picture_sent(request, me)
    except (Invalid, TooLarge) as error:
        refused = Invalid(error.detail, fields={"photo": error.detail})
        refused.status = error.status
        async with doors_of(request).reading() as db:
            return await _page(request, db, me, number, error=refused)
    async with doors_of(request).unit_of_work() as db:
        await show_author_photo(db, me, number, f"/wp-content/uploads/{upload.path}")
    return _done(me, number)


@router.post(f"{OWN}photo/removal")
@router.post(f"{PEOPLE}{{user_id:int}}/author/photo/removal")
async def take_away(request: Request, me: Me, user_id: int = 0) -> Response:
    """Show no picture any more; the file stays among the uploads."""
    number = user_id or me.user_id or 0
    async with doors_of(request).unit_of_work() as db:
        await show_author_photo(db, me, number, "")
    return _done(me, number)


def _url(me: Actor, number: int) -> str:
    return OWN if number == me.user_id else f"{PEOPLE}{number}/author/"


def _done(me: Actor, number: int) -> Response:
    return never_kept(RedirectResponse(f"{_url(me, number)}?done=1", 303))


def _links(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (typed.get(f"link_{number}_label", ""), typed.get(f"link_{number}_url", ""))
        for number in _NUMBERS
    ]


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    number: int,
    *,
    form: Form[AuthorForm] | None = None,
    error: AppError | None = None,
    done: str = "",
) -> Response:
    frame = await spoken_frame(request, db)
    user = await get_user(db, number)
    url = _url(me, number)
    page = AuthorPage(
        frame=frame,
        head=admin_head(frame, _("About the author"), url),
        around=surroundings(PEOPLE),
        url=url,
        name=user.name,
        box=author_box(user),
        typed=_kept(user) | (dict(form.typed) if form else {}),
        opened_on=state_of_author(user),
        done=done,
        errors=wrong_with(form, error),
    )
    template = "admin/author.html" if me.is_owner else "account/author.html"
    return unkept(template, page, error.status if error else 200)


def _kept(user: User) -> dict[str, str]:
    kept = {"about": user.bio_source, "website": user.website}
    for number in _NUMBERS:
        link = user.links[number - 1] if number <= len(user.links) else {}
        kept[f"link_{number}_label"] = str(link.get("label", ""))
        kept[f"link_{number}_url"] = str(link.get("url", ""))
    return kept
