"""Keeps each thread's page boundaries and what is shown, in the transaction of the change."""

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.models import Comment, Section, ThreadPage
from app.discussions.threading import PAGE_ROOTS, SEGMENT, Boundary, boundaries, wants_splitting


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
    page = await _page_around(session, comment)
    if page is None:
        only = Boundary(comment.place, 1, int(_is_root(comment)))
        _add_pages(session, comment.thread_id, comment.section, [only], first_number=1)
        await session.flush()
        return
    page.size += 1
    page.roots += _is_root(comment)
    page.first_place = min(page.first_place, comment.place)
    await session.flush()
    is_last = await _following(session, page) is None
    if wants_splitting(Boundary(page.first_place, page.size, page.roots), is_last=is_last):
        await _split(session, page)


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
    page = await session.scalar(before.order_by(ThreadPage.number.desc()).limit(1))
    if page is not None:
        return page
    first: ThreadPage | None = await session.scalar(
        select(ThreadPage).where(mine, ThreadPage.number == 1)
    )
    return first


async def _following(session: AsyncSession, page: ThreadPage) -> ThreadPage | None:
    return await session.get(ThreadPage, (page.thread_id, page.section, page.number + 1))


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
    found = await session.scalar(
        select(func.max(ThreadPage.number)).where(
            ThreadPage.thread_id == comment.thread_id,
            ThreadPage.section == comment.section,
            ThreadPage.first_place <= comment.place,
        )
    )
    return found or 1
