"""What a moderator decides, and what readers then see of a thread."""

import random

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE, VISITOR
from app.core.errors import NotFound, SignInNeeded
from app.core.events import take_recorded
from app.discussions import actions
from app.discussions.events import CommentDecided, CommentPublished, CommentWithdrawn
from app.discussions.models import Comment, CommentStatus, Section, Thread, ThreadPage
from app.discussions.pages import page_number, rebuild_pages
from app.discussions.queries import comments_on_page
from app.discussions.threading import PAGE_ROOTS
from tests.world import a_comment, a_linkback, a_post

pytestmark = pytest.mark.anyio

DECISIONS = (actions.approve, actions.hold, actions.mark_as_spam, actions.remove)


async def the_thread(session: AsyncSession, comment: Comment) -> Thread:
    """The thread a comment is part of, as it is in the database now."""
    thread = await session.get(Thread, comment.thread_id, populate_existing=True)
    assert thread is not None
    return thread


async def test_an_approved_comment_is_shown_and_counted(session: AsyncSession) -> None:
    post = await a_post(session)
    comment = await a_comment(session, under=post, status=CommentStatus.PENDING)
    assert await comments_on_page(session, comment.thread_id, 1) == []

    await actions.approve(session, OWNER_AT_THE_MACHINE, comment.id)

    shown = await comments_on_page(session, comment.thread_id, 1)
    assert [item.id for item in shown] == [comment.id]
    assert (await the_thread(session, comment)).comment_count == 1


async def test_approving_twice_counts_once_and_tells_once(session: AsyncSession) -> None:
    comment = await a_comment(session, under=await a_post(session), status=CommentStatus.PENDING)
    take_recorded(session)

    await actions.approve(session, OWNER_AT_THE_MACHINE, comment.id)
    await actions.approve(session, OWNER_AT_THE_MACHINE, comment.id)

    assert (await the_thread(session, comment)).comment_count == 1
    assert [type(event) for event in take_recorded(session)] == [CommentPublished, CommentDecided]


async def test_a_held_comment_disappears(session: AsyncSession) -> None:
    comment = await a_comment(session, under=await a_post(session))
    take_recorded(session)

    await actions.hold(session, OWNER_AT_THE_MACHINE, comment.id)

    assert await comments_on_page(session, comment.thread_id, 1) == []
    assert (await the_thread(session, comment)).comment_count == 0
    assert [type(event) for event in take_recorded(session)] == [CommentWithdrawn, CommentDecided]


async def test_a_removed_comment_with_answers_leaves_a_line_without_a_name(
    session: AsyncSession,
) -> None:
    post = await a_post(session)
    question = await a_comment(session, under=post, by="Gwen")
    answer = await a_comment(session, under=post, answering=question, by="Huw")

    await actions.remove(session, OWNER_AT_THE_MACHINE, question.id)

    line, below = await comments_on_page(session, question.thread_id, 1)
    assert (line.id, line.is_approved) == (question.id, False)
    assert (below.id, below.parent_name) == (answer.id, None)
    assert (await the_thread(session, question)).comment_count == 1


async def test_the_line_goes_with_the_last_answer_below_it(session: AsyncSession) -> None:
    post = await a_post(session)
    question = await a_comment(session, under=post)
    answer = await a_comment(session, under=post, answering=question)
    await actions.remove(session, OWNER_AT_THE_MACHINE, question.id)

    await actions.mark_as_spam(session, OWNER_AT_THE_MACHINE, answer.id)

    assert await comments_on_page(session, question.thread_id, 1) == []


async def test_an_answer_approved_below_what_waits_is_shown_below_a_line(
    session: AsyncSession,
) -> None:
    post = await a_post(session)
    question = await a_comment(session, under=post, status=CommentStatus.PENDING)
    answer = await a_comment(session, under=post, answering=question, status=CommentStatus.PENDING)

    await actions.approve(session, OWNER_AT_THE_MACHINE, answer.id)

    shown = await comments_on_page(session, question.thread_id, 1)
    assert [(item.id, item.is_approved) for item in shown] == [
        (question.id, False),
        (answer.id, True),
    ]


async def test_linkbacks_are_counted_apart(session: AsyncSession) -> None:
    post = await a_post(session)
    comment = await a_comment(session, under=post)
    linkback = await a_linkback(session, under=post)

    thread = await the_thread(session, comment)

    assert (thread.comment_count, thread.linkback_count) == (1, 1)
    shown = await comments_on_page(session, thread.id, 1)
    assert [item.id for item in shown] == [comment.id, linkback.id]


async def test_a_comment_approved_late_moves_no_boundary(session: AsyncSession) -> None:
    post = await a_post(session)
    late = None
    for number in range(PAGE_ROOTS * 2 + 5):
        status = CommentStatus.PENDING if number == 7 else CommentStatus.APPROVED
        comment = await a_comment(session, under=post, status=status)
        late = comment if number == 7 else late
    assert late is not None
    of_thread = select(ThreadPage.first_place).where(ThreadPage.thread_id == late.thread_id)
    before = list(await session.scalars(of_thread.order_by(ThreadPage.number)))

    await actions.approve(session, OWNER_AT_THE_MACHINE, late.id)

    assert list(await session.scalars(of_thread.order_by(ThreadPage.number))) == before
    assert await page_number(session, late) == 1
    assert len(await comments_on_page(session, late.thread_id, 1)) == PAGE_ROOTS + 1


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_decided_pages_hold_what_is_shown(
    session: AsyncSession, seed: int
) -> None:
    chance = random.Random(seed)
    post = await a_post(session)
    said: list[Comment] = []
    for _ in range(140):
        answering = chance.choice(said) if said and chance.random() < 0.3 else None
        status = CommentStatus.APPROVED if chance.random() < 0.5 else CommentStatus.PENDING
        said.append(await a_comment(session, under=post, answering=answering, status=status))
    for _ in range(120):
        decide = chance.choice(DECISIONS)
        await decide(session, OWNER_AT_THE_MACHINE, chance.choice(said).id)

    thread = await the_thread(session, said[0])
    approved = select(func.count()).where(
        Comment.thread_id == thread.id, Comment.status == "approved"
    )
    assert thread.comment_count == await session.scalar(approved)
    await assert_pages_hold_what_is_shown(session, thread.id)
    kept = await every_page(session, thread.id)
    await rebuild_pages(session, thread.id)
    assert await every_page(session, thread.id) == kept


async def every_page(session: AsyncSession, thread_id: int) -> list[int]:
    """Ids of everything shown in a thread, read page after page."""
    last = select(func.max(ThreadPage.number)).where(ThreadPage.thread_id == thread_id)
    numbers = range(1, (await session.scalar(last) or 0) + 1)
    pages = [await comments_on_page(session, thread_id, number) for number in numbers]
    return [item.id for page in pages for item in page]


async def assert_pages_hold_what_is_shown(session: AsyncSession, thread_id: int) -> None:
    """Every shown comment is on exactly one page, in order, and every page counts its own rightly."""
    shown = await session.execute(
        select(Comment.id, Comment.status, Comment.parent_id)
        .where(Comment.thread_id == thread_id, Comment.is_shown)
        .order_by(Comment.place)
    )
    rows = shown.all()
    assert await every_page(session, thread_id) == [row.id for row in rows]
    answered = {row.parent_id for row in rows}
    assert all(row.status == CommentStatus.APPROVED or row.id in answered for row in rows)
    pages = await session.scalars(
        select(ThreadPage)
        .where(ThreadPage.thread_id == thread_id, ThreadPage.section == Section.COMMENTS)
        .order_by(ThreadPage.number)
        .execution_options(populate_existing=True)
    )
    for page in pages:
        on_it = await comments_on_page(session, thread_id, page.number)
        assert page.size == len(on_it)
        assert page.roots == sum(item.depth == 1 for item in on_it)


async def test_a_visitor_decides_nothing_before_signing_in(session: AsyncSession) -> None:
    comment = await a_comment(session, under=await a_post(session), status=CommentStatus.PENDING)

    with pytest.raises(SignInNeeded):
        await actions.approve(session, VISITOR, comment.id)


async def test_what_is_not_there_can_not_be_approved(session: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await actions.approve(session, OWNER_AT_THE_MACHINE, 4711)
