"""Restores a site: everything is checked before anything is written, and nothing is half there unnoticed."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from app.core.errors import Invalid, NotReady
from app.core.schema import is_known, upgrade
from app.core.secrets import secret_file
from app.core.storage import Store, sync_folder
from app.core.stores import store_of
from app.porting.backup.archive import Opened, Reader
from app.porting.backup.checking import Checked, check_backup
from app.porting.backup.loading import Loader
from app.porting.backup.making import Progress
from app.porting.backup.manifest import MOST_OF_SECRET, ROWS, SECRET
from app.porting.backup.rows import MOST_PACKED
from app.porting.backup.targets import (
    begin_building,
    building,
    filling,
    finish_building,
    refuse_what_is_not_empty,
)
from app.porting.backup.unfinished import note_finished, note_unfinished
from app.settings import Settings


@dataclass(frozen=True)
class Restored:
    """A site that is there again, as it was at `created_at`."""

    created_at: datetime
    rows: dict[str, int]
    files: int
    has_secret: bool
    base_url: str


async def restore_backup(settings: Settings, source: Path, told: Progress) -> Restored:
    """Bring the site of a backup into an empty place. Its search index is empty: see `refill_index`.

    Raises Invalid for what is no whole backup, NotReady for one of a newer program, and Conflict
    where something is there already; then nothing was written. Until `finish_restore` the place
    says of itself that it is unfinished, and takes the same or another backup from the beginning.
    """
    backup = check_backup(source, lambda done, of: told("Checking", done, of))
    if not is_known(backup.head.schema_version):
        raise NotReady("The backup was made by a newer version of Rapport. Install that version.")
    await refuse_what_is_not_empty(settings)
    note_unfinished(settings, source)
    begin_building(settings, backup.head.schema_version)
    await _write(settings, backup, told)
    upgrade(building(settings).database)
    return Restored(
        created_at=backup.head.created_at,
        rows=backup.manifest.rows,
        files=len(backup.manifest.files),
        has_secret=any(member.name == SECRET for member in backup.manifest.members),
        base_url=backup.head.base_url,
    )


def finish_restore(settings: Settings) -> None:
    """Put the database in its place, and say that all is whole."""
    finish_building(settings)
    note_finished(settings)


async def _write(settings: Settings, backup: Checked, told: Progress) -> None:
    with backup.path.open("rb") as file:
        reader = Reader(file)
        members = reader.members()
        # The head was read already.
        next(members)
        with filling(settings) as connection:
            member = _write_rows(Loader(connection, backup.head), backup, members, told)
        if member.name == SECRET:
            _write_secret(settings, member.whole(MOST_OF_SECRET))
            member = next(members)
        await _write_files(store_of(settings), backup, chain((member,), members), told)
        if reader.sealed != backup.sealed:
            raise Invalid("The backup was changed while it was read. Restore it again.")


def _write_rows(
    loader: Loader, backup: Checked, members: Iterator[Opened], told: Progress
) -> Opened:
    """Load the tables; the first member after them."""
    parts = sum(member.name.startswith(ROWS) for member in backup.manifest.members)
    for done, member in enumerate(members):
        told("Rows", done, parts)
        if not member.name.startswith(ROWS):
            loader.finish(backup.manifest.rows, backup.manifest.counters)
            return member
        loader.load(member.name, member.whole(MOST_PACKED))
    raise Invalid("The backup was changed while it was read. Restore it again.")


def _write_secret(settings: Settings, secret: bytes) -> None:
    """What the site signs with, unless the deployment names a secret of its own."""
    path = secret_file(settings)
    made = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)
    sync_folder(path.parent)


async def _write_files(
    store: Store, backup: Checked, members: Iterator[Opened], told: Progress
) -> None:
    files = backup.manifest.files
    digests = {member.name: member.sha256 for member in backup.manifest.members}
    for done, (kept, member) in enumerate(zip(files, members, strict=False)):
        told("Files", done, len(files))
        async with store.receive(_blocks(member)) as incoming:
            if member.name != kept.member or incoming.sha256 != digests[kept.member]:
                raise Invalid("The backup was changed while it was read. Restore it again.")
            await incoming.keep(kept.name)
    told("Files", len(files), len(files))
    # To the end, so that the seal is read as well.
    for _member in members:
        pass


async def _blocks(member: Opened) -> AsyncIterator[bytes]:
    for block in member.blocks():
        yield block
