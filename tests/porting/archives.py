"""Archives as tests want them: a site with something of everything, out and in, and what is inside of one."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_type_hints

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import UtcDateTime, Work
from app.core.markup import CleanHtml, clean_comment
from app.core.storage import Folder
from app.porting.archive.contents import CARRIED, Carried
from app.porting.archive.exporting import export_archive
from app.porting.archive.importing import Here, import_archive
from app.porting.archive.manifest import MANIFEST, Manifest
from app.porting.archive.report import ArchiveReport
from app.porting.demo.build import build_demo
from app.settings import Settings
from app.site.models import SiteRow
from tests.visiting import BASE_URL
from tests.world import SECRETS

Lines = list[dict[str, Any]]

LONG_AGO = datetime(2019, 5, 4, 3, 2, 1, tzinfo=UTC)
# What a column must look like beyond its type.
_LOOKS: Mapping[str, Any] = {
    "redirects.path": "/old/",
    "redirects.target": "/new/",
    "linkbacks.source": "https://elsewhere.example/it's",
    "latest_posts.url": "https://elsewhere.example/new",
    "listed.kind": "word",
    "notice_mutes.thread": "thread:1",
    "topic_readings.follows": True,
    "announcements.address": "https://elsewhere.example/",
    "decisions.kind": "comment",
    "reports.kind": "comment",
    "reports.reporter": "user:1",
    "appeals.decision_id": 1,
    "blog_followers.key": "0" * 64,
}


def in_silence(_step: str, _done: int, _of: int) -> None:
    """For archives nobody watches."""


async def take_out(work: Work, folder: Path, target: Path) -> Manifest:
    """Write the archive of a site whose uploads lie in `folder`."""
    return await export_archive(work, Folder(folder), SECRETS, BASE_URL, target, in_silence)


async def bring_in(
    work: Work, folder: Path, source: Path, *, is_dry_run: bool = False
) -> ArchiveReport:
    """Bring an archive into a site whose uploads are to lie in `folder`."""
    here = Here(work, Folder(folder), SECRETS)
    return await import_archive(here, source, in_silence, is_dry_run=is_dry_run)


async def a_full_site(work: Work, settings: Settings) -> None:
    """The demo site, and at least one row in every table that an archive carries."""
    await build_demo(work, settings)
    async with work.unit_of_work() as session:
        site = await session.get_one(SiteRow, 1)
        site.accent, site.foot_menu = "#8f3f60", [{"label": "Feed", "url": "/feed/"}]
        for carried in CARRIED:
            if not await session.scalar(select(func.count()).select_from(carried.table)):
                await session.execute(insert(carried.table), await _any_row(session, carried))


async def _any_row(session: AsyncSession, carried: Carried) -> dict[str, Any]:
    row: dict[str, Any] = {}
    hints = get_type_hints(carried.model)
    for column in carried.table.columns:
        look = _LOOKS.get(f"{carried.table.name}.{column.name}")
        if look is not None:
            row[column.name] = look
        elif column.foreign_keys and not column.nullable:
            (key,) = column.foreign_keys
            row[column.name] = await session.scalar(select(func.max(key.column)))
        elif column.default is None and not column.nullable and column.name != "id":
            (kind,) = get_args(hints[column.key])
            is_word = isinstance(kind, type) and issubclass(kind, StrEnum)
            row[column.name] = next(iter(kind)) if is_word else _any_value(column.type)
    return row


def _any_value(kind: Any) -> Any:
    if isinstance(kind, CleanHtml):
        return clean_comment("<p>Something</p>")
    if isinstance(kind, UtcDateTime):
        return LONG_AGO
    values: dict[type, Any] = {int: 1, str: "a word", date: LONG_AGO.date(), bool: True}
    return values[kind.python_type]


@dataclass
class Inside:
    """What an archive holds, as it lies there."""

    path: Path

    def names(self) -> list[str]:
        """The names of all files in it."""
        with zipfile.ZipFile(self.path) as archive:
            return archive.namelist()

    def read(self, name: str) -> bytes:
        """The bytes of a file."""
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(name)

    def mode(self) -> int:
        """Who may read it, as the system has it."""
        return self.path.stat().st_mode

    def rows(self, table: str) -> Lines:
        """The rows of a table."""
        return [json.loads(line) for line in self.read(f"{table}.jsonl").splitlines()]

    @property
    def manifest(self) -> dict[str, Any]:
        """What it says of itself."""
        found: dict[str, Any] = json.loads(self.read(MANIFEST))
        return found

    def contents(self) -> dict[str, bytes]:
        """Everything but the manifest, which says when it was made, and the log, which says that it was."""
        return {n: self.read(n) for n in self.names() if n not in (MANIFEST, "audit_entries.jsonl")}


@contextmanager
def altered(source: Path, target: Path) -> Iterator[dict[str, bytes]]:
    """The files of an archive to be changed as one likes; written, without new sums, at the block's end."""
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    yield files
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def forged(source: Path, target: Path, table: str, change: Callable[[Lines], None]) -> Path:
    """An archive in which rows of a table were changed, with sums that fit."""
    name = f"{table}.jsonl"
    with altered(source, target) as files:
        rows = [json.loads(line) for line in files[name].splitlines()]
        change(rows)
        lines = [json.dumps(row).encode() + b"\n" for row in rows]
        files[name] = b"".join(lines)
        manifest = json.loads(files[MANIFEST])
        manifest["files"][name] = {
            "rows": len(lines),
            "bytes": len(files[name]),
            "sha256": hashlib.sha256(files[name]).hexdigest(),
        }
        files[MANIFEST] = json.dumps(manifest).encode()
    return target
