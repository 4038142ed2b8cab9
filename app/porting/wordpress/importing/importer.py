"""`rapport import wordpress`: a file in, a site here, a report back.

The file is gone through twice. Everything is written in units of a few hundred rows, each whole or
not at all, and known by its guid: a run that was killed is finished by the next, and one more run
adds nothing.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.db import Work
from app.core.errors import Invalid
from app.core.events import Event, record
from app.core.i18n import _
from app.core.jobs import enqueue
from app.core.outbound.door import Door
from app.core.page_cache import EVERYTHING
from app.core.secrets import Secrets
from app.core.storage import Store
from app.linkbacks.own_links import find_all_own_links
from app.media.bringing import Outcome, bring_from_folder, fetch_from_old_site
from app.media.jobs import make_missing_sizes
from app.porting.wordpress.importing.comments import Row, rows_of, write_comments
from app.porting.wordpress.importing.decided import recall
from app.porting.wordpress.importing.differences import tell_differences
from app.porting.wordpress.importing.files import bring_uploads
from app.porting.wordpress.importing.groundwork import (
    IN_ONE_UNIT,
    all_authors,
    bring_authors,
    in_parts,
    settle_site,
)
from app.porting.wordpress.importing.meanings import NEVER_SHOWN, POST_KINDS
from app.porting.wordpress.importing.own_words import redirects, site_settings
from app.porting.wordpress.importing.plans import ThreadPlan, plan_thread
from app.porting.wordpress.importing.posts import bring_posts, meet
from app.porting.wordpress.importing.redirects import bring_redirects
from app.porting.wordpress.importing.report import FileReport, Report
from app.porting.wordpress.importing.state import State, numbers_for
from app.porting.wordpress.importing.survey import Survey, readings_of, survey
from app.porting.wordpress.importing.terms import all_terms, bring_terms
from app.porting.wordpress.reading.decoding import Notice
from app.porting.wordpress.reading.values import Item, Read, Skipped
from app.porting.wordpress.texts.tags import plain_line
from app.posts.uploads_used import note_all_uploads_used
from app.site.queries import ensure_site, get_site

# Told what is being done, how far it is and how far it goes: bytes of the file, or files.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Surroundings:
    """Where files are kept, how others are asked for them, the host of new GUIDs, and the secrets."""

    storage: Store
    door: Door
    guid_host: str
    # Author keys are hashed with them.
    secrets: Secrets


@dataclass(frozen=True)
class Wishes:
    """What an import is to do besides: bring files from a folder, fetch them, or only look."""

    media: Path | None = None
    fetch_media: bool = False
    dry_run: bool = False


def in_silence(_step: str, _done: int, _of: int) -> None:
    """For imports nobody watches."""


async def import_wordpress(
    work: Work,
    source: Path,
    around: Surroundings,
    wishes: Wishes,
    progress: Progress = in_silence,
) -> Report:
    """Bring a WordPress export in and tell what became of everything.

    Raises Invalid where there is no file, or it is no export.
    """
    size = _size_of(source)
    looked = survey(readings_of(source, lambda read: progress(_("Looking"), read, size)))
    state = await _begin(work, around, looked, Report(source.name, is_dry_run=wishes.dry_run))
    await _lay_ground(work, state)
    found = readings_of(source, lambda read: progress(_("Importing"), read, size))
    await _bring_items(work, state, found)
    for rows in in_parts(list(redirects(looked.channel))):
        async with _unit(work, state) as session:
            await bring_redirects(session, state, rows)
    if not wishes.dry_run:
        await _bring_files(work, state, around, wishes, progress)
        async with _unit(work, state) as session:
            await enqueue(session, find_all_own_links, once="all")
            await enqueue(session, note_all_uploads_used, once="all")
            await enqueue(session, make_missing_sizes, once="all")
    return state.report


def _size_of(source: Path) -> int:
    if not source.is_file():
        raise Invalid(_("There is no file %s.") % source)
    return source.stat().st_size


async def _begin(work: Work, around: Surroundings, looked: Survey, report: Report) -> State:
    channel = looked.channel
    report.title = plain_line(channel.title)
    report.wxr_version, report.permalinks = channel.wxr_version, looked.scheme or ""
    async with work.reading() as session:
        site = await get_site(session)
        memory = await recall(session)
    state = State(
        survey=looked,
        site=looked.site,
        report=report,
        secrets=around.secrets,
        is_dry_run=report.is_dry_run,
        now=clock.now(),
        numbers=numbers_for(looked, reserves=not report.is_dry_run),
        zone=ZoneInfo(site_settings(channel).get("timezone", site.timezone)),
        permalinks=looked.scheme or site.permalinks,
        memory=memory,
    )
    if not state.is_dry_run:
        async with _unit(work, state) as session:
            site = await ensure_site(session, around.guid_host)
            await settle_site(session, state, site)
            state.permalinks, state.zone = site.permalinks, ZoneInfo(site.timezone)
            is_its_home = site.former_urls[:1] == list(channel.base_urls[:1])
            state.takes_front_page = is_its_home and not channel.own_settings
            for numbers in state.numbers.all:
                await numbers.keep_clear(session)
    return state


async def _lay_ground(work: Work, state: State) -> None:
    for authors in in_parts(all_authors(state)):
        async with _unit(work, state) as session:
            await bring_authors(session, state, authors)
    for terms in in_parts(all_terms(state)):
        async with _unit(work, state) as session:
            await bring_terms(session, state, terms)
    for attachments in in_parts(state.survey.attachments):
        async with _unit(work, state) as session:
            await bring_uploads(session, state, attachments)
    # They hold their part of the file, and are not needed any more.
    state.survey.attachments.clear()


async def _bring_items(work: Work, state: State, found: Iterator[Read]) -> None:
    batch: list[Item] = []
    weight = 0
    for item in _posts_among(state, found):
        batch.append(item)
        weight += 1 + len(item.comments)
        if weight >= IN_ONE_UNIT:
            await _bring_batch(work, state, batch)
            batch, weight = [], 0
    await _bring_batch(work, state, batch)


def _posts_among(state: State, found: Iterator[Read]) -> Iterator[Item]:
    """Posts and pages; the rest is told to the report."""
    for one in found:
        if isinstance(one, Skipped):
            state.report.skipped.append(one)
        elif isinstance(one, Notice):
            state.report.notices.append(one)
        elif isinstance(one, Item) and one.type in POST_KINDS and one.status not in NEVER_SHOWN:
            yield one
        elif isinstance(one, Item) and one.type != "attachment":
            _leave_out(state, one)


def _leave_out(state: State, item: Item) -> None:
    state.report.left_out_types[item.status if item.type in POST_KINDS else item.type] += 1
    if len(item.comments):
        comments = state.report.count("comments")
        comments.in_file += len(item.comments)
        comments.skipped += len(item.comments)
        why = _("its %d comments are left out with it") % len(item.comments)
        state.report.skip(item.line, f"{item.type} “{plain_line(item.title)}”", why)


async def _bring_batch(work: Work, state: State, batch: list[Item]) -> None:
    """Some posts with what was said under them; a long thread goes on in units of its own."""
    room = IN_ONE_UNIT
    threads: list[tuple[ThreadPlan, Iterator[tuple[int, Row]]]] = []
    async with _unit(work, state) as session:
        coming = await meet(session, state, batch)
        await tell_differences(session, state, coming)
        await bring_posts(session, state, coming)
        for one in coming:
            plan = await plan_thread(session, state, one)
            threads.append((plan, rows_of(state, plan)))
            if not state.is_dry_run and room > 0 and plan.missing:
                room -= await write_comments(session, state, plan, threads[-1][1], room)
    for plan, rows in threads:
        while plan.missing and not state.is_dry_run:
            async with _unit(work, state) as session:
                if not await write_comments(session, state, plan, rows, IN_ONE_UNIT):
                    raise Invalid(_("The file was changed while it was being read."))
    if not state.is_dry_run:
        # The database knows them now.
        state.claimed.clear()


@asynccontextmanager
async def _unit(work: Work, state: State) -> AsyncIterator[AsyncSession]:
    if state.is_dry_run:
        async with work.reading() as session:
            yield session
        return
    async with work.unit_of_work() as session:
        yield session
        record(session, Event(touches=frozenset({EVERYTHING})))


async def _bring_files(
    work: Work, state: State, around: Surroundings, wishes: Wishes, progress: Progress
) -> None:
    outcomes: dict[str, Outcome] = {}
    if wishes.media is not None:
        told = _("Bringing files")
        brought = await bring_from_folder(
            work, around.storage, wishes.media, lambda done, of: progress(told, done, of)
        )
        outcomes |= {outcome.path: outcome for outcome in brought}
    if wishes.fetch_media:
        asked = _("Fetching files")
        fetched = await fetch_from_old_site(
            work,
            around.storage,
            around.door,
            _hosts(state),
            lambda done, of: progress(asked, done, of),
        )
        outcomes |= {outcome.path: outcome for outcome in fetched}
    for outcome in outcomes.values():
        if outcome.file is not None:
            state.report.files_stored += 1
        else:
            missing = FileReport(outcome.path, outcome.source_url, outcome.because)
            state.report.files_missing.append(missing)


def _hosts(state: State) -> set[str]:
    named = {urlsplit(url).hostname or "" for url in state.site.base_urls}
    return {host for host in named | {h.partition(":")[0] for h in state.site.media_hosts} if host}
