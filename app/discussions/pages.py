"""Keeps each thread's page boundaries and what is shown, in the transaction of the change."""

from sqlalchemy import (
    LargeBinary,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core.db import BigId
from app.core.prepared import Prepared
from app.core.rows import flush_changes
from app.discussions.models import Comment, Section, ThreadPage
from app.discussions.threading import PAGE_ROOTS, SEGMENT, Boundary, boundaries, wants_splitting

_MINE = and_(
    ThreadPage.thread_id == bindparam("thread", type_=BigId),
    ThreadPage.section == bindparam("its_section", type_=String),
)
_IS_BEFORE = ThreadPage.first_place <= bindparam("around", type_=LargeBinary)
_NEXT = aliased(ThreadPage)
_PAGE = select(
    ThreadPage.number, ThreadPage.first_place, ThreadPage.size, ThreadPage.roots,
    exists().where(
        _NEXT.thread_id == ThreadPage.thread_id, _NEXT.section == ThreadPage.section,
        _NEXT.number == ThreadPage.number + literal_column("1"),
    ),
).where(_MINE)  # fmt: skip
_AROUND = Prepared(_PAGE.where(_IS_BEFORE).order_by(ThreadPage.number.desc()).limit(1))
_FIRST = Prepared(_PAGE.where(ThreadPage.number == literal_column("1")))
_GROW = Prepared(
    update(ThreadPage).where(_MINE, ThreadPage.number == bindparam("its_number")),
    ("first_place", "size", "roots"),
)
_NUMBER = Prepared(select(func.max(ThreadPage.number)).where(_MINE, _IS_BEFORE))


async def rebuild_pages(session: AsyncSession, thread_id: int) -> None:
    """Draw every boundary of a thread anew: after an import, not after a single comment."""
    await session.execute(delete(ThreadPage).where(ThreadPage.thread_id == thread_id))
    for section in Section:
        places = await session.scalars(
            select(Comment.place)
            .where(Comment.thread_id == thread_id, Comment.section == section, Comment.is_shown)
            .order_by(Comment.place)
        )
        _add_pages(session, thread_id, section, boundaries(places), first_number=1)
    await session.flush()


async def appear(session: AsyncSession, comment: Comment) -> None:
    """Make room for a comment that is shown from now on."""
    await flush_changes(session)
    where = {"thread": comment.thread_id, "its_section": comment.section}
    rows = await _AROUND.rows(session, {**where, "around": comment.place})
    rows = rows or await _FIRST.rows(session, where)
    if not rows:
        only = Boundary(comment.place, 1, int(_is_root(comment)))
        _add_pages(session, comment.thread_id, comment.section, [only], first_number=1)
        await session.flush()
        return
    number, first_place, size, roots, goes_on = rows[0]
    page = Boundary(min(first_place, comment.place), size + 1, roots + _is_root(comment))
    grown = {"first_place": page.first_place, "size": page.size, "roots": page.roots}
    await _GROW.rows(session, {**where, "its_number": number, **grown})
    if wants_splitting(page, is_last=not goes_on):
        key = (comment.thread_id, comment.section, number)
        await _split(session, await session.get_one(ThreadPage, key, populate_existing=True))


async def vanish(session: AsyncSession, comment: Comment) -> None:
    """Close the gap of a comment that is not shown any more."""
    page = await _page_around(session, comment)
    if page is None:
        return
    page.size -= 1
    page.roots -= _is_root(comment)
    await session.flush()
    if page.size <= 0:
        await session.delete(page)
        await session.flush()
        await _renumber(session, page, by=-1)


async def _page_around(session: AsyncSession, comment: Comment) -> ThreadPage | None:
    mine = and_(ThreadPage.thread_id == comment.thread_id, ThreadPage.section == comment.section)
    before = select(ThreadPage).where(mine, ThreadPage.first_place <= comment.place)
    before = before.order_by(ThreadPage.number.desc()).limit(1)
    for query in (before, select(ThreadPage).where(mine, ThreadPage.number == 1)):
        # As it is now: pages grow by statements of which the session's objects hear nothing.
        page = await session.scalar(query.execution_options(populate_existing=True))
        if page is not None:
            return page
    return None


async def _following(session: AsyncSession, page: ThreadPage) -> ThreadPage | None:
    key = (page.thread_id, page.section, page.number + 1)
    return await session.get(ThreadPage, key, populate_existing=True)


async def _split(session: AsyncSession, page: ThreadPage) -> None:
    following = await _following(session, page)
    shown = select(Comment.place).where(
        Comment.thread_id == page.thread_id,
        Comment.section == page.section,
        Comment.is_shown,
        Comment.place >= page.first_place,
    )
    if following is not None:
        shown = shown.where(Comment.place < following.first_place)
    places = list(await session.scalars(shown.order_by(Comment.place)))
    # The last page gives away its newest conversation; one in the middle is halved.
    roots = PAGE_ROOTS if following is None else -(-page.roots // 2)
    first, *rest = boundaries(places, roots=max(roots, 1))
    page.first_place, page.size, page.roots = first.first_place, first.size, first.roots
    await session.flush()
    await _renumber(session, page, by=len(rest))
    _add_pages(session, page.thread_id, page.section, rest, first_number=page.number + 1)
    await session.flush()


async def _renumber(session: AsyncSession, page: ThreadPage, by: int) -> None:
    mine = and_(ThreadPage.thread_id == page.thread_id, ThreadPage.section == page.section)
    later = and_(mine, ThreadPage.number > page.number)
    # By way of negative numbers, since a unique key is checked row by row.
    for where, number in (
        (later, -ThreadPage.number),
        (and_(mine, ThreadPage.number < 0), by - ThreadPage.number),
    ):
        await session.execute(
            update(ThreadPage)
            .where(where)
            .values(number=number)
            .execution_options(synchronize_session=False)
        )
    for known in list(session.identity_map.values()):
        if isinstance(known, ThreadPage):
            session.expunge(known)


def _add_pages(
    session: AsyncSession,
    thread_id: int,
    section: Section,
    pages: list[Boundary],
    first_number: int,
) -> None:
    session.add_all(
        ThreadPage(
            thread_id=thread_id, section=section, number=number,
            first_place=page.first_place, size=page.size, roots=page.roots,
        )
        for number, page in enumerate(pages, first_number)
    )  # fmt: skip


def _is_root(comment: Comment) -> bool:
    return len(comment.place) == SEGMENT


async def page_number(session: AsyncSession, comment: Comment) -> int:
    """The number of the page a shown comment stands on."""
    await flush_changes(session)
    where = {"thread": comment.thread_id, "its_section": comment.section, "around": comment.place}
    ((found,),) = await _NUMBER.rows(session, where)
    return found or 1
