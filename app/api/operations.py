"""What an operation is: the scope it needs and what it may answer. The lock and the document read the same words."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from app.accounts.api_tokens import Scope
from app.api.calling import Call

PROBLEM = "application/problem+json"
_SCOPE, _PUBLIC = "x-scope", "x-public"
# What can happen to any call; and to any that changes something.
_ALWAYS = (401, 403, 429, 503)
_WITH_BODY = (400, 413, 415, 422)

SAYS: Mapping[int, str] = {
    304: "You have it already.",
    400: "What was sent can't be read.",
    401: "No token where one is needed, or one that opens nothing.",
    403: "The token lacks the scope, or its owner may not do this.",
    404: "Not there, or not for this caller to see: both are answered alike.",
    409: "Somebody was faster; where that helps, `current` shows how it stands now.",
    410: "It was here, and was taken away.",
    412: "It is not as `If-Match` says.",
    413: "More was sent than is taken.",
    415: "What was sent is not JSON, or not of a kind that is taken here.",
    422: "It can be read, but not used; `errors` names the fields.",
    429: "Too often; `Retry-After` says how many seconds to wait.",
    503: "The database is away or busy. Try again.",
}


def reads(scope: Scope, *errors: int, is_public: bool = True) -> dict[str, Any]:
    """The keywords of an endpoint that only reads; a visitor may call it where it `is_public`."""
    return {
        "responses": _responses((304, *_ALWAYS, *errors)),
        "openapi_extra": {_SCOPE: scope.value, _PUBLIC: is_public},
    }


def writes(scope: Scope, *errors: int, takes_body: bool = True) -> dict[str, Any]:
    """The keywords of an endpoint that changes something."""
    body = _WITH_BODY if takes_body else ()
    return {
        "responses": _responses((*_ALWAYS, *body, *errors)),
        "openapi_extra": {_SCOPE: scope.value, _PUBLIC: False},
    }


def scope_in(extra: Mapping[str, Any] | None) -> tuple[Scope, bool]:
    """The scope that a route was written down with, and whether a visitor needs none."""
    assert extra is not None, "every operation says what it needs"
    return Scope(extra[_SCOPE]), bool(extra[_PUBLIC])


def take_scope(operation: dict[str, Any]) -> tuple[str, bool] | None:
    """The same, taken out of an operation of the document; None for one that is no call."""
    if _SCOPE not in operation:
        return None
    return operation.pop(_SCOPE), operation.pop(_PUBLIC)


def _responses(statuses: tuple[int, ...]) -> dict[int | str, dict[str, Any]]:
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": SAYS[status]} | ({"content": problem} if status >= 400 else {})
        for status in sorted(set(statuses))
    }


def _call(request: Request) -> Call:
    call: Call = request.state.call
    return call


# What every endpoint asks for.
Asking = Annotated[Call, Depends(_call)]
