"""Writes an archive: a ZIP that appears under its name when it is whole, readable by its owner alone."""

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from app.porting.archive.manifest import FileSums

_OWNERS = 0o600
# Everywhere the same, so that the same site makes the same file.
_NEVER = (1980, 1, 1, 0, 0, 0)


class Entry:
    """One file of the archive while it is written; counts what goes in."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.rows = 0
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Add bytes."""
        self._file.write(piece)
        self._digest.update(piece)
        self.size += len(piece)

    def line(self, line: bytes) -> None:
        """Add a row."""
        self.write(line)
        self.rows += 1

    @property
    def sums(self) -> FileSums:
        """What the manifest says of it."""
        return FileSums(rows=self.rows, bytes=self.size, sha256=self._digest.hexdigest())


class ArchiveWriter:
    """Takes the files of an archive, one after the other."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def entry(self, name: str, *, is_text: bool = True) -> Iterator[Entry]:
        """A file to write, for the length of the block. Media are not pressed twice."""
        info = ZipInfo(name, _NEVER)
        info.external_attr = _OWNERS << 16
        info.compress_type = ZIP_DEFLATED if is_text else ZIP_STORED
        # How large it gets is known at its end alone.
        with self._archive.open(info, "w", force_zip64=True) as file:
            yield Entry(file)

    def has(self, name: str) -> bool:
        """Whether there is a file of that name already."""
        return name in self._archive.NameToInfo

    async def copy(self, name: str, blocks: AsyncIterator[bytes]) -> FileSums:
        """A file that comes from somewhere else, block by block."""
        with self.entry(name, is_text=False) as entry:
            async for block in blocks:
                entry.write(block)
        return entry.sums


@contextmanager
def new_archive(target: Path) -> Iterator[ArchiveWriter]:
    """An archive to write. Raises OSError where it can't be written; then nothing is left behind."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    # Addresses of people stand in it.
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, _OWNERS)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            with ZipFile(file, "w", allowZip64=True) as archive:
                yield ArchiveWriter(archive)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
