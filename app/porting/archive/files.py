"""Which files of the store a row names."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.media.portraits import SIZES, portrait_path


def files_of(table: str, row: Mapping[str, Any]) -> Iterator[str]:
    """The names, in the store and below `media/` in an archive, of the files that hang on a row."""
    if table == "uploads" and row["is_stored"]:
        yield row["path"]
    elif table == "profiles" and row["photo"]:
        for size in SIZES:
            yield portrait_path(row["photo"], size)
    elif table == "resource_versions" and row["storage_key"]:
        yield row["storage_key"]
