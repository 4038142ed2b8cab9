"""The worker's part: looks into an export, or brings it in; says all the while how far it is.

Importing reads and writes for minutes, so it is done apart from everything else; the job itself only
watches. A run that was killed is begun anew by the next, and what is in by then is known.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.core import clock
from app.core.db import Work
from app.core.errors import AppError, NotReady
from app.core.i18n import _, speak
from app.core.jobs import Tools, job
from app.core.outbound.opening import open_door
from app.core.secrets import new_token, secrets_of
from app.core.stores import store_of
from app.porting.disqus.importing import import_disqus
from app.porting.handed_in.models import AT_WORK, OPEN, ImportKind, ImportState, SiteImport
from app.porting.handed_in.receiving import exports_folder
from app.porting.handed_in.telling import told_of
from app.porting.wordpress.importing.importer import Surroundings, Wishes, import_wordpress
from app.settings import Settings
from app.site.queries import get_site

# What was looked into and never said yes to.
_FORGOTTEN = timedelta(days=30)
_TELL_EVERY = 1.0
_LONGEST_REASON = 300
_BETWEEN = {ImportState.LOOKING: ImportState.LOOKED, ImportState.BRINGING: ImportState.DONE}


class NoLongerWanted(Exception):
    """Somebody let the import go, or another run of it has begun."""


@dataclass
class HowFar:
    """What a run says of itself, from its own thread; and what it is told."""

    step: str = ""
    done: int = 0
    all: int = 0
    is_over: bool = False

    def told(self, step: str, done: int, of: int) -> None:
        """Raises NoLongerWanted where nobody waits for it any more."""
        if self.is_over:
            raise NoLongerWanted
        self.step, self.done, self.all = step, done, of


@dataclass(frozen=True)
class _Wanted:
    """One run: of what, to which end."""

    id: int
    run: str
    kind: ImportKind
    file: Path
    is_dry_run: bool
    fetches_files: bool
    language: str
    how_far: HowFar = field(default_factory=HowFar)


@job("work_on_import")
async def work_on_import(tools: Tools, *, import_id: int) -> None:
    """Look into an export, or bring it in, whichever it waits for."""
    wanted = await _begin(tools, import_id)
    if wanted is None:
        return
    reports: list[dict[str, Any]] = []

    async def bring(apart: Tools) -> None:
        reports.append(await _brought(apart, wanted))

    watching = asyncio.create_task(_watch(tools.work, wanted))
    try:
        await tools.apart(tools, bring)
    except NoLongerWanted:
        return
    except NotReady:
        # The database is away: nothing is wrong with the file.
        raise
    except AppError as refused:
        await _end(tools, wanted, because=refused.detail)
    except Exception as error:
        # Tried again over hours, it would break off in the same place, and somebody watches.
        await _end(tools, wanted, because=_broke_off(error))
        raise
    else:
        await _end(tools, wanted, report=reports[0])
    finally:
        wanted.how_far.is_over = True
        watching.cancel()


@job("drop_export")
async def drop_export(tools: Tools, *, import_id: int) -> None:
    """Delete the file of an import that is over."""
    async with tools.work.reading() as session:
        row = await session.get(SiteImport, import_id)
    if row is not None and row.state not in OPEN:
        await exports_folder(tools.settings).delete(row.file)


@job("tidy_imports")
async def tidy_imports(tools: Tools) -> None:
    """Let go what nobody said yes to for a month, and delete files that no open import needs."""
    async with tools.work.unit_of_work() as session:
        before = clock.now() - _FORGOTTEN
        forgotten = select(SiteImport).where(
            SiteImport.state == ImportState.LOOKED, SiteImport.handed_in_at < before
        )
        for row in await session.scalars(forgotten):
            row.state, row.ended_at = ImportState.GIVEN_UP, clock.now()
        needed = set(
            await session.scalars(select(SiteImport.file).where(SiteImport.state.in_(OPEN)))
        )
    folder = exports_folder(tools.settings)
    just_now = clock.now() - timedelta(hours=1)
    async for kept in folder.below(""):
        # What was received a moment ago may have no row yet.
        if kept.name not in needed and kept.changed_at < just_now:
            await folder.delete(kept.name)


def _broke_off(error: Exception) -> str:
    why = f"{type(error).__name__}: {error}".partition("\n")[0][:_LONGEST_REASON]
    says = _(
        "it broke off (%(why)s). What was in by then stays, and the same file goes on from there."
    )
    return says % {"why": why}


async def _begin(tools: Tools, import_id: int) -> _Wanted | None:
    async with tools.work.unit_of_work() as session:
        row = await session.get(SiteImport, import_id, with_for_update=True)
        if row is None or row.state not in AT_WORK:
            return None
        row.run = new_token()
        language = (await get_site(session)).language
        speak(language)
        file = exports_folder(tools.settings).root / row.file
        if not await to_thread.run_sync(file.is_file):
            row.state, row.ended_at = ImportState.FAILED, clock.now()
            row.because = _("The file is gone. Hand it in once more.")
            return None
        return _Wanted(
            id=row.id,
            run=row.run,
            kind=ImportKind(row.kind),
            file=file,
            is_dry_run=row.state == ImportState.LOOKING,
            fetches_files=row.fetches_files,
            language=language,
        )


async def _brought(tools: Tools, wanted: _Wanted) -> dict[str, Any]:
    """The same that the commands do."""
    speak(wanted.language)
    settings, told = tools.settings, wanted.how_far.told
    if wanted.kind == ImportKind.DISQUS:
        comments = await import_disqus(
            tools.work, secrets_of(settings), settings.base_url, wanted.file, told,
            is_dry_run=wanted.is_dry_run,
        )  # fmt: skip
        return told_of(comments)
    around = _around(settings)
    wishes = Wishes(fetch_media=wanted.fetches_files, dry_run=wanted.is_dry_run)
    return told_of(await import_wordpress(tools.work, wanted.file, around, wishes, told))


def _around(settings: Settings) -> Surroundings:
    return Surroundings(
        storage=store_of(settings),
        door=open_door(settings),
        guid_host=settings.base_host,
        secrets=secrets_of(settings),
    )


async def _watch(work: Work, wanted: _Wanted) -> None:
    """Write down how far it is, and hear whether it is still wanted."""
    while not wanted.how_far.is_over:
        await asyncio.sleep(_TELL_EVERY)
        # Where others write for long, the next time will do.
        with suppress(NotReady):
            async with work.unit_of_work() as session:
                row = await _own_row(session, wanted)
                if row is None:
                    wanted.how_far.is_over = True
                    return
                far = wanted.how_far
                row.step, row.done, row.all = far.step, far.done, far.all


async def _own_row(session: AsyncSession, wanted: _Wanted) -> SiteImport | None:
    """The row, as long as it is this run that works on it."""
    query = select(SiteImport).where(
        SiteImport.id == wanted.id, SiteImport.run == wanted.run, SiteImport.state.in_(AT_WORK)
    )
    found: SiteImport | None = await session.scalar(query.with_for_update())
    return found


async def _end(
    tools: Tools, wanted: _Wanted, *, report: dict[str, Any] | None = None, because: str = ""
) -> None:
    async with tools.work.unit_of_work() as session:
        row = await _own_row(session, wanted)
        if row is None:
            return
        row.run, row.because = "", because
        row.state = ImportState.FAILED if report is None else _BETWEEN[ImportState(row.state)]
        row.report = report or row.report
        if row.state in OPEN:
            return
        row.ended_at = clock.now()
        facts = {"file": row.source, "because": because} if because else {"file": row.source}
        what = "import failed" if because else "import finished"
        record_audit(session, Actor(row.user_id), what, f"import:{row.id}", after=facts)
    await exports_folder(tools.settings).delete(row.file)
