"""`rapport export archive`: the site as it is at one moment, in one file, while it goes on running.

All rows are read in one snapshot, some hundred at a time; files are copied once that is over, so
that nobody's writing waits for the copying of two gigabytes.
"""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy import Column, ColumnElement, Select, Text, select, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.accounts.audit import record_audit
from app.core import clock
from app.core.db import Work
from app.core.markup import CleanHtml
from app.core.secrets import Secrets
from app.core.storage import Store
from app.porting.archive.author_keys import open_keys, reporter_as_told
from app.porting.archive.contents import CARRIED, LEFT_OUT, Carried
from app.porting.archive.files import files_of
from app.porting.archive.manifest import (
    FORMAT,
    MANIFEST,
    MEDIA_FOLDER,
    MEDIA_LIST,
    FileSums,
    Manifest,
    MediaSums,
    Origin,
)
from app.porting.archive.shapes import Row, write_row
from app.porting.archive.writing import ArchiveWriter, new_archive
from app.site.queries import get_site

_AT_ONCE = 500

Told = Callable[[str, int, int], None]


@dataclass
class _State:
    secrets: Secrets
    sums: dict[str, FileSums] = field(default_factory=dict)


async def export_archive(
    work: Work, store: Store, secrets: Secrets, base_url: str, target: Path, told: Told
) -> Manifest:
    """Write the whole site into a file, and keep in the log that it was taken. Raises OSError."""
    state = _State(secrets)
    with new_archive(target) as archive, TemporaryFile() as names:
        async with work.reading() as session:
            origin = Origin(title=(await get_site(session)).title, url=base_url)
            for at, carried in enumerate(CARRIED):
                told("Rows", at, len(CARRIED))
                await _write_table(session, archive, carried, state, names)
        told("Rows", len(CARRIED), len(CARRIED))
        media = await _copy_files(archive, store, names, state, told)
        manifest = Manifest(
            format=FORMAT,
            made_by=f"Rapport {version('rapport')}",
            made_at=clock.now(),
            site=origin,
            files=state.sums,
            media=media,
            left_out=_left_out(),
        )
        with archive.entry(MANIFEST) as entry:
            entry.write(manifest.model_dump_json(indent=2).encode())
    async with work.unit_of_work() as session:
        record_audit(session, OWNER_AT_THE_MACHINE, "site exported", "site")
    return manifest


async def _write_table(
    session: AsyncSession,
    archive: ArchiveWriter,
    carried: Carried,
    state: _State,
    names: IO[bytes],
) -> None:
    with archive.entry(carried.file) as entry:
        async for rows in _parts(session, carried):
            await _told_elsewhere(session, state, carried, rows)
            for row in rows:
                entry.line(write_row(row))
                for name in files_of(carried.table.name, row):
                    names.write(json.dumps(name).encode() + b"\n")
    state.sums[carried.file] = entry.sums


async def _parts(session: AsyncSession, carried: Carried) -> AsyncIterator[list[Row]]:
    """The rows in the order of their keys, some hundred at a time."""
    after: Sequence[Any] | None = None
    is_postgres = session.get_bind().dialect.name == "postgresql"
    while True:
        query = _part(carried, after, is_postgres=is_postgres)
        rows = [dict(row._mapping) for row in await session.execute(query)]
        if rows:
            after = [rows[-1][column.name] for column in carried.key]
            yield rows
        if len(rows) < _AT_ONCE:
            return


def _part(
    carried: Carried, after: Sequence[Any] | None, *, is_postgres: bool
) -> Select[*tuple[Any, ...]]:
    # By their letters' numbers in both databases, whatever the machine's locale is.
    key = [_by_number(column) if is_postgres else column for column in carried.key]
    query = select(*map(_as_text, carried.columns)).order_by(*key).limit(_AT_ONCE)
    if carried.only is not None:
        query = query.where(carried.only)
    return query if after is None else query.where(tuple_(*key) > tuple_(*after))


def _by_number(column: Column[Any]) -> ColumnElement[Any]:
    return column.collate("C") if column.type.python_type is str else column


def _as_text(column: Column[Any]) -> ColumnElement[Any]:
    is_html = isinstance(column.type, CleanHtml)
    return type_coerce(column, Text).label(column.name) if is_html else column


async def _told_elsewhere(
    session: AsyncSession, state: _State, carried: Carried, rows: list[Row]
) -> None:
    """What means something on this site alone is put into words that mean the same elsewhere."""
    if carried.table.name == "author_keys":
        await open_keys(session, state.secrets, rows)
    if carried.table.name == "reports":
        for row in rows:
            row["reporter"] = reporter_as_told(row)


async def _copy_files(
    archive: ArchiveWriter, store: Store, names: IO[bytes], state: _State, told: Told
) -> MediaSums:
    """Copy what the rows name; what is not there is listed as missing."""
    files = size = missing = done = 0
    names.seek(0)
    total = sum(1 for _line in names)
    names.seek(0)
    with TemporaryFile() as listed:
        for line in names:
            name: str = json.loads(line)
            told("Files", done, total)
            done += 1
            if archive.has(MEDIA_FOLDER + name):
                continue
            kept = await store.look(name)
            if kept is None:
                missing += 1
                listed.write(write_row({"path": name, "missing": True}))
                continue
            sums = await archive.copy(MEDIA_FOLDER + name, store.read(name, 0, kept.size))
            files, size = files + 1, size + sums.bytes
            listed.write(write_row({"path": name, "bytes": sums.bytes, "sha256": sums.sha256}))
        listed.seek(0)
        with archive.entry(MEDIA_LIST) as entry:
            for line in listed:
                entry.line(line)
        state.sums[MEDIA_LIST] = entry.sums
    return MediaSums(files=files, bytes=size, missing=missing)


def _left_out() -> dict[str, str]:
    columns = {
        f"{carried.table.name}.{name}": why
        for carried in CARRIED
        for name, why in carried.without.items()
    }
    return dict(LEFT_OUT) | columns
