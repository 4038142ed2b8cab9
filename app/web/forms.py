"""read_form(): what was typed, what it means, and what is wrong with it."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel, ValidationError

from app.core.errors import AppError, BadRequest, Invalid, TooLarge, WrongFields, WrongType
from app.core.i18n import _
from app.web.findings import says_of

M = TypeVar("M", bound=BaseModel)

LARGEST = 64 * 1024
_SECONDS = 20
_MOST_FIELDS = 1000
_READ = "rapport.fields"


@dataclass(frozen=True)
class FieldError:
    """One thing that is wrong, at the field it is about; `field` is empty for the whole form."""

    field: str
    says: str


@dataclass(frozen=True)
class Form(Generic[M]):
    """A form that was sent: shown again as it was typed when `value` is None."""

    typed: Mapping[str, str]
    value: M | None
    errors: tuple[FieldError, ...] = ()

    def with_error(self, says: str, field: str = "") -> "Form[M]":
        """The same form, refused for one more reason."""
        return Form(self.typed, None, (*self.errors, FieldError(field, says)))


async def read_form(request: Request, model: type[M], *, most: int = LARGEST) -> Form[M]:
    """The body of a POST, form-encoded or JSON, as `model` understands it; at most `most` bytes.

    Raises TooLarge (413), WrongType (415), or BadRequest (400) for what is not UTF-8 or not JSON.
    """
    typed = await typed_fields(request, most=most)
    try:
        return Form(typed, model.model_validate(typed))
    except ValidationError as error:
        return Form(typed, None, tuple(_said_of(one) for one in error.errors()))


def value_of(form: Form[M]) -> M:
    """What a form means. Raises Invalid for one with something wrong in it, to be shown again."""
    if form.value is None:
        fields = {error.field: error.says for error in form.errors}
        raise WrongFields(fields)
    return form.value


def wrong_with(form: Form[M] | None, error: AppError | None) -> tuple[FieldError, ...]:
    """What stands above a form that is shown again: what is wrong at which field, or why it was refused."""
    if error is None:
        return ()
    if form is not None and form.errors:
        return form.errors
    fields = error.fields if isinstance(error, Invalid) else {}
    return tuple(FieldError(*one) for one in fields.items()) or (FieldError("", error.detail),)


async def typed_fields(request: Request, *, most: int = LARGEST) -> dict[str, str]:
    """The fields of a body by name, as text; of several values of one name the last. Raises as `read_form`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "application/json"):
        raise WrongType(_("Send a form, or JSON."))
    body = await whole_body(request, most)
    try:
        text = body.decode("utf-8")
        fields = _from_json(text) if kind == "application/json" else _from_form(text)
    except (ValueError, RecursionError):
        raise BadRequest(_("What was sent can't be read.")) from None
    request.scope[_READ] = fields
    return fields


async def typed_pairs(request: Request) -> list[tuple[str, str]]:
    """The fields of a form in their order, for names that come more than once. Raises as `read_form`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise WrongType(_("Send a form."))
    body = await whole_body(request)
    try:
        return parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise BadRequest(_("What was sent can't be read.")) from None


def fields_read(request: Request) -> Mapping[str, str]:
    """The fields that were read from this request before: for whoever refuses it and gives them back."""
    fields: Mapping[str, str] = request.scope.get(_READ, {})
    return fields


async def whole_body(request: Request, most: int = LARGEST) -> bytes:
    """The body, read before anything else is opened. Raises TooLarge, or BadRequest when it does not end."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise TooLarge(_("That is too large."))
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise TooLarge(_("That is too large."))
                parts.append(part)
    except TimeoutError:
        raise BadRequest(_("What was sent did not arrive in time.")) from None
    return b"".join(parts)


def _from_form(text: str) -> dict[str, str]:
    return dict(
        parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    )


def _from_json(text: str) -> dict[str, str]:
    found: Any = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return {str(name): _as_typed(value) for name, value in found.items() if value is not None}


def _as_typed(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return value if isinstance(value, str) else str(value)


def _said_of(error: Any) -> FieldError:
    """Pydantic's finding as a sentence for whoever typed it."""
    return FieldError(str((error["loc"] or ("",))[0]), says_of(error))
