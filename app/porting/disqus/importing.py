"""`rapport import disqus`: comments that were kept elsewhere come under their posts.

The file is read once, into a scratch of its own. Then pages are taken one after the other, in units
of a few hundred comments; each comment is known by its number in Disqus, so a run that was killed is
finished by the next, and one more run adds nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Work
from app.core.events import Event, record
from app.core.i18n import _
from app.core.numbering import next_numbers
from app.core.page_cache import EVERYTHING
from app.core.secrets import Secrets
from app.discussions.models import Comment, CommentStatus, Thread
from app.porting.disqus.matching import Matches, match_threads
from app.porting.disqus.plans import Page, PagePlan, plan_page, settle_known
from app.porting.disqus.reading import Broken, DisqusPost, DisqusThread, Unusable, read_disqus
from app.porting.disqus.report import DisqusReport, PageReport, Unmatched
from app.porting.disqus.rows import BECAUSE, row_of
from app.porting.disqus.scratch import Scratch, scratch
from app.porting.recounting import recount
from app.porting.wordpress.importing.judged import know_authors, open_cases
from app.porting.wordpress.importing.state import add_rows
from app.posts.models import Post
from app.search.entries import Entry, comment_entry, held_entry
from app.search.index import index_of
from app.site.queries import get_site

_COMMENTS_IN_ONE_UNIT = 400
_PAGES_IN_ONE_UNIT = 40
_ONE_STATEMENT = 400

Told = Callable[[str, int, int], None]


@dataclass(slots=True)
class _State:
    secrets: Secrets
    report: DisqusReport
    scratch: Scratch
    told: Told
    threads: dict[int, DisqusThread] = field(default_factory=dict)


async def import_disqus(
    work: Work, secrets: Secrets, base_url: str, source: Path, told: Told, *, is_dry_run: bool
) -> DisqusReport:
    """Bring the comments of an export in and tell what became of everything.

    Raises Invalid where there is no file, or it is no export of Disqus.
    """
    with scratch() as kept:
        state = _State(secrets, DisqusReport(source.name, is_dry_run=is_dry_run), kept, told)
        _read(state, source)
        counts = kept.counts()
        async with work.reading() as session:
            wanted = [thread for thread in state.threads.values() if thread.id in counts]
            matches = await match_threads(session, await get_site(session), base_url, wanted)
            pages = await _pages(session, state, matches)
        _leave_out(state, matches, counts)
        for part in _parts(pages, counts):
            await _bring(work, state, part)
    return state.report


def _read(state: _State, source: Path) -> None:
    """All of the file, sorted; what can't be used is told to the report."""
    report = state.report
    size = max(source.stat().st_size, 1) if source.is_file() else 1
    for one in read_disqus(source, lambda read: state.told(_("Reading"), read, size)):
        if isinstance(one, DisqusThread):
            state.threads.setdefault(one.id, one)
        elif isinstance(one, DisqusPost):
            report.comments += 1
            if line := state.scratch.add(one):
                why = _("its number is another's, on line %d") % line
                report.skipped.append(Unusable(one.line, _("comment %d") % one.id, why))
        elif isinstance(one, Unusable):
            report.comments += one.what != "thread"
            report.skipped.append(one)
        elif isinstance(one, Broken):
            report.broken_at, report.broken = one.line, one.why
    report.threads = len(state.threads)
    state.scratch.finish()


async def _pages(session: AsyncSession, state: _State, matches: Matches) -> list[Page]:
    """The posts that comments come to, in the order of their numbers."""
    by_post: dict[int, list[int]] = {}
    for thread_id, post_id in sorted(matches.posts.items()):
        by_post.setdefault(post_id, []).append(thread_id)
    pages: list[Page] = []
    ids = sorted(by_post)
    query = select(Post.id, Post.path, Post.title, Post.published_at, Thread).join(
        Thread, Thread.post_id == Post.id
    )
    for start in range(0, len(ids), _ONE_STATEMENT):
        some = query.where(Post.id.in_(ids[start : start + _ONE_STATEMENT])).order_by(Post.id)
        for post_id, path, title, published_at, thread in await session.execute(some):
            threads = [state.threads[number] for number in by_post[post_id]]
            told = PageReport(path or f"?p={post_id}", title, before=thread.comment_count)
            told.threads = {str(one.id): matches.how[one.id] for one in threads}
            pages.append(
                Page(
                    post_id=post_id,
                    thread_id=thread.id,
                    published_at=published_at,
                    report=told,
                    threads=[one.id for one in threads],
                    gone={one.id for one in threads if one.is_deleted},
                    is_closed=any(one.is_closed for one in threads),
                )
            )
    state.report.pages = [page.report for page in pages]
    return pages


def _leave_out(state: _State, matches: Matches, counts: dict[int, int]) -> None:
    """Name the threads without a post, and comments of threads the file does not have."""
    for thread_id, number in sorted(counts.items()):
        thread = state.threads.get(thread_id)
        if thread is None:
            why = _("thread %d, which they stand in, is not in the file") % thread_id
            what = _("%d comments") % number
            state.report.skipped.append(Unusable(0, what, why))
        elif thread_id not in matches.posts:
            state.report.unmatched.append(Unmatched(thread.line, thread.link, thread.title, number))


def _parts(pages: Sequence[Page], counts: dict[int, int]) -> Iterator[list[Page]]:
    """Pages that one unit of work takes together; a long one is alone."""
    part: list[Page] = []
    weight = 0
    for page in pages:
        own = sum(counts.get(thread, 0) for thread in page.threads)
        if part and (weight + own > _COMMENTS_IN_ONE_UNIT or len(part) == _PAGES_IN_ONE_UNIT):
            yield part
            part, weight = [], 0
        part.append(page)
        weight += own
    if part:
        yield part


async def _bring(work: Work, state: _State, pages: Sequence[Page]) -> None:
    async with work.reading() as session:
        plans = [await _plan(session, state, page) for page in pages]
    new = [(plan, old_id) for plan in plans for old_id in plan.missing]
    if not state.report.is_dry_run:
        left = iter(new)
        while part := list(islice(left, _COMMENTS_IN_ONE_UNIT)):
            async with work.unit_of_work() as session:
                await _lock(session, pages)
                await _write(session, state, part)
                if part[-1] is new[-1]:
                    await _finish(session, plans)
                record(session, Event(touches=frozenset({EVERYTHING})))
    for plan in plans:
        _add_up(state, plan)


async def _plan(session: AsyncSession, state: _State, page: Page) -> PagePlan:
    outlines = [
        (outline, thread in page.gone)
        for thread in page.threads
        for outline in state.scratch.outlines([thread])
    ]
    return await plan_page(session, page, outlines)


async def _lock(session: AsyncSession, pages: Sequence[Page]) -> None:
    # The threads first, then the authors: whoever decides about something here keeps to that order.
    threads = sorted(page.thread_id for page in pages)
    await session.execute(
        select(Thread.id).where(Thread.id.in_(threads)).order_by(Thread.id).with_for_update()
    )


async def _write(
    session: AsyncSession, state: _State, part: Sequence[tuple[PagePlan, int]]
) -> None:
    numbers = await next_numbers(session, Comment.id, len(part))
    words = state.scratch.words([old_id for _plan, old_id in part])
    rows: list[dict[str, Any]] = []
    by_post: dict[int, list[dict[str, Any]]] = {}
    for (plan, old_id), number in zip(part, numbers, strict=True):
        plan.ids[old_id] = number
        place = plan.places[old_id] = plan.place_now(old_id)
        parent = plan.parents[old_id]
        row = row_of(
            plan.voices[old_id],
            words[old_id],
            place,
            id=number,
            thread_id=plan.page.thread_id,
            parent_id=None if parent is None else plan.ids[parent],
            is_shown=old_id in plan.shown,
        )
        rows.append(row)
        by_post.setdefault(plan.page.post_id, []).append(row)
    await know_authors(session, state.secrets, rows)
    await add_rows(session, Comment, rows)
    for post_id, some in by_post.items():
        await open_cases(session, some, post_id, BECAUSE)
    await index_of(session).write(session, [_entry(row) for row in rows])


def _entry(row: dict[str, Any]) -> Entry:
    number, name, html = row["id"], row["author_name"], row["body_html"]
    if row["status"] == CommentStatus.APPROVED:
        return comment_entry(number, name, html)
    return held_entry(number, row["status"], name, "", html)


async def _finish(session: AsyncSession, plans: Sequence[PagePlan]) -> None:
    """All comments of these pages are here."""
    for plan in plans:
        if plan.known and plan.missing:
            await settle_known(session, plan)
    touched = [plan.page.thread_id for plan in plans if plan.missing]
    counts = await recount(session, touched)
    closed = [plan.page for plan in plans if plan.missing and plan.page.is_closed]
    await session.execute(
        update(Post)
        .where(Post.id.in_([page.post_id for page in closed]))
        .values(comments_open=False)
    )
    for page in closed:
        page.report.was_closed = True
    for plan in plans:
        if plan.missing:
            plan.page.report.after = counts[plan.page.thread_id]


def _add_up(state: _State, plan: PagePlan) -> None:
    told, report = plan.page.report, state.report
    told.in_file, told.known = len(plan.voices), len(plan.known)
    told.imported = len(plan.missing)
    came = Counter(plan.voices[old_id].status for old_id in plan.missing)
    if report.is_dry_run or not plan.missing:
        told.after = told.before + came[CommentStatus.APPROVED]
    report.imported += told.imported
    report.known += told.known
    for status, number in sorted(came.items()):
        report.statuses[status] = report.statuses.get(status, 0) + number
    for cut in plan.cuts:
        what = _("comment %d") % cut.old_id
        report.cut.append(Unusable(plan.voices[cut.old_id].line, what, cut.why))
    state.told(_("Importing"), report.imported + report.known, report.comments)
