"""The look that owners chose: its style sheet, under a name made from what is in it, and its two pictures."""

from enum import StrEnum

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.errors import AppError, Invalid, NotFound, TooLarge
from app.site.changing import Part, change_settings, state_of
from app.site.look import sheet_address, sheet_of
from app.site.queries import ensure_site
from app.web.accounts.pages import never_kept
from app.web.admin.pages import SETTINGS
from app.web.admin.pictures import picture_sent
from app.web.admin.settings import part_page, part_url
from app.web.deps import Db, Me, doors_of, frame_of, settings_of
from app.web.door.page_cache import mark_cacheable

router, style = APIRouter(), APIRouter()

APPEARANCE = part_url(Part.APPEARANCE)


class Slot(StrEnum):
    """Where a picture stands."""

    LOGO = "logo"
    HEADER = "header"


@style.api_route("/static/look.{digest}.css", methods=["GET", "HEAD"])
async def style_sheet(request: Request, db: Db, digest: str) -> Response:
    """The sheet for ever under its present name; under an older one what counts now, for now. Raises NotFound."""
    site = (await frame_of(request, db)).site
    sheet = sheet_of(site)
    if not sheet:
        raise NotFound
    is_present = sheet_address(site) == f"/static/look.{digest}.css"
    lasts = "public, max-age=31536000, immutable" if is_present else "no-cache"
    mark_cacheable(request.scope, ("site",))
    return Response(sheet, headers={"Cache-Control": lasts}, media_type="text/css; charset=utf-8")


@router.post(f"{SETTINGS}appearance/{{slot}}/removal")
async def take_away(request: Request, me: Me, slot: str) -> Response:
    """Show no picture there any more; the file stays among the uploads. Raises NotFound."""
    require(may_run_the_site(me))
    await _show(request, me, _slot(slot), None)
    return never_kept(RedirectResponse(f"{APPEARANCE}?done=1", 303))


@router.post(f"{SETTINGS}appearance/{{slot}}")
async def hand_in(request: Request, me: Me, slot: str) -> Response:
    """Show this picture there from now on. 422 for what is none, SVG among it. Raises NotFound."""
    require(may_run_the_site(me))
    place = _slot(slot)
    try:
        upload = await picture_sent(request, me)
        await _show(request, me, place, upload.id)
    except (Invalid, TooLarge) as error:
        refused = Invalid(error.detail, fields={place: error.detail})
        refused.status = error.status
        return await _again(request, refused)
    return never_kept(RedirectResponse(f"{APPEARANCE}?done=1", 303))


def _slot(name: str) -> Slot:
    if name not in set(Slot):
        raise NotFound
    return Slot(name)


async def _again(request: Request, error: AppError) -> Response:
    async with doors_of(request).reading() as db:
        return await part_page(request, db, Part.APPEARANCE, error=error)


async def _show(request: Request, me: Actor, slot: Slot, upload_id: int | None) -> None:
    async with doors_of(request).unit_of_work() as db:
        site = await ensure_site(db, settings_of(request).base_host, locked=True)
        # Whoever hands in a picture has seen no other form.
        wanted, opened_on = {f"{slot}_id": upload_id}, state_of(site, Part.APPEARANCE)
        await change_settings(db, me, site, Part.APPEARANCE, wanted, opened_on=opened_on)
