"""`/write/media/ID/`: one file, the words about it, where it is used, and how it goes."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.answers import require
from app.core.errors import AppError
from app.core.i18n import _
from app.core.text import number_in
from app.media.actions import LONGEST, Words, delete_upload, describe_upload
from app.media.files import PICTURES
from app.media.library import get_changeable, sizes_of
from app.media.models import Upload
from app.media.policy import may_use_library
from app.posts.addresses import address
from app.posts.models import Post
from app.posts.uploads_used import posts_using
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.forms import LARGEST, typed_fields, wrong_with
from app.web.head import Link
from app.web.media.desk import onward
from app.web.media.pages import DESK, FilePage
from app.web.media.words import (
    ending_of,
    facts_of,
    is_untold,
    large,
    markdown_of,
    said_done,
    title_of,
    url_of,
)

_ONE = DESK + "{upload_id:int}/"
_READ = ["GET", "HEAD"]

router = APIRouter()


@dataclass(frozen=True)
class _Refusal:
    """Why a form is shown again, with what was typed into it."""

    typed: Mapping[str, str]
    error: AppError


@router.api_route(_ONE.rstrip("/"), methods=_READ)
async def with_slash(upload_id: int) -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(f"{DESK}{upload_id}/", 301)


@router.api_route(_ONE, methods=_READ)
async def show_file(request: Request, db: Db, me: Me, upload_id: int) -> Response:
    """Everything about one file. Raises NotFound."""
    require(may_use_library(me))
    return await _page(request, db, me, upload_id)


@router.post(_ONE + "words")
async def describe(request: Request, me: Me, upload_id: int) -> Response:
    """Say something else of it. The form again, as it was typed, where something is wrong."""
    typed = await typed_fields(request, most=4 * LARGEST)
    require(may_use_library(me))
    words = Words(**{name: typed.get(name, "") for name in LONGEST})
    try:
        async with doors_of(request).unit_of_work() as db:
            version = number_in(typed.get("version", "")) or 0
            await describe_upload(db, me, upload_id, words, version)
    except AppError as refused:
        return await _again(request, me, upload_id, _Refusal(typed, refused))
    return onward(f"{DESK}{upload_id}/", "saved")


@router.post(_ONE + "deletion")
async def delete(request: Request, me: Me, upload_id: int) -> Response:
    """Let it be gone; where posts use it, only when that is known."""
    typed = await typed_fields(request)
    require(may_use_library(me))
    try:
        async with doors_of(request).unit_of_work() as db:
            await delete_upload(db, me, upload_id, though_used=bool(typed.get("though_used")))
    except AppError as refused:
        return await _again(request, me, upload_id, _Refusal({}, refused), is_going=True)
    return onward(DESK, "deleted")


async def _again(
    request: Request, me: Actor, upload_id: int, refusal: _Refusal, *, is_going: bool = False
) -> Response:
    """The page with what was typed; after a conflict with the state that there is now."""
    if refusal.error.status not in (409, 422):
        raise refusal.error
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, upload_id, refusal, is_going=is_going)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    upload_id: int,
    refusal: _Refusal | None = None,
    *,
    is_going: bool = False,
) -> Response:
    upload = await get_changeable(db, me, upload_id)
    sizes = (await sizes_of(db, [upload.id]))[upload.id]
    posts, more = await posts_using(db, me, upload.id)
    by = await db.get(User, upload.user_id) if upload.user_id else None
    frame, title = await spoken_frame(request, db), title_of(upload)
    page = FilePage(
        frame=frame,
        head=head_of(frame, title, f"{DESK}{upload.id}/"),
        id=upload.id,
        title=title,
        path=upload.path,
        url=url_of(upload),
        picture=large(upload, sizes),
        ending=ending_of(upload),
        facts=facts_of(upload),
        added_at=upload.created_at,
        added_by=by.name if by else "",
        widths=sorted({size.width for size in sizes if size.width}),
        is_picture=upload.mime in PICTURES,
        is_untold=is_untold(upload),
        markdown=markdown_of(upload),
        typed=_typed(upload) | dict(refusal.typed if refusal else {}),
        version=upload.version,
        used_in=[_link_to(post) for post in posts],
        more_uses=more,
        is_going=is_going,
        done="" if refusal else said_done(request),
        errors=wrong_with(None, refusal.error) if refusal else (),
    )
    return unkept("media/file.html", page, refusal.error.status if refusal else 200)


def _typed(upload: Upload) -> dict[str, str]:
    """The fields as they would be typed to say what it says."""
    return {name: getattr(upload, name) for name in LONGEST}


def _link_to(post: Post) -> Link:
    """Drafts have no address of their own yet."""
    return Link(post.title or _("Untitled"), address(post.path) if post.path else f"/?p={post.id}")
