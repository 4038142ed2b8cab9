"""Resources of the site, handed in, changed, published and retired: by the actions of their desk."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.fields import Line
from app.api.operations import Asking, writes
from app.api.resource_acts import edit, hand_in, of_site, publish_one, renew, retire_one
from app.api.resource_forms import ABOUT, FILE, NOTE, ResourceChange, Retirement, takes_form
from app.api.resources import ResourceWhole
from app.api.routing import ApiRoute
from app.core.answers import require
from app.resources.policy import may_upload

router = APIRouter(route_class=ApiRoute, tags=["Resources"])

Slug = Annotated[Line, Path(max_length=200)]


@router.post(
    "/resources",
    status_code=201,
    response_model=ResourceWhole,
    **takes_form(required=["file", "title"], file=FILE, note=NOTE, **ABOUT),
)
async def create_resource(call: Asking) -> Response:
    """Hand in a file with what is said of it: a draft, which is published by a call of its own."""
    require(may_upload(call.me))
    return await hand_in(call)


@router.patch(
    "/resources/{slug}",
    response_model=ResourceWhole,
    **writes(Scope.RESOURCES_WRITE, 404, 409),
)
async def change_resource(call: Asking, slug: Slug, sent: ResourceChange) -> Response:
    """Let a resource say something else of itself; its address stays."""
    return await edit(of_site(call, slug), sent)


@router.post(
    "/resources/{slug}/versions",
    status_code=201,
    response_model=ResourceWhole,
    **takes_form(404, required=["file"], file=FILE, note=NOTE),
)
async def create_version(call: Asking, slug: Slug) -> Response:
    """Put a newer version of a file at the same address."""
    return await renew(of_site(call, slug))


@router.post(
    "/resources/{slug}/publication",
    status_code=201,
    response_model=ResourceWhole,
    **writes(Scope.RESOURCES_WRITE, 404, 409, 422, takes_body=False),
)
async def publish_resource(call: Asking, slug: Slug) -> Response:
    """Let those see it whom it is for."""
    return await publish_one(of_site(call, slug))


@router.post(
    "/resources/{slug}/retirement",
    status_code=201,
    response_model=ResourceWhole,
    **writes(Scope.RESOURCES_WRITE, 404, 409),
)
async def retire_resource(call: Asking, slug: Slug, sent: Retirement) -> Response:
    """Take it out of the library for good; its address says why."""
    return await retire_one(of_site(call, slug), sent)
