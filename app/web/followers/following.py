"""`/follow/`: new posts by mail. The form is the same for everybody, so it may stand in pages that are kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from app.accounts.queries import get_user
from app.core.errors import Invalid, TooMany
from app.core.i18n import _, marked
from app.notifications.blog.following import (
    EMAIL_LENGTH,
    ask_to_follow_blog,
    confirm_follower,
    follow_as_member,
    follower_to_confirm,
    follows_blog,
    leave_as_member,
)
from app.web.accounts.letters import ask_page
from app.web.accounts.pages import (
    frame_now,
    head_of,
    never_kept,
    spoken_frame,
    unkept,
    whereabouts_of,
)
from app.web.deps import Db, Frame, Me, doors_of, secrets_of_app
from app.web.forms import FieldError, Form, read_form, typed_fields
from app.web.head import Head, Link

router = APIRouter()

FOLLOW = "/follow/"
_READ = ["GET", "HEAD"]
_DONE = {
    "on": marked("New posts will be mailed to you."),
    "asked": marked("A letter is on its way to you: confirm your address by the link in it."),
    "off": marked("No more posts will be mailed to you."),
}


class FollowForm(BaseModel):
    """An address; nobody sees the field `your_subject`."""

    email: str = Field(min_length=1, max_length=EMAIL_LENGTH)
    your_subject: str = ""


@dataclass(frozen=True)
class FollowPage:
    """`followers/follow.html`: the form, or one button for members; `is_sent` after a letter was asked for."""

    frame: Frame
    head: Head
    email: str = ""
    is_sent: bool = False
    is_following: bool = False
    done: str = ""
    errors: Sequence[FieldError] = ()


@router.api_route(FOLLOW.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(FOLLOW, 301)


@router.api_route(FOLLOW, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """The form; members find a button in its place."""
    frame = await spoken_frame(request, db)
    said = _DONE.get(request.query_params.get("done", ""))
    email, is_following = "", False
    if me.user_id is not None:
        user = await get_user(db, me.user_id)
        email, is_following = user.email, await follows_blog(db, secrets_of_app(request), user)
    page = FollowPage(
        frame, _head(frame), email, is_following=is_following, done=_(said) if said else ""
    )
    return unkept("followers/follow.html", page)


@router.post(FOLLOW)
async def ask(request: Request) -> Response:
    """The same sentence for every address, whoever has it and whatever is known of it."""
    form = await read_form(request, FollowForm)
    if form.value is None:
        return await _again(request, form, 422)
    try:
        # What no person fills in is answered as all others, and forgotten.
        if not form.value.your_subject:
            async with doors_of(request).unit_of_work() as db:
                await ask_to_follow_blog(
                    db, secrets_of_app(request), form.value.email, whereabouts_of(request).address
                )
    except (Invalid, TooMany) as error:
        answer = await _again(request, form.with_error(error.detail, "email"), error.status)
        answer.headers.update(error.headers)
        return answer
    frame = await frame_now(request)
    page = FollowPage(frame, _head(frame), form.value.email.strip(), is_sent=True)
    return unkept("followers/follow.html", page)


@router.post(f"{FOLLOW}mine")
async def choose(request: Request, me: Me) -> Response:
    """A member follows, or does not any more, with one click."""
    wants = (await typed_fields(request)).get("follow", "") == "1"
    secrets = secrets_of_app(request)
    async with doors_of(request).unit_of_work() as db:
        if not wants:
            await leave_as_member(db, secrets, me)
            return _onward("off")
        return _onward("on" if await follow_as_member(db, secrets, me) else "asked")


@router.api_route("/confirm/blog/{token}/", methods=_READ)
async def look_at_link(request: Request, db: Db, token: str) -> Response:
    """What the link would do; looking at it does nothing, as mail programs look, too."""
    follower = await follower_to_confirm(db, token)
    frame = await spoken_frame(request, db)
    says = _("New posts of %(site)s will be mailed to %(email)s, until you end it.")
    return ask_page(
        frame,
        _("Mail you new posts?"),
        (says % {"site": frame.site.title, "email": follower.email},),
        button=_("Yes, mail me new posts"),
    )


@router.post("/confirm/blog/{token}/")
async def confirm(request: Request, token: str) -> Response:
    """From now on they come."""
    async with doors_of(request).unit_of_work() as db:
        await confirm_follower(db, token)
        frame = await spoken_frame(request, db)
    says = (_("The next one that its author sends out comes to you."),)
    way_on = Link(_("Go to the newest posts"), "/")
    return ask_page(frame, _("You will be mailed new posts"), says, way_on=way_on)


def _head(frame: Frame) -> Head:
    return head_of(frame, _("New posts by mail"), FOLLOW)


async def _again(request: Request, form: Form[FollowForm], status: int) -> Response:
    frame = await frame_now(request)
    page = FollowPage(frame, _head(frame), form.typed.get("email", ""), errors=form.errors)
    return unkept("followers/follow.html", page, status)


def _onward(done: str) -> Response:
    return never_kept(RedirectResponse(f"{FOLLOW}?done={done}", 303))
