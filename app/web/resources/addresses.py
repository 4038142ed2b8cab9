"""Leaving an address to get something: a form, a letter, one button, and then the file."""

from dataclasses import replace

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.core.errors import Invalid
from app.resources.addresses import confirm_address, find_asked, leave_address
from app.resources.models import LeftAddress
from app.resources.queries import Listed
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of, secrets_of_app
from app.web.forms import typed_fields
from app.web.resources.desk import errors_of
from app.web.resources.downloads import link_for
from app.web.resources.library import find_shown, resource_page
from app.web.resources.pages import LIBRARY, ConfirmPage
from app.web.resources.words import url_of

router = APIRouter()

_READ = ["GET", "HEAD"]
_CONFIRM = LIBRARY + "confirm/{token}/"


@router.api_route(_CONFIRM, methods=_READ)
async def show_confirmation(request: Request, db: Db, token: str) -> Response:
    """What the link of the letter leads to. Mail programs open links by themselves: one button does it."""
    _link, left, listed = await find_asked(db, token)
    return await _confirmation(request, db, left, listed)


@router.post(_CONFIRM)
async def confirm(request: Request, token: str) -> Response:
    """The address is theirs: the file is one click away. Raises NotFound, Gone."""
    async with doors_of(request).unit_of_work() as db:
        left, listed = await confirm_address(db, token)
    url = link_for(
        request, url_of(listed.resource), listed.resource, listed.version.number, address_id=left.id
    )
    return never_kept(RedirectResponse(url, 303))


@router.post(LIBRARY + "{slug}/addresses")
async def leave(request: Request, me: Me, slug: str) -> Response:
    """Have a letter sent. The page again, as it was typed, where something is wrong."""
    typed = await typed_fields(request)
    async with doors_of(request).reading() as db:
        listed = await find_shown(db, me, slug)
    try:
        async with doors_of(request).unit_of_work() as db:
            await leave_address(
                db,
                secrets_of_app(request),
                listed,
                email=typed.get("email", ""),
                may_be_mailed=bool(typed.get("may_be_mailed")),
                network=request.client.host if request.client else "",
            )
    except Invalid as refused:
        async with doors_of(request).reading() as db:
            page = await resource_page(request, db, me, listed)
        page = replace(page, typed=typed, errors=errors_of(refused))
        return unkept("resources/page.html", page, refused.status)
    return never_kept(RedirectResponse(f"{url_of(listed.resource)}?done=asked", 303))


async def _confirmation(
    request: Request, db: AsyncSession, left: LeftAddress, listed: Listed
) -> Response:
    frame, path = await spoken_frame(request, db), request.url.path
    page = ConfirmPage(
        frame=frame,
        head=head_of(frame, listed.resource.title, path),
        title=listed.resource.title,
        url=path,
        may_be_mailed=left.may_be_mailed,
    )
    return unkept("resources/confirm.html", page)
