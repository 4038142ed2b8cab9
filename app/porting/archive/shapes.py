"""What a line of an archive must look like: one strict model a table, made from the mapped classes.

JSON has no moments, bytes and enumerations: moments are texts of ISO 8601 in UTC, bytes are
hexadecimal digits, a choice is the word that stands in the database.
"""

import json
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    ValidationError,
    create_model,
)
from pydantic import AwareDatetime as Aware
from sqlalchemy import BigInteger, Column, Integer, LargeBinary

from app.accounts.actor import Role
from app.core.db import UtcDateTime
from app.core.markup import SafeHtml
from app.groups.models import TopicKind
from app.porting.archive.contents import Carried
from app.site.models import Permalinks

Row: TypeAlias = dict[str, Any]

# Larger than any text a person wrote; a line is one row.
LONGEST_LINE = 64 << 20
_DEEPEST = 20
_LARGE, _SMALL = (1 << 63) - 1, (1 << 31) - 1
# As numbers in addresses and places of threads have it.
_HIGHEST_ID = (1 << 47) - 1
_LONGEST_NAME = 400


def _each_with(*keys: str) -> Any:
    """A list of texts under these names."""

    def check(given: list[dict[str, str]]) -> list[dict[str, str]]:
        if any(set(one) != set(keys) for one in given):
            raise ValueError(f"each must have {' and '.join(keys)}, and nothing else")
        return given

    return Annotated[list[dict[str, str]], AfterValidator(check)]


# What the column's type alone does not say.
_ALSO: Mapping[str, Any] = {
    "site.permalinks": Permalinks,
    "users.roles": list[Role],
    "users.links": _each_with("label", "url"),
    "profiles.links": _each_with("label", "url"),
    "groups.kinds": list[TopicKind],
    "memberships.answers": _each_with("question", "answer"),
    "author_keys.key": Annotated[str, Field(max_length=_LONGEST_NAME)],
}


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("no moment anybody counts") from error


def _sound(value: Any, depth: int = 0) -> Any:
    """No database keeps NUL in a text, and nobody nests so deep."""
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, str) and "\0" in value:
        raise ValueError("a text with a NUL in it")
    if isinstance(value, dict):
        for key, one in value.items():
            _sound(key, depth + 1)
            _sound(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            _sound(one, depth + 1)
    return value


class _Line(BaseModel):
    model_config = ConfigDict(
        strict=True, extra="forbid", val_json_bytes="hex", ser_json_bytes="hex"
    )


@cache
def shape_of(carried: Carried) -> type[BaseModel]:
    """The model of a table's lines. A column with a default may be missing, as in an older archive."""
    hints = get_type_hints(carried.model, include_extras=False)
    fields: dict[str, Any] = {}
    for column in carried.columns:
        is_optional = column.nullable or column.default is not None
        described = _described(carried, column, hints)
        fields[column.name] = (described, None if is_optional else ...)
    return create_model(carried.table.name, __base__=_Line, **fields)


def read_row(carried: Carried, line: bytes) -> Row:
    """The row of a line, with what its columns have where nothing is said. Raises ValueError, in words."""
    try:
        found = shape_of(carried).model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        said = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{where}: {said}" if where else said) from error
    given = found.model_fields_set
    values = dict(found)
    return {
        column.name: values[column.name] if column.name in given else default_of(column)
        for column in carried.columns
    }


def default_of(column: Column[Any]) -> Any:
    """What a column has in a row of which nothing is said; None where that is nothing."""
    default: Any = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def write_row(row: Mapping[str, Any]) -> bytes:
    """The line of a row."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_as_json)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _as_json(value: Any) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.isoformat()
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return bytes(value).hex()


def _described(carried: Carried, column: Column[Any], hints: Mapping[str, Any]) -> Any:
    name = f"{carried.table.name}.{column.name}"
    kept = _ALSO.get(name)
    hint = kept if kept is not None else get_args(hints[column.key])[0]
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (one for one in get_args(hint) if one is not types.NoneType)
    described = hint if kept is not None else _narrowed(hint, column)
    if kept is not None or hint is str or get_origin(hint) is not None:
        described = Annotated[described, AfterValidator(_sound)]
    return described | None if column.nullable else described


def _narrowed(hint: Any, column: Column[Any]) -> Any:
    """The type with what its column can hold."""
    kind = column.type
    if hint is SafeHtml:
        return str
    if hint is str:
        length = getattr(kind, "length", None)
        return Annotated[str, Field(max_length=length)] if length else str
    if hint is bytes:
        length = kind.length if isinstance(kind, LargeBinary) else None
        return Annotated[bytes, Field(max_length=length)] if length else bytes
    if hint is int:
        least, most = _range(column)
        return Annotated[int, Field(ge=least, le=most)]
    if hint is float:
        return Annotated[float, Field(allow_inf_nan=False)]
    if hint is datetime:
        is_aware = isinstance(kind, UtcDateTime)
        return Annotated[Aware, AfterValidator(_in_utc)] if is_aware else NaiveDatetime
    return hint


def _range(column: Column[Any]) -> tuple[int, int]:
    if column.primary_key or column.foreign_keys:
        return int(column.name == "id"), _HIGHEST_ID
    is_large = isinstance(column.type, BigInteger) or not isinstance(column.type, Integer)
    most = _LARGE if is_large else _SMALL
    return -most - 1, most
