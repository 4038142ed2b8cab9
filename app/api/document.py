"""The OpenAPI document: written from the operations themselves, so that it says what they do."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from app.api.calling import BASE
from app.api.errors import Problem
from app.api.once import KEY
from app.api.operations import take_scope
from app.api.routers import ROUTERS

TITLE = "Rapport"
VERSION = "1"
_REF = "#/components/schemas/{model}"
_ABOUT = (
    "Everything that a person may do here, for programs. Anybody reads what is public; all else needs a "
    "token, made at `/account/tokens/`, with the scope that each operation names. Lists go on by `cursor`. "
    "Errors are `application/problem+json`. A POST with an `Idempotency-Key` is done once. "
    "All of it in words: `/api/v1/`."
)
_ETAG = {"description": "Names this very text; send it back.", "schema": {"type": "string"}}
_HEADERS: dict[str, dict[str, Any]] = {
    "200": {"ETag": _ETAG},
    "201": {
        "ETag": _ETAG,
        "Location": {"description": "Where it is read.", "schema": {"type": "string"}},
    },
    "401": {"WWW-Authenticate": {"schema": {"type": "string"}}},
    "429": {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer"}}},
}
_SUCCESS = {"200": "As it is now.", "201": "It is done, or made."}
_NEXT = {"description": "The next page (RFC 8288).", "schema": {"type": "string"}}
_IDEMPOTENCY = {
    "name": KEY, "in": "header", "required": False,
    "description": "Anything made up once for this: the same call with the same key is done once in 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}  # fmt: skip
_IF_MATCH = {
    "name": "If-Match", "in": "header", "required": False,
    "description": "The `ETag` it was read with: 412 where it is not that any more.",
    "schema": {"type": "string", "pattern": '^(\\*|(W/)?"[!#-~]*")$'},
}  # fmt: skip


@lru_cache(maxsize=4)
def document(base_url: str) -> dict[str, Any]:
    """The document of a site at this address."""
    routes: Sequence[Any] = [route for router in ROUTERS for route in router.routes]
    found = get_openapi(
        title=TITLE,
        version=VERSION,
        description=_ABOUT,
        routes=routes,
        servers=[{"url": f"{base_url}{BASE}"}],
        separate_input_output_schemas=False,
    )
    for path in found["paths"].values():
        for method, operation in path.items():
            _describe(method, operation)
    _, problem = models_json_schema([(Problem, "serialization")], ref_template=_REF)
    components = found.setdefault("components", {})
    components.setdefault("schemas", {}).update(problem["$defs"])
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "Made at `/account/tokens/`."}
    }
    return found


def _describe(method: str, operation: dict[str, Any]) -> None:
    taken = take_scope(operation)
    assert taken is not None, operation
    scope, is_public = taken
    first, _gap, rest = operation.pop("description", "").partition("\n\n")
    operation["summary"] = first
    needs = f"Needs a token with the scope `{scope}`" + (
        "; without a token, it tells what is public." if is_public else "."
    )
    operation["description"] = f"{rest.strip()}\n\n{needs}".strip()
    operation["security"] = [*([{}] if is_public else []), {"token": [scope]}]
    responses = operation["responses"]
    for status, says in _SUCCESS.items():
        if status in responses:
            responses[status]["description"] = says
    # What FastAPI supposes of every operation with a parameter: an answer of its own.
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    for status, headers in _HEADERS.items():
        if status in responses:
            responses[status]["headers"] = {**headers}
    if method == "get" and any(p["name"] == "cursor" for p in operation.get("parameters", ())):
        responses["200"]["headers"]["Link"] = _NEXT
    if method == "post":
        operation.setdefault("parameters", []).append(_IDEMPOTENCY)
    if "412" in responses:
        operation.setdefault("parameters", []).append(_IF_MATCH)
