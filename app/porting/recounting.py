"""Counts and pages of threads drawn anew, many at once: after an import that brought comments to them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.models import Comment, CommentStatus, Section, Thread, ThreadPage
from app.discussions.threading import boundaries
from app.porting.wordpress.importing.state import add_rows

_COUNT = (
    update(Thread)
    .where(Thread.id == bindparam("own"))
    .values(
        comment_count=bindparam("comments"),
        linkback_count=bindparam("linkbacks"),
        approved_at=bindparam("newest"),
    )
)


async def recount(session: AsyncSession, thread_ids: Sequence[int]) -> dict[int, int]:
    """Count what is approved in some threads, and draw their pages; gives the comments of each.

    As many queries for one as for forty.
    """
    if not thread_ids:
        return {}
    counts = await _count(session, thread_ids)
    await _draw_pages(session, thread_ids)
    return counts


async def _count(session: AsyncSession, thread_ids: Sequence[int]) -> dict[int, int]:
    rows: dict[int, dict[str, Any]] = {
        number: {"own": number, "comments": 0, "linkbacks": 0, "newest": None}
        for number in thread_ids
    }
    found = await session.execute(
        select(Comment.thread_id, Comment.section, func.count(), func.max(Comment.approved_at))
        .where(Comment.thread_id.in_(thread_ids), Comment.status == CommentStatus.APPROVED)
        .group_by(Comment.thread_id, Comment.section)
    )
    for thread_id, section, number, newest in found:
        row = rows[thread_id]
        row["linkbacks" if section == Section.LINKBACKS else "comments"] = number
        row["newest"] = newest if row["newest"] is None else max(newest, row["newest"])
    connection = await session.connection()
    await connection.execute(_COUNT, list(rows.values()))
    return {number: row["comments"] for number, row in rows.items()}


async def _draw_pages(session: AsyncSession, thread_ids: Sequence[int]) -> None:
    await session.execute(delete(ThreadPage).where(ThreadPage.thread_id.in_(thread_ids)))
    shown = (
        select(Comment.thread_id, Comment.section, Comment.place)
        .where(Comment.thread_id.in_(thread_ids), Comment.is_shown)
        .order_by(Comment.thread_id, Comment.section, Comment.place)
    )
    places: dict[tuple[int, Section], list[bytes]] = {}
    for thread_id, section, place in await session.execute(shown):
        places.setdefault((thread_id, section), []).append(place)
    pages = [
        {"thread_id": thread_id, "section": section, "number": number,
         "first_place": page.first_place, "size": page.size, "roots": page.roots}
        for (thread_id, section), some in places.items()
        for number, page in enumerate(boundaries(some), 1)
    ]  # fmt: skip
    await add_rows(session, ThreadPage, pages)
