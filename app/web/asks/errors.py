"""What is wrong with a form of asks and offers, at the fields it is about."""

from typing import Any

from app.core.errors import AppError, Invalid
from app.web.forms import FieldError, Form


def errors_of(form: Form[Any] | None, error: AppError | None) -> tuple[FieldError, ...]:
    """The form's own findings, else what the refusal names; one that is about no field stands above them."""
    if error is None:
        return ()
    if form and form.errors:
        return form.errors
    fields = error.fields if isinstance(error, Invalid) else {}
    named = tuple(FieldError(name, says) for name, says in fields.items())
    return named or (FieldError("", error.detail),)
