"""What must agree in the database, whatever happened and whoever died meanwhile: rows, counters, queue, log.

async with doors.reading() as db:
    assert await disagreements(db) == []
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, TypeAlias

from sqlalchemy import Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.discussions.models import Comment, CommentKind, CommentStatus, Section, Thread, ThreadPage
from app.groups.models import Topic
from app.moderation.models import AuthorKey, Case, CaseCount, Decision, Tab
from app.notifications.models import Letter
from app.notifications.notices.models import Notice

Counts: TypeAlias = dict[Any, int]

# Where a comment may stand in the queue, by what it is.
STANDS_IN: dict[str, tuple[Tab, ...]] = {
    CommentStatus.PENDING: (Tab.NEEDS, Tab.REPORTED),
    CommentStatus.APPROVED: (Tab.RECENT, Tab.REPORTED),
    CommentStatus.SPAM: (Tab.SPAM, Tab.BLATANT),
    # Or its author appeals.
    CommentStatus.REMOVED: (Tab.REMOVED, Tab.NEEDS),
}


async def disagreements(session: AsyncSession) -> list[str]:
    """Whatever contradicts something else, in sentences; none where all is well.

    Nobody has withdrawn a comment of their own: that counts neither for nor against its author.
    """
    return [sentence for ask in _QUESTIONS for sentence in await ask(session)]


async def _counters_of_the_queue(session: AsyncSession) -> list[str]:
    kept = {
        (row.tab, row.kind, row.group_id): row.number
        for row in await session.scalars(select(CaseCount))
    }
    by = (Case.tab, Case.kind, func.coalesce(Case.group_id, 0))
    counted = await _counted(session, select(*by, func.count()), *by)
    return _compared("counter of the tab", kept, counted)


async def _counters_of_authors(session: AsyncSession) -> list[str]:
    kept = {
        (author.id, str(status)): getattr(author, status)
        for author in await session.scalars(select(AuthorKey))
        for status in CommentStatus
    }
    by = (Comment.author_key_id, Comment.status)
    theirs = select(*by, func.count()).where(Comment.author_key_id.is_not(None))
    return _compared("counter of the author", kept, await _counted(session, theirs, *by))


async def _counters_of_threads(session: AsyncSession) -> list[str]:
    kept: Counts = {}
    for thread in await session.scalars(select(Thread)):
        kept[thread.id, str(Section.COMMENTS)] = thread.comment_count
        kept[thread.id, str(Section.LINKBACKS)] = thread.linkback_count
    by = (Comment.thread_id, Comment.section)
    approved = select(*by, func.count()).where(Comment.status == CommentStatus.APPROVED)
    return _compared("counter of the thread", kept, await _counted(session, approved, *by))


async def _counters_of_inboxes(session: AsyncSession) -> list[str]:
    users = (await session.scalars(select(User))).all()
    is_unread = and_(Notice.read_at.is_(None), Notice.gone_at.is_(None))
    unread = select(Notice.user_id, func.count()).where(is_unread).group_by(Notice.user_id)
    kept = {user.id: user.unread_notices for user in users}
    counted: dict[int, int] = dict((await session.execute(unread)).all())
    return _compared("counter of the inbox of", kept, counted)


async def _sizes_of_pages(session: AsyncSession) -> list[str]:
    pages = (ThreadPage.thread_id, ThreadPage.section)
    kept = await _counted(session, select(*pages, func.sum(ThreadPage.size)), *pages)
    by = (Comment.thread_id, Comment.section)
    shown = select(*by, func.count()).where(Comment.is_shown)
    return _compared("size of the pages of", kept, await _counted(session, shown, *by))


async def _places_in_the_queue(session: AsyncSession) -> list[str]:
    """Every comment has its case, in a tab and under an author that fit; no case is of nothing."""
    same = and_(Case.kind == Comment.kind, Case.item_id == Comment.id)
    rows = await session.execute(
        select(Comment.id, Comment.status, Comment.author_key_id, Case.tab, Case.author_key_id)
        .outerjoin(Case, same)
        .order_by(Comment.id)
    )
    wrong = [
        f"comment {number} of author {author} is {status}, its case is in {tab} of {case_author}"
        for number, status, author, tab, case_author in rows
        if tab not in STANDS_IN[status] or author != case_author
    ]
    orphans = select(Case.item_id).outerjoin(Comment, same)
    orphans = orphans.where(Comment.id.is_(None), Case.kind.in_(list(CommentKind)))
    return wrong + [f"a case is of no comment: {item}" for item in await session.scalars(orphans)]


async def _places_in_groups(session: AsyncSession) -> list[str]:
    """What comments say of their group is what their thread and topic say."""
    rows = await session.execute(
        select(Comment.id, Comment.group_id, Comment.is_opening, Thread.group_id, Topic.opening_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .outerjoin(Topic, Topic.id == Thread.topic_id)
        .order_by(Comment.id)
    )
    return [
        f"comment {number} says group {group} and opening {is_opening}, its topic is begun by {opening}"
        f" in group {there}"
        for number, group, is_opening, there, opening in rows
        if (group, is_opening) != (there, opening == number)
    ]


async def _log_of_decisions(session: AsyncSession) -> list[str]:
    """Each decision begins where the one before ended, and the last is how the comment is."""
    query = select(Decision).where(Decision.kind.in_(list(CommentKind)), Decision.became != "")
    log = (await session.scalars(query.order_by(Decision.item_id, Decision.id))).all()
    rows = await session.execute(select(Comment.id, Comment.status))
    states: dict[int, str] = dict(rows.all())
    return [
        sentence
        for item, entries in groupby(log, lambda entry: entry.item_id)
        for sentence in _story(item, list(entries), states.get(item))
    ]


def _story(item: int, entries: Sequence[Decision], status: str | None) -> list[str]:
    broken = [
        f"the log of comment {item} breaks: {one.became} (version {one.version}),"
        f" then from {next_one.was} (version {next_one.version})"
        for one, next_one in pairwise(entries)
        if one.became != next_one.was or one.version >= next_one.version
    ]
    if status is not None and entries[-1].became != status:
        broken.append(f"comment {item} is {status}, the log says {entries[-1].became}")
    return broken


async def _letters(session: AsyncSession) -> list[str]:
    """What is to be told once is written once to each."""
    by = (Letter.about, Letter.recipient)
    twice = select(*by).where(Letter.about != "").group_by(*by).having(func.count() > 1)
    return [f"written twice: {about} to {to}" for about, to in await session.execute(twice)]


async def _counted(session: AsyncSession, query: Select[Any], *by: Any) -> Counts:
    """`{(a, b): number}` for a query of two columns and a number of them."""
    return {tuple(key): number for *key, number in await session.execute(query.group_by(*by))}


def _compared(what: str, kept: Mapping[Any, int], counted: Mapping[Any, int]) -> list[str]:
    return [
        f"{what} {key} says {kept.get(key, 0)}, there are {counted.get(key, 0)}"
        for key in sorted({*kept, *counted}, key=str)
        if kept.get(key, 0) != counted.get(key, 0)
    ]


_QUESTIONS: tuple[Callable[[AsyncSession], Awaitable[list[str]]], ...] = (
    _counters_of_the_queue,
    _counters_of_authors,
    _counters_of_threads,
    _counters_of_inboxes,
    _sizes_of_pages,
    _places_in_the_queue,
    _places_in_groups,
    _log_of_decisions,
    _letters,
)
