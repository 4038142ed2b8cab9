"""`/follow/posts/ID/`: what is said under a post, by mail. One form for everybody, as pages that are kept lead here."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.queries import get_user
from app.core.errors import Invalid, TooMany
from app.core.i18n import _, marked
from app.notifications.following_posts import (
    Followable,
    ask_to_follow_post,
    follow_post_as_member,
    follows_post,
    leave_post_as_member,
    post_to_follow,
)
from app.posts.addresses import address
from app.web.accounts.pages import (
    frame_now,
    head_of,
    never_kept,
    spoken_frame,
    unkept,
    whereabouts_of,
)
from app.web.deps import Db, Frame, Me, doors_of, secrets_of_app
from app.web.followers.following import FollowForm
from app.web.forms import FieldError, Form, read_form, typed_fields
from app.web.head import Head, Link

router = APIRouter()

_ONE = "/follow/posts/{post_id:int}/"
_READ = ["GET", "HEAD"]
_DONE = {
    "on": marked("What is said about this post will be mailed to you."),
    "asked": marked("A letter is on its way to you: confirm your address by the link in it."),
    "off": marked("Nothing more that is said about this post will be mailed to you."),
}


@dataclass(frozen=True)
class FollowPostPage:
    """`followers/post.html`: the form, or one button for members; `is_sent` after a letter was asked for."""

    frame: Frame
    head: Head
    url: str
    post: Link
    email: str = ""
    is_sent: bool = False
    is_following: bool = False
    done: str = ""
    errors: Sequence[FieldError] = ()


def follow_url(post_id: int) -> str:
    """Where one follows what is said about a post."""
    return f"/follow/posts/{post_id}/"


@router.api_route(_ONE, methods=_READ)
async def show(request: Request, db: Db, me: Me, post_id: int) -> Response:
    """The form; members find a button in its place. Raises NotFound."""
    post = await post_to_follow(db, post_id)
    frame = await spoken_frame(request, db)
    said = _DONE.get(request.query_params.get("done", ""))
    email, is_following = "", False
    if me.user_id is not None:
        user = await get_user(db, me.user_id)
        email, is_following = user.email, await follows_post(db, user, post.thread_id)
    return _page(frame, post, email, is_following=is_following, done=_(said) if said else "")


@router.post(_ONE)
async def ask(request: Request, post_id: int) -> Response:
    """The same sentence for every address, whoever has it and whatever is known of it. Raises NotFound."""
    form = await read_form(request, FollowForm)
    async with doors_of(request).unit_of_work() as db:
        post = await post_to_follow(db, post_id)
    if form.value is None:
        return await _again(request, post, form, 422)
    try:
        # What no person fills in is answered as all others, and forgotten.
        if not form.value.your_subject:
            where = whereabouts_of(request).address
            async with doors_of(request).unit_of_work() as db:
                await ask_to_follow_post(
                    db, secrets_of_app(request), post.thread_id, form.value.email, where
                )
    except (Invalid, TooMany) as error:
        answer = await _again(request, post, form.with_error(error.detail, "email"), error.status)
        answer.headers.update(error.headers)
        return answer
    return _page(await frame_now(request), post, form.value.email.strip(), is_sent=True)


@router.post(f"{_ONE}mine")
async def choose(request: Request, me: Me, post_id: int) -> Response:
    """A member follows, or does not any more, with one click. Raises NotFound."""
    wants = (await typed_fields(request)).get("follow", "") == "1"
    async with doors_of(request).unit_of_work() as db:
        post = await post_to_follow(db, post_id)
        if not wants:
            await leave_post_as_member(db, me, post.thread_id)
            done = "off"
        else:
            done = "on" if await follow_post_as_member(db, me, post.thread_id) else "asked"
    return never_kept(RedirectResponse(f"{follow_url(post_id)}?done={done}", 303))


async def _again(
    request: Request, post: Followable, form: Form[FollowForm], status: int
) -> Response:
    frame = await frame_now(request)
    return _page(frame, post, form.typed.get("email", ""), errors=form.errors, status=status)


def _page(
    frame: Frame,
    post: Followable,
    email: str,
    *,
    is_sent: bool = False,
    is_following: bool = False,
    done: str = "",
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    url = follow_url(post.post_id)
    page = FollowPostPage(
        frame=frame,
        head=head_of(frame, _("Comments by mail"), url),
        url=url,
        post=Link(post.title, address(post.path)),
        email=email,
        is_sent=is_sent,
        is_following=is_following,
        done=done,
        errors=errors,
    )
    return unkept("followers/post.html", page, status)
