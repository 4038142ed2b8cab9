"""Where a backup is written: under a name that says it is unfinished, until it is whole."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import BinaryIO

from app.core.errors import Conflict, Invalid
from app.core.storage import sync_folder
from app.porting.backup.archive import Reader
from app.porting.backup.manifest import HEAD

_UNFINISHED = "unfinished"
_ABANDONED_SECONDS = 86_400


@contextmanager
def written_whole(target: Path) -> Iterator[BinaryIO]:
    """A new file for its owner's eyes alone, renamed to `target` at the end of the block, or gone."""
    unfinished = target.with_name(f"{target.name}.{secrets.token_hex(4)}.{_UNFINISHED}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
        sync_folder(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def forget_unfinished(target: Path) -> None:
    """Remove what was left a day ago by a process that was killed."""
    for left in target.parent.glob(f"{escape(target.name)}.*.{_UNFINISHED}"):
        if left.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
            left.unlink(missing_ok=True)


def refuse_another_file(target: Path) -> None:
    """Raise Conflict where something lies under this name that is no backup: a name misspelt costs nothing."""
    if target.exists() and not _is_backup(target):
        raise Conflict(f"{target} is there already, and is no backup: choose another name.")


def _is_backup(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return next(Reader(file).members()).name == HEAD
    except (Invalid, OSError):
        return False
