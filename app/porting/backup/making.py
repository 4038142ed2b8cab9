"""Takes a backup of a running site: the rows of one moment first, then the files that were there at that moment."""

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, TypeAlias

from sqlalchemy import Connection

from app.core import clock
from app.core.errors import AppError
from app.core.secrets import secret_file
from app.core.storage import Kept, Store
from app.core.stores import store_of
from app.porting.backup.archive import Member, Writer
from app.porting.backup.manifest import (
    FORMAT,
    HEAD,
    SECRET,
    Head,
    KeptFile,
    KeptMember,
    Manifest,
    member_of_file,
    member_of_rows,
)
from app.porting.backup.places import forget_unfinished, refuse_another_file, written_whole
from app.porting.backup.reading import last_number, rows_of, snapshot_of, tables_in, version_of
from app.porting.backup.rows import packed
from app.settings import Settings

# Told with a step, how much of it is done, and of how much.
Progress: TypeAlias = Callable[[str, int, int], None]

_IN_MEMORY = 8 << 20
_BLOCK = 1 << 18
# A file that somebody puts in place of another again and again is left out in the end.
_TRIES = 5


@dataclass(frozen=True)
class Taken:
    """A backup that was made. `gone` names files that were deleted while it was made."""

    path: Path
    created_at: datetime
    size: int
    sealed: str
    rows: dict[str, int]
    files: int
    gone: list[str]
    has_secret: bool


@dataclass
class _Contents:
    """What was written so far."""

    writer: Writer
    members: list[Member] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    files: list[KeptFile] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def add(self, name: str, text: bytes) -> None:
        self.members.append(self.writer.add(name, len(text), (text,)))

    def manifest(self) -> bytes:
        said = Manifest(
            members=[KeptMember(name=m.name, size=m.size, sha256=m.sha256) for m in self.members],
            rows=self.rows,
            counters=self.counters,
            files=self.files,
            gone=self.gone,
        )
        return said.model_dump_json(indent=1).encode()


async def take_backup(settings: Settings, target: Path, told: Progress) -> Taken:
    """Write the whole site into one file, which appears under its name when it is whole, mode 600.

    Another backup under that name is replaced. Raises Conflict where anything else has it, NotReady
    without a database, OSError and Unreachable where something can't be read or written.
    """
    refuse_another_file(target)
    forget_unfinished(target)
    with written_whole(target) as file:
        with snapshot_of(settings.database) as database:
            at = clock.now()
            # Whatever a row names was there before the row was.
            files = sorted([kept.name async for kept in store_of(settings).below("")])
            contents = _Contents(Writer(file, at))
            contents.add(HEAD, _head(settings, database, at))
            _write_tables(contents, database, told)
        has_secret = _write_secret(contents, settings)
        await _write_files(contents, store_of(settings), files, target.parent, told)
        sealed = contents.writer.seal(contents.manifest())
    return Taken(
        target, at, contents.writer.size, sealed, contents.rows,
        len(contents.files), contents.gone, has_secret,
    )  # fmt: skip


def _head(settings: Settings, database: Connection, at: datetime) -> bytes:
    tables = {table.name: [c.name for c in table.columns] for table in tables_in(database)}
    head = Head(
        kind="rapport backup",
        format=FORMAT,
        created_at=at,
        schema_version=version_of(database),
        database="sqlite" if settings.is_sqlite else "postgresql",
        base_url=settings.base_url,
        tables=tables,
    )
    return head.model_dump_json(indent=1).encode()


def _write_tables(contents: _Contents, database: Connection, told: Progress) -> None:
    tables = tables_in(database)
    for done, table in enumerate(tables):
        told("Rows", done, len(tables))
        contents.rows[table.name] = 0
        for number, (rows, part) in enumerate(packed(rows_of(database, table)), 1):
            contents.add(member_of_rows(table.name, number), part)
            contents.rows[table.name] += rows
        contents.counters[table.name] = last_number(database, table)
    told("Rows", len(tables), len(tables))


def _write_secret(contents: _Contents, settings: Settings) -> bool:
    secret = secret_file(settings)
    if settings.secret_key or not secret.exists():
        return False
    contents.add(SECRET, secret.read_bytes())
    return True


async def _write_files(
    contents: _Contents, store: Store, names: list[str], room: Path, told: Progress
) -> None:
    for done, name in enumerate(names):
        told("Files", done, len(names))
        with tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(room)) as copy:
            size = await _copied(store, name, copy)
            if size is None:
                contents.gone.append(name)
                continue
            copy.seek(0)
            member = member_of_file(len(contents.files) + 1)
            contents.members.append(contents.writer.add(member, size, _blocks(copy)))
            contents.files.append(KeptFile(member=member, name=name))
    told("Files", len(names), len(names))


async def _copied(store: Store, name: str, copy: IO[bytes]) -> int | None:
    """How many bytes a file has, all of one moment, in the copy; None when it is there no more."""
    for _try in range(_TRIES):
        copy.seek(0)
        copy.truncate()
        before = await store.look(name)
        if before is None:
            return None
        try:
            async for block in _all_of(store, before):
                copy.write(block)
        except (OSError, AppError):
            if await store.look(name) is None:
                return None
            raise
        if await store.look(name) == before and copy.tell() == before.size:
            return before.size
    return None


def _all_of(store: Store, file: Kept) -> AsyncIterator[bytes]:
    return store.read(file.name, 0, file.size)


def _blocks(copy: IO[bytes]) -> Iterator[bytes]:
    while block := copy.read(_BLOCK):
        yield block
