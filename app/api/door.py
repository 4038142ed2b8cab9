"""Where the API begins: an application of its own below `/api/v1`, so that all it answers is JSON."""

import json

from fastapi import FastAPI, Request
from starlette.datastructures import State
from starlette.responses import Response
from starlette.routing import Mount

from app.api import errors
from app.api.calling import BASE, CallLimit
from app.api.document import document
from app.api.page import show_page
from app.api.routers import ROUTERS
from app.web.deps import settings_of
from app.web.door.page_cache import mark_cacheable


def mounted(state: State) -> Mount:
    """The API, with the state of the application it belongs to."""
    api = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    state.call_limit = CallLimit()
    api.state = state
    for router in ROUTERS:
        api.router.routes.extend(router.routes)
    api.add_route("/", show_page, methods=["GET", "HEAD"])
    api.add_route("/openapi.json", show_document, methods=["GET", "HEAD"])
    errors.install(api)
    return Mount(BASE, app=api)


async def show_document(request: Request) -> Response:
    """The OpenAPI document; the same for everybody until the program changes."""
    mark_cacheable(request.scope, {"site"})
    told = document(settings_of(request).base_url)
    return Response(json.dumps(told, ensure_ascii=False), media_type="application/json")
