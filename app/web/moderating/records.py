"""Filters that are kept."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from app.core.errors import Invalid
from app.core.text import one_line
from app.moderation.models import SavedFilter
from app.web.deps import Me, doors_of
from app.web.forms import read_form
from app.web.moderating.addresses import QUEUE, back_to
from app.web.moderating.answers import Where
from app.web.moderating.surroundings import require_console

router = APIRouter()


class FilterForm(BaseModel):
    """A filter, and the name it is kept under."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    query: str = QUEUE


@router.post("/mod/filters")
async def keep_filter(request: Request, me: Me) -> Response:
    """Keep the filter that stands in an address under a name. Raises Invalid without one."""
    require_console(me)
    form = await read_form(request, FilterForm)
    if form.value is None:
        raise Invalid(form.errors[0].says)
    address = back_to(form.value.query)
    name, query = one_line(form.value.name), urlsplit(address).query[:500]
    async with doors_of(request).unit_of_work() as db:
        db.add(SavedFilter(user_id=me.user_id, name=name, query=query))
    return RedirectResponse(address, 303)


@router.post("/mod/filters/{filter_id:int}/removal")
async def drop_filter(request: Request, filter_id: int, me: Me) -> Response:
    """Forget one of one's own filters, and go on with the list that was looked at."""
    require_console(me)
    said = (await read_form(request, Where)).value or Where()
    async with doors_of(request).unit_of_work() as db:
        kept = await db.get(SavedFilter, filter_id)
        if kept is not None and kept.user_id == me.user_id:
            await db.delete(kept)
    return RedirectResponse(back_to(said.back), 303)
