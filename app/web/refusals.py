"""What an action refused, as the form that asked for it shows it."""

from collections.abc import Sequence

from app.core.errors import AppError, Invalid
from app.core.i18n import _
from app.web.forms import FieldError


def errors_of(error: AppError) -> Sequence[FieldError]:
    """Each wrong field with its sentence; or the one sentence about all of it."""
    fields = error.fields if isinstance(error, Invalid) else {}
    return [FieldError(name, says) for name, says in fields.items()] or [
        FieldError("", _(error.detail))
    ]
