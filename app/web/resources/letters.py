"""A letter with its blanks filled in: shown to be copied, or handed out as text. Nothing of it is kept."""

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.core.errors import NotFound
from app.resources.letters import filled
from app.resources.models import Access, ResourceKind
from app.resources.policy import is_open_to
from app.web.accounts.pages import never_kept
from app.web.deps import Me, doors_of
from app.web.forms import typed_fields
from app.web.handing_out import SAVED_ONLY, disposition
from app.web.rendering import render
from app.web.resources.downloads import count
from app.web.resources.library import find_shown, resource_page
from app.web.resources.pages import LIBRARY

router = APIRouter()


@router.post(LIBRARY + "{slug}/letter")
async def fill_in(request: Request, me: Me, slug: str) -> Response:
    """The letter as it was filled in; `as=file` hands it out. Raises NotFound."""
    typed = await typed_fields(request)
    async with doors_of(request).reading() as db:
        listed = await find_shown(db, me, slug)
        resource, version = listed.resource, listed.version
        if resource.kind != ResourceKind.LETTER:
            raise NotFound
        if not is_open_to(me, Access(resource.access), resource.owner_id):
            raise NotFound
        page = await resource_page(request, db, me, listed)
    text = filled(version.letter, typed)
    count(request, me, version)
    if typed.get("as") == "file":
        headers = {
            "Content-Disposition": disposition(version.file_name),
            "Content-Security-Policy": SAVED_ONLY,
            "Cache-Control": "no-store",
        }
        return Response(text, headers=headers, media_type="text/plain; charset=utf-8")
    return never_kept(render("resources/page.html", replace(page, typed=typed, filled=text)))
