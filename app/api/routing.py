"""How a call comes in: first who makes it, then its body, bounded, decoded and cleaned; only then its endpoint."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, NoReturn

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from app.api.calling import call_of
from app.api.operations import scope_in
from app.core.errors import BadRequest, WrongType
from app.core.i18n import _
from app.core.text import clean_text
from app.web.forms import LARGEST, whole_body


class ApiRoute(APIRoute):
    """One operation. `most` is how many bytes of JSON it takes."""

    most: ClassVar[int] = LARGEST

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **{**options, "operation_id": endpoint.__name__})

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own, behind ours."""
        inner = super().get_route_handler()
        scope, is_public = scope_in(self.openapi_extra)

        async def answer(request: Request) -> Response:
            request.state.call = await call_of(request, scope, is_public=is_public)
            if self.body_field is not None:
                await read_json(request, self.most)
            return await inner(request)

        return answer


class RouteForTexts(ApiRoute):
    """An operation that takes a whole post."""

    # Two million characters, each written in as many bytes as JSON may need for it.
    most = 13 << 20


async def read_json(request: Request, most: int) -> None:
    """Read a body of JSON, for FastAPI to find. Raises WrongType, TooLarge, BadRequest."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise WrongType(_("Send JSON, as “Content-Type: application/json”."))
    body = await whole_body(request, most)
    try:
        found = cleaned(json.loads(body.decode("utf-8"), parse_constant=_no_number))
    except (ValueError, RecursionError):
        raise BadRequest(_("What was sent is not JSON.")) from None
    # Where Starlette keeps what it has read itself.
    request._body, request._json = body, found


def cleaned(value: Any) -> Any:
    """JSON without characters that no text has: controls, and halves of characters."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    if isinstance(value, dict):
        return {clean_text(name): cleaned(one) for name, one in value.items()}
    return value


def _no_number(written: str) -> NoReturn:
    """JSON has no NaN and no infinity (RFC 8259 §6), though Python's reader knows them."""
    raise ValueError(written)
