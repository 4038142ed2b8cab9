"""What is somebody's own: taken away in one file, or forgotten with their account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import FileResponse, RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.leaving import erase_account
from app.accounts.policy import may_have_account_page
from app.core.answers import require
from app.core.errors import Conflict, NotFound
from app.core.i18n import _, speak
from app.porting.personal.taking import ask_for_data, exports_of, get_export, takeaway_folder
from app.web.accounts.account import knows_password
from app.web.accounts.pages import frame_now, head_of, never_kept, spoken_frame, unkept
from app.web.accounts.session_cookie import forget_session
from app.web.accounts.words import said_done
from app.web.deps import Db, Frame, Me, doors_of, secrets_of_app, settings_of
from app.web.forms import FieldError, read_form
from app.web.head import Head

router = APIRouter()

OWN_DATA = "/account/data/"
ERASED = "/account/erased/"
_READ = ["GET", "HEAD"]


class ErasingForm(BaseModel):
    """The password of whoever goes, and what becomes of what they said in public."""

    password: str = Field(min_length=1, max_length=1000)
    texts: str = Field(pattern="^(stay|go)$")


@dataclass(frozen=True)
class OwnFile:
    """A file of one's own data; without a size, it is still being made."""

    id: int
    asked_at: datetime
    expires_at: datetime | None
    size: str


@dataclass(frozen=True)
class OwnDataPage:
    """Taking one's data away, and going."""

    frame: Frame
    head: Head
    files: Sequence[OwnFile]
    texts: str = ""
    done: str = ""
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True)
class ErasedPage:
    """The last page somebody sees."""

    frame: Frame
    head: Head


@router.api_route(OWN_DATA.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(OWN_DATA, 301)


@router.api_route(OWN_DATA, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """The files that are there, and both forms."""
    require(may_have_account_page(me))
    done = said_done(request.query_params.get("done", ""))
    return await _page(request, db, me, done=done)


@router.post(OWN_DATA)
async def ask(request: Request, me: Me) -> Response:
    """Have a file made."""
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        await ask_for_data(db, me)
    return never_kept(RedirectResponse(f"{OWN_DATA}?done=data", 303))


@router.api_route(f"{OWN_DATA}{{export_id:int}}/file", methods=_READ)
async def download(request: Request, export_id: int, db: Db, me: Me) -> Response:
    """The file, for its owner alone."""
    export = await get_export(db, me, export_id)
    place = takeaway_folder(settings_of(request)).find(export.file)
    if place is None:
        raise NotFound
    name = f"my-data-{export.asked_at:%Y-%m-%d}.zip"
    return never_kept(FileResponse(place, media_type="application/zip", filename=name))


@router.post("/account/erasing")
async def erase(request: Request, me: Me) -> Response:
    """Forget whoever is signed in and knows the password. 409 for the last owner."""
    form = await read_form(request, ErasingForm)
    require(may_have_account_page(me))
    texts = form.typed.get("texts", "")
    if form.value is None:
        return await _refused(request, me, form.errors, texts)
    if not await knows_password(request, me, form.value.password):
        wrong = FieldError("password", _("That is not your password."))
        return await _refused(request, me, (wrong,), texts)
    frame = await frame_now(request)
    speak(frame.site.language)
    try:
        async with doors_of(request).unit_of_work() as db:
            await erase_account(db, me, secrets_of_app(request), texts_go=texts == "go")
    except Conflict as error:
        return await _refused(request, me, (FieldError("", error.detail),), texts, error.status)
    answer = never_kept(RedirectResponse(ERASED, 303))
    forget_session(answer, settings_of(request))
    return answer


@router.api_route(ERASED, methods=_READ)
async def erased(request: Request, db: Db) -> Response:
    """What was forgotten, and what follows within minutes."""
    frame = await spoken_frame(request, db)
    return unkept("account/erased.html", ErasedPage(frame, head_of(frame, _("Erased"), ERASED)))


async def _refused(
    request: Request, me: Actor, errors: Sequence[FieldError], texts: str, status: int = 422
) -> Response:
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, errors=errors, texts=texts, status=status)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    *,
    done: str = "",
    texts: str = "",
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    frame = await spoken_frame(request, db)
    page = OwnDataPage(
        frame=frame,
        head=head_of(frame, _("Your data"), OWN_DATA),
        files=[
            OwnFile(one.id, one.asked_at, one.expires_at, _in_kilobytes(one.size))
            for one in await exports_of(db, me)
        ],
        texts=texts,
        done=done,
        errors=tuple(errors),
    )
    return unkept("account/own_data.html", page, status)


def _in_kilobytes(size: int) -> str:
    return _("%(number)d KB") % {"number": -(-size // 1024)} if size else ""
