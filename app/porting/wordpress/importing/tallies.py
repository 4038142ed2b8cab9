"""A thread whose comments are all here gets its counts and the boundaries of its pages."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.models import Comment, CommentStatus, Section, Thread, ThreadPage
from app.discussions.pages import rebuild_pages
from app.discussions.threading import boundaries
from app.porting.wordpress.importing.plans import ThreadPlan
from app.porting.wordpress.importing.state import add_rows

_AT_ONCE = 1000


async def finish_thread(session: AsyncSession, plan: ThreadPlan) -> None:
    """All rows are here: let answers know what they answer, count, and draw the pages."""
    order = {old_id: at for at, old_id in enumerate(plan.voices)}
    early = [
        {"own": plan.ids[old_id], "answered": plan.ids[parent]}
        for old_id, parent in plan.parents.items()
        if parent is not None and order[parent] > order[old_id]
    ]
    if early:
        answers = update(Comment).where(Comment.id == bindparam("own"), Comment.parent_id.is_(None))
        connection = await session.connection()
        await connection.execute(answers.values(parent_id=bindparam("answered")), early)
    if plan.is_fresh:
        await _tally_fresh(session, plan)
    else:
        await _tally_again(session, plan)


async def _tally_fresh(session: AsyncSession, plan: ThreadPlan) -> None:
    thread_id = plan.coming.thread_id
    approved = [v for v in plan.voices.values() if v.status == CommentStatus.APPROVED]
    counts = Counter(voice.section for voice in approved)
    newest = max((v.approved_at for v in approved if v.approved_at), default=None)
    await _set_counts(session, thread_id, counts, newest)
    pages: list[dict[str, Any]] = []
    for section in Section:
        seen = (plan.places[i] for i in plan.shown if plan.voices[i].section == section)
        pages += [
            {"thread_id": thread_id, "section": section, "number": number, "first_place": page.first_place,
             "size": page.size, "roots": page.roots}
            for number, page in enumerate(boundaries(sorted(seen)), 1)
        ]  # fmt: skip
    await add_rows(session, ThreadPage, pages)


async def _tally_again(session: AsyncSession, plan: ThreadPlan) -> None:
    """The same from the database, where others may have said something in between."""
    thread_id = plan.coming.thread_id
    visible = [plan.ids[old_id] for old_id in plan.shown]
    for start in range(0, len(visible), _AT_ONCE):
        hidden = Comment.id.in_(visible[start : start + _AT_ONCE]), Comment.is_shown.is_(False)
        await session.execute(update(Comment).where(*hidden).values(is_shown=True))
    approved = Comment.thread_id == thread_id, Comment.status == CommentStatus.APPROVED
    found = await session.execute(
        select(Comment.section, func.count(), func.max(Comment.approved_at))
        .where(*approved)
        .group_by(Comment.section)
    )
    rows = found.all()
    newest = max((row[2] for row in rows if row[2] is not None), default=None)
    await _set_counts(session, thread_id, {row[0]: row[1] for row in rows}, newest)
    await rebuild_pages(session, thread_id)


async def _set_counts(
    session: AsyncSession, thread_id: int, counts: Mapping[Section, int], newest: datetime | None
) -> None:
    values = {
        "comment_count": counts.get(Section.COMMENTS, 0),
        "linkback_count": counts.get(Section.LINKBACKS, 0),
        "approved_at": newest,
    }
    await session.execute(update(Thread).where(Thread.id == thread_id).values(values))
