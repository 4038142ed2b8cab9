"""What is kept for a time only: network addresses a month, spam two weeks, what was removed a month.

What waits for a person is never purged. Everything goes in small units, oldest first: a run that was
killed is simply begun again. An author's counts stay, as the history of how they did; the counters of
the queue follow, as its cases go.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import Work
from app.core.gone import GoneKind, note_gone
from app.core.jobs import Tools, job
from app.core.leisure import Leisure
from app.core.markup import SafeHtml
from app.discussions.latest_posts.models import LatestPost
from app.discussions.latest_posts.offering import forget_lookups
from app.discussions.models import (
    Appeal,
    AppealState,
    Comment,
    CommentEdit,
    CommentKind,
    CommentStatus,
    Thread,
)
from app.moderation.cases import close_case
from app.moderation.models import Case, Tab
from app.moderation.reports import forget_reports

ADDRESSES_KEPT = timedelta(days=30)
SPAM_KEPT = timedelta(days=15)
BLATANT_KEPT = timedelta(days=3)
REMOVED_KEPT = timedelta(days=30)

# So many in one unit: nobody who writes a comment meanwhile waits long.
_AT_ONCE = 200
# Written out, not bound: SQLite uses a partial index only where the query names the same constant.
_HAS_ADDRESS = Comment.author_ip != literal_column("''")
_IS_HIDDEN = Comment.status != literal_column("'approved'")
_Answer = aliased(Comment)


@job("wipe_addresses")
async def wipe_addresses(tools: Tools) -> None:
    """Network addresses of comments go after a month."""
    old = and_(_HAS_ADDRESS, Comment.created_at < clock.now() - ADDRESSES_KEPT)
    oldest = select(Comment.id).where(old).order_by(Comment.created_at).limit(_AT_ONCE)
    leisure = Leisure()
    while True:
        async with tools.work.unit_of_work() as db:
            ids = (await db.scalars(oldest)).all()
            await db.execute(update(Comment).where(Comment.id.in_(ids)).values(author_ip=""))
        if len(ids) < _AT_ONCE:
            return
        await leisure.rest()


@job("purge_comments")
async def purge_comments(tools: Tools) -> None:
    """Spam and what was removed go for good when their time is over."""
    now = clock.now()
    await _purge_all(tools.work, _filed_as(CommentStatus.SPAM, now - SPAM_KEPT))
    await _purge_all(tools.work, _removed(now - REMOVED_KEPT))
    await _purge_all(tools.work, _blatant(now - BLATANT_KEPT))
    async with tools.work.unit_of_work() as db:
        await forget_lookups(db)


async def purge(session: AsyncSession, comment_ids: Sequence[int], which: Any) -> None:
    """Purge these comments, as far as they are still what `which` says once their threads are locked.

    One that answers hang on stays as a line without name or text.
    """
    threads = select(Comment.thread_id).where(Comment.id.in_(comment_ids))
    await session.execute(
        select(Thread.id).where(Thread.id.in_(threads)).order_by(Thread.id).with_for_update()
    )
    query = select(Comment).where(Comment.id.in_(comment_ids), which)
    found = (await session.scalars(query.execution_options(populate_existing=True))).all()
    ids = [comment.id for comment in found]
    await _close_cases(session, ids)
    await session.execute(delete(CommentEdit).where(CommentEdit.comment_id.in_(ids)))
    await session.execute(delete(LatestPost).where(LatestPost.comment_id.in_(ids)))
    await session.execute(delete(Appeal).where(Appeal.comment_id.in_(ids)))
    answered = set(
        await session.scalars(
            select(Comment.parent_id).where(Comment.parent_id.in_(ids)).distinct()
        )
    )
    for comment in found:
        if comment.id in answered:
            blank(comment)
    await session.flush()
    leaving = [comment for comment in found if comment.id not in answered]
    # What nobody could read stands in no export: floods of spam need not be remembered.
    exported = [c.guid for c in leaving if c.approved_at or not c.guid.startswith("tag:")]
    await note_gone(session, GoneKind.COMMENT, exported)
    await session.execute(delete(Comment).where(Comment.id.in_([c.id for c in leaving])))


def blank(comment: Comment) -> None:
    """Leave nothing of a comment but its place."""
    comment.author_name = comment.author_email = comment.author_url = ""
    comment.author_ip = comment.author_agent = comment.referrer = ""
    comment.user_id = comment.author_key_id = None
    comment.body_source, comment.body_html = "", SafeHtml("")
    comment.text_hash = ""


async def _purge_all(work: Work, which: ColumnElement[bool]) -> None:
    oldest = (
        select(Comment.id)
        .where(which, or_(_is_not_blank(), ~_is_answered()))
        .order_by(Comment.created_at, Comment.id)
        .limit(_AT_ONCE)
    )
    leisure = Leisure()
    while True:
        async with work.unit_of_work() as db:
            ids = (await db.scalars(oldest)).all()
            if ids:
                await purge(db, ids, which)
        if not ids:
            return
        await leisure.rest()


def _filed_as(status: CommentStatus, before: datetime) -> ColumnElement[bool]:
    # What another site filed came in with its own history: nobody here has counted its days.
    since = Comment.decided_at
    # The second says what the third implies, in the words of the index.
    return and_(_IS_HIDDEN, Comment.status == status, Comment.created_at < before, since < before)


def _removed(before: datetime) -> ColumnElement[bool]:
    # As long as an appeal waits, there has to be something that it is about.
    waits = and_(Appeal.comment_id == Comment.id, Appeal.state == AppealState.WAITING)
    appealed = select(Appeal.id).where(waits).exists()
    return and_(_filed_as(CommentStatus.REMOVED, before), ~appealed)


def _blatant(before: datetime) -> ColumnElement[bool]:
    mine = and_(Case.kind == Comment.kind, Case.item_id == Comment.id)
    is_filed = select(Case.id).where(mine, Case.tab == Tab.BLATANT, Case.moved_at < before)
    return and_(
        _IS_HIDDEN,
        Comment.status == CommentStatus.SPAM,
        Comment.created_at < before,
        is_filed.exists(),
    )


def _is_not_blank() -> ColumnElement[bool]:
    return or_(Comment.body_source != "", Comment.author_name != "", Comment.author_email != "")


def _is_answered() -> ColumnElement[bool]:
    return select(_Answer.id).where(_Answer.parent_id == Comment.id).exists()


async def _close_cases(session: AsyncSession, comment_ids: Sequence[int]) -> None:
    query = select(Case).where(Case.item_id.in_(comment_ids), Case.kind.in_(list(CommentKind)))
    for case in await session.scalars(query.order_by(Case.id).with_for_update()):
        await close_case(session, case)
        await forget_reports(session, case.kind, case.item_id)
    await session.flush()
