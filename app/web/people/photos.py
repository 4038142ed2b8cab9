"""One's own picture: handed in, and taken away."""

from collections.abc import AsyncGenerator

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import RedirectResponse, Response

from app.accounts.policy import may_have_account_page
from app.core.answers import require
from app.core.errors import BadRequest, Invalid, TooLarge, WrongType
from app.core.i18n import _
from app.core.stores import store_of
from app.groups.profiles.actions import show_photo
from app.media.portraits import LARGEST_PORTRAIT, forget_portrait, keep_portrait
from app.web.accounts.pages import never_kept
from app.web.deps import Me, doors_of, settings_of
from app.web.forms import FieldError, whole_body
from app.web.people.editing import OWN_PROFILE, refused

router = APIRouter()

# What stands around the picture in such a body.
_AROUND = 64 * 1024


@router.post(f"{OWN_PROFILE}photo")
async def hand_in(request: Request, me: Me) -> Response:
    """Show this picture from now on; the one before is deleted."""
    require(may_have_account_page(me))
    settings = settings_of(request)
    folder = store_of(settings)
    try:
        name = await keep_portrait(folder, await _picture(request))
    except (Invalid, TooLarge) as error:
        return await refused(request, me, [FieldError("photo", error.detail)], status=error.status)
    async with doors_of(request).unit_of_work() as db:
        before = await show_photo(db, me, name)
    await forget_portrait(folder, before)
    return never_kept(RedirectResponse(f"{OWN_PROFILE}?done=photo", 303))


@router.post(f"{OWN_PROFILE}photo/removal")
async def take_away(request: Request, me: Me) -> Response:
    """Show none, and keep none."""
    require(may_have_account_page(me))
    settings = settings_of(request)
    async with doors_of(request).unit_of_work() as db:
        before = await show_photo(db, me, "")
    await forget_portrait(store_of(settings), before)
    return never_kept(RedirectResponse(f"{OWN_PROFILE}?done=no-photo", 303))


async def _picture(request: Request) -> bytes:
    """The file in a form's body. Raises Invalid without one, TooLarge, WrongType, BadRequest."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise WrongType(_("Send a form with a file in it."))
    try:
        body = await whole_body(request, LARGEST_PORTRAIT + _AROUND)
    except TooLarge:
        most = LARGEST_PORTRAIT >> 20
        raise TooLarge(_("A picture has at most %(most)d MB.") % {"most": most}) from None
    try:
        parser = MultiPartParser(request.headers, _once(body), max_files=1, max_fields=5)
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError):
        raise BadRequest(_("What was sent can't be read.")) from None
    try:
        file = form.get("photo")
        content = await file.read() if isinstance(file, UploadFile) else b""
    finally:
        await form.close()
    if not content:
        raise Invalid(_("Choose a picture first."))
    return content


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
