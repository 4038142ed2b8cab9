"""Every refusal as problem+json (RFC 9457), those of FastAPI and of the routes included."""

import re
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as RoutingError
from starlette.responses import Response

from app.core.errors import AppError, BadRequest, Invalid, NotFound, SignInNeeded, WrongFields
from app.core.i18n import _
from app.core.text import clean_text
from app.web import errors
from app.web.findings import says_of
from app.web.known_addresses import KnownAddresses

_CHOICE = re.compile(r"'([^']*)'")


class WrongField(BaseModel):
    """One thing that is wrong, and where."""

    field: str
    detail: str


class Problem(BaseModel):
    """Why something was not done."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["about:blank"])
    status: int = Field(examples=[422])
    title: str = Field(examples=["That can't be used"])
    detail: str = Field(examples=["Please look at the fields that are named."])
    errors: list[WrongField] = Field(default=[], description="With 422: which fields, and why.")


def install(app: FastAPI) -> None:
    """Let every error that leaves an operation become a problem; when all routes are there."""
    errors.install(app)
    app.add_exception_handler(AppError, _refused)
    known = KnownAddresses(app.router.routes)
    app.add_exception_handler(RoutingError, partial(_not_routed, known))
    app.add_exception_handler(RequestValidationError, _not_valid)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    if isinstance(error, WrongFields):
        error = _named(error.fields)
    response = await errors.refusal(request, error)
    if isinstance(error, SignInNeeded):
        # RFC 6750 §3
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    return response


async def _not_routed(known: KnownAddresses, request: Request, error: Exception) -> Response:
    assert isinstance(error, RoutingError)
    if error.status_code == 400:
        return await errors.refusal(request, BadRequest(_("What was sent can't be read.")))
    if methods := known.methods_at(request):
        return await errors.refusal(request, errors.wrong_method(request, methods))
    return await errors.refusal(request, NotFound(_("There is no such address in this API.")))


async def _not_valid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = {_field(one["loc"]): _says(one) for one in error.errors()}
    return await errors.refusal(request, _named(fields))


def _named(fields: dict[str, str]) -> Invalid:
    """What is wrong with which field, for whoever sees no form."""
    return Invalid(_("Please look at the fields that are named."), fields=fields)


def _field(where: tuple[Any, ...]) -> str:
    """The name of a field as whoever sent it knows it: `tags.2`; empty for the whole body."""
    return clean_text(".".join(map(str, where[1:])))[:200]


def _says(finding: Any) -> str:
    if finding["type"] not in ("enum", "literal_error"):
        return says_of(finding)
    # A program knows choices by these names; whoever has a form has them in words.
    names = ", ".join(_CHOICE.findall(finding["ctx"]["expected"]))
    return _("One of these, please: %(names)s.") % {"names": names}
