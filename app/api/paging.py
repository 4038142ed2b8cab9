"""Lists, page by page: a cursor says behind which key the next page begins, whatever comes in meanwhile."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.answering import answered
from app.api.calling import Call
from app.core.errors import Invalid
from app.core.i18n import _

T = TypeVar("T")
Row = TypeVar("Row")

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[
    str,
    Query(max_length=1000, description="`next_cursor` of the page before; none for the first."),
]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 10**18


class Listing(BaseModel, Generic[T]):
    """A page of a list. The header `Link` names the next one, too (RFC 8288)."""

    items: list[T]
    next_cursor: str | None = Field(description="Where the list goes on; null at its end.")


def listed(
    call: Call,
    rows: Sequence[Row],
    most: int,
    key: Callable[[Row], Sequence[Any]],
    page: Callable[[Sequence[Row], str | None], Listing[Any]],
) -> Response:
    """A page of at most so many `rows`, of which there is one more where the list goes on."""
    shown = rows[:most]
    following = cursor_of(*key(shown[-1])) if len(rows) > most else None
    model = page(shown, following)
    if following is None:
        return answered(call, model)
    fields = {**dict(call.request.query_params), "cursor": following}
    address = f"{call.url(call.request.url.path)}?{urlencode(fields, errors='replace')}"
    return answered(call, model, Link=f'<{address}>; rel="next"')


def cursor_of(*key: Any) -> str:
    """A key as text for an address; moments to the microsecond."""
    plain = [micros(part) if isinstance(part, datetime) else part for part in key]
    return urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(written: str, *kinds: type) -> list[Any] | None:
    """The key in a cursor, of these kinds; None for the first page. Raises Invalid for any other text."""
    if not written:
        return None
    try:
        padded = written + "=" * (-len(written) % 4)
        parts = json.loads(urlsafe_b64decode(padded.encode("ascii")))
        return [_part(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except (ValueError, TypeError, RecursionError, OverflowError):
        raise _no_cursor() from None


def place_in(written: str) -> bytes:
    """The place of a comment in its thread, as it stands in a cursor. Raises Invalid."""
    try:
        return bytes.fromhex(written)
    except ValueError:
        raise _no_cursor() from None


def _no_cursor() -> Invalid:
    says = _("That is no cursor of this list.")
    return Invalid(says, fields={"cursor": says})


def micros(moment: datetime) -> int:
    """A moment as whole microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _part(part: Any, kind: type) -> Any:
    if kind is datetime:
        return _EPOCH + timedelta(microseconds=_part(part, int))
    if kind is float and isinstance(part, int | float) and abs(part) < _MOST:
        return float(part)
    # Not `isinstance`: true is an int, too.
    is_huge = isinstance(part, int) and abs(part) > _MOST
    if type(part) is not kind or is_huge:
        raise ValueError(part)
    return part
