"""`rapport import archive`: an empty site becomes the one in the file.

Everything is looked at before the first row is written. Then rows go in as they lie in the archive,
some hundred in each unit of work, which also says how far that was: a run that was killed is gone on
with by the next.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.accounts.audit import record_audit
from app.core import clock
from app.core.db import Work
from app.core.errors import Conflict, Invalid
from app.core.events import Event, record
from app.core.i18n import _
from app.core.page_cache import EVERYTHING
from app.core.secrets import Secrets
from app.core.storage import Store
from app.porting.archive.checking import check_rows, rows_in
from app.porting.archive.contents import CARRIED, Carried
from app.porting.archive.media import bring_files
from app.porting.archive.models import ArchiveImport
from app.porting.archive.opening import ArchiveFile, opened_archive
from app.porting.archive.report import ArchiveReport
from app.porting.archive.settling import make_anew
from app.porting.archive.shapes import Row

_IN_ONE_UNIT = 400
# A site nobody has used yet may have these: what comes in takes their place.
_OF_ANY_SITE = ("site", "learned_state")

Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Here:
    """Where an archive goes: its database, its files, and the secret author keys are hashed with."""

    work: Work
    store: Store
    secrets: Secrets


async def import_archive(
    here: Here, source: Path, told: Told, *, is_dry_run: bool
) -> ArchiveReport:
    """Bring an archive into an empty site; what was begun with the same archive is gone on with.

    Raises Invalid for what is no sound archive, and Conflict where the site is not empty.
    """
    with opened_archive(source) as archive:
        report = _about(archive, source, is_dry_run=is_dry_run)
        _check(archive, here, report, told)
        if is_dry_run:
            async with here.work.reading() as session:
                report.was_here = (await _begun(session, archive)) is not None
            return report
        async with here.work.unit_of_work() as session:
            begun = await _begun(session, archive) or await _begin(session, archive)
        if begun.finished_at is not None:
            report.was_here = True
            return report
        await _bring_rows(here, archive, begun, told)
        await bring_files(here.work, here.store, archive, report, told)
        await make_anew(here.work, told)
        async with here.work.unit_of_work() as session:
            await _finish(session, report)
    return report


def _about(archive: ArchiveFile, source: Path, *, is_dry_run: bool) -> ArchiveReport:
    manifest = archive.manifest
    return ArchiveReport(
        source=source.name,
        title=manifest.site.title,
        url=manifest.site.url,
        made_by=manifest.made_by,
        is_dry_run=is_dry_run,
        files=manifest.media.files,
    )


def _check(archive: ArchiveFile, here: Here, report: ArchiveReport, told: Told) -> None:
    size = (
        sum(sums.bytes for sums in archive.manifest.files.values()) + archive.manifest.media.bytes
    )
    for done in archive.check_sums():
        told(_("Comparing sums"), done, size)
    report.files_missing = [found.path for _line, found in archive.media() if found.missing]
    for at, (table, rows) in enumerate(check_rows(archive, here.secrets), 1):
        report.rows[table] = rows
        told(_("Looking at rows"), at, len(CARRIED))


async def _begun(session: AsyncSession, archive: ArchiveFile) -> ArchiveImport | None:
    """How far this archive came before; None for an empty site. Raises Conflict for any other."""
    begun = await session.get(ArchiveImport, 1)
    if begun is not None and begun.digest == archive.digest:
        return begun
    if begun is not None and begun.finished_at is None:
        message = _(
            "Another archive was begun here and is not all in. Go on with that one,"
            " or begin with an empty database."
        )
        raise Conflict(message)
    for carried in CARRIED:
        if carried.table.name in _OF_ANY_SITE:
            continue
        if (await session.execute(select(*carried.key).limit(1))).first() is not None:
            message = _(
                "This site is not empty: an archive comes into an empty one alone. It has %s."
            )
            raise Conflict(message % carried.table.name.replace("_", " "))
    return None


async def _begin(session: AsyncSession, archive: ArchiveFile) -> ArchiveImport:
    for carried in CARRIED:
        if carried.table.name in _OF_ANY_SITE:
            await session.execute(delete(carried.table))
    begun = ArchiveImport(id=1, digest=archive.digest, begun_at=clock.now(), reached="", line=0)
    session.add(begun)
    await session.flush()
    return begun


async def _bring_rows(here: Here, archive: ArchiveFile, begun: ArchiveImport, told: Told) -> None:
    names = [carried.table.name for carried in CARRIED]
    first = names.index(begun.reached) if begun.reached else 0
    for at, carried in enumerate(CARRIED[first:], first):
        told(_("Bringing rows"), at, len(CARRIED))
        known = begun.line if carried.table.name == begun.reached else 0
        await _bring_table(here, archive, carried, known)
    told(_("Bringing rows"), len(CARRIED), len(CARRIED))


async def _bring_table(here: Here, archive: ArchiveFile, carried: Carried, known: int) -> None:
    """Write the rows of a table but the first `known`, which are here."""
    own = _own_links(carried)
    later: list[dict[str, Any]] = []
    found = rows_in(archive, carried, here.secrets)
    while part := list(islice(found, _IN_ONE_UNIT)):
        for _line, row in part:
            later += _put_off(row, own)
        if part[-1][0] <= known:
            continue
        new = [(line, row) for line, row in part if line > known]
        async with _unit(here.work, carried, new[-1][0]) as session:
            await _write(session, carried, new)
    await _link(here.work, carried, own, later)


async def _write(session: AsyncSession, carried: Carried, part: list[tuple[int, Row]]) -> None:
    try:
        await session.execute(insert(carried.table), [row for _line, row in part])
    except (IntegrityError, DataError) as error:
        what = {"file": carried.file, "first": part[0][0], "last": part[-1][0]}
        message = _("%(file)s, lines %(first)d to %(last)d: the database refuses them: %(why)s")
        raise Invalid(message % {**what, "why": str(error.orig).splitlines()[0]}) from error


@asynccontextmanager
async def _unit(work: Work, carried: Carried, line: int) -> AsyncIterator[AsyncSession]:
    """A unit of work that says how far it comes."""
    async with work.unit_of_work() as session:
        yield session
        await session.execute(update(ArchiveImport).values(reached=carried.table.name, line=line))


def _own_links(carried: Carried) -> str | None:
    """The column that names a row of the same table, if there is one."""
    own = [
        column.name
        for column in carried.columns
        for key in column.foreign_keys
        if key.column.table is carried.table
    ]
    assert len(own) <= 1, "a second column that names rows of its own table"
    return own[0] if own else None


def _put_off(row: Row, own: str | None) -> Iterator[dict[str, Any]]:
    """What names a row that is not here yet is told of it once that is."""
    if own is not None and row[own] is not None and row[own] > row["id"]:
        yield {"own_id": row["id"], "named": row[own]}
        row[own] = None


async def _link(work: Work, carried: Carried, own: str | None, later: list[dict[str, Any]]) -> None:
    if own is None:
        return
    table = carried.table
    statement = (
        update(table).where(table.c.id == bindparam("own_id")).values({own: bindparam("named")})
    )
    for start in range(0, len(later), _IN_ONE_UNIT):
        async with work.unit_of_work() as session:
            connection = await session.connection()
            await connection.execute(statement, later[start : start + _IN_ONE_UNIT])


async def _finish(session: AsyncSession, report: ArchiveReport) -> None:
    await session.execute(update(ArchiveImport).values(finished_at=clock.now()))
    facts = {"title": report.title, "url": report.url, "made by": report.made_by}
    record_audit(session, OWNER_AT_THE_MACHINE, "archive brought in", "site", after=facts)
    record(session, Event(touches=frozenset({EVERYTHING})))
