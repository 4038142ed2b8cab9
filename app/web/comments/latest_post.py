"""`/c/latest-post/`: what the comment form's script asks when the box is ticked, to show what will be linked."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import JSONResponse, Response

from app.core.errors import Invalid
from app.core.jobs import enqueue
from app.core.networks import kept_address
from app.core.secrets import secrets_of
from app.discussions.latest_posts.jobs import look_up_latest_post
from app.discussions.latest_posts.offering import begin_lookup, find_offer
from app.web.comments.forms import web_address_typed
from app.web.deps import Db, doors_of, settings_of
from app.web.forms import read_form

router = APIRouter()

_UNCACHED = {"Cache-Control": "no-store"}


class WebsiteForm(BaseModel):
    """The website that stands in the comment form."""

    url: Annotated[str, Field(min_length=1, max_length=500), BeforeValidator(web_address_typed)]


@router.post("/c/latest-post/")
async def look_up(request: Request) -> Response:
    """Have a website's newest post looked for. Raises Invalid, TooMany."""
    form = await read_form(request, WebsiteForm)
    if form.value is None:
        raise Invalid(form.errors[0].says)
    website = form.value.url
    asked_by = kept_address(request.client.host if request.client else "")
    async with doors_of(request).unit_of_work() as db:
        if await begin_lookup(db, secrets_of(settings_of(request)), website, asked_by):
            await enqueue(db, look_up_latest_post, website=website, asked_by=asked_by)
    return JSONResponse({}, 202, _UNCACHED)


@router.api_route("/c/latest-post/", methods=["GET", "HEAD"])
async def offer(request: Request, db: Db) -> Response:
    """The title of what was found by now; says nothing where nothing was, for whatever reason."""
    found = None
    try:
        website = str(web_address_typed(request.query_params.get("url", "")))
    except ValueError:
        website = ""
    if website:
        found = await find_offer(db, website[:500])
    return JSONResponse({"title": found.title} if found else {}, headers=_UNCACHED)
