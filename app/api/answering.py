"""JSON answers: entity tags, conditions, pages of lists, and how a thing stands now for whoever came too late."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from app.api.calling import READS, Call
from app.core.errors import AppError, Outdated
from app.core.i18n import _
from app.web.door.negotiation import is_known
from app.web.errors import problem

_JSON = "application/json"


@dataclass(frozen=True)
class Done:
    """What a change came to: its thing as it is now, and the status that says so."""

    model: BaseModel
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    # The same without what is told once only: what whoever asks again by the same key is told.
    kept: BaseModel | None = None


def answered(call: Call, model: BaseModel, status: int = 200, **headers: str) -> Response:
    """A thing, or a page of a list, as JSON with its entity tag; 304 for whoever has it already."""
    body = model.model_dump_json().encode()
    etag = etag_of(body)
    known = call.request.headers.get("if-none-match", "")
    if status == 200 and call.request.method in READS and is_known(etag, known.encode("latin-1")):
        return dressed(call.request, Response(status_code=304), etag)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return dressed(call.request, Response(body, status, named, _JSON), etag)


def dressed(request: Request, response: Response, etag: bytes) -> Response:
    """The same answer with its tag; what a token opened is kept by nobody on the way."""
    response.headers["ETag"] = etag.decode()
    # Whoever asks without a token gets something else.
    response.headers["Vary"] = "Authorization"
    if "authorization" in request.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def etag_of(body: bytes) -> bytes:
    """The entity tag of these very bytes."""
    return b'"%s"' % hashlib.blake2b(body, digest_size=12).hexdigest().encode()


def require_unchanged(call: Call, now: BaseModel) -> None:
    """Go on only if a thing is still what `If-Match` says, where it says anything. Raises Outdated.

    The tag is of this form of the thing and of no coding: weak or strong, it names one text of it.
    """
    wanted = call.request.headers.get("if-match")
    if wanted is None:
        return
    if not is_known(etag_of(now.model_dump_json().encode()), wanted.encode("latin-1")):
        raise Outdated(_("It is not as it was when you read it. Read it again."))


def too_late(call: Call, refused: AppError, now: BaseModel) -> Response:
    """A refusal that shows how the thing stands now, as `current`."""
    response: JSONResponse = problem(refused, current=now.model_dump(mode="json"))
    response.headers.update(refused.headers)
    return dressed(call.request, response, etag_of(now.model_dump_json().encode()))
