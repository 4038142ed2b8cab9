"""What is asked of the database after every calamity is answered truly: each lie is found out."""

from datetime import timedelta

import pytest
from sqlalchemy import Executable, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.accounts.models import User
from app.core import clock
from app.discussions.deciding import decide
from app.discussions.models import Comment, CommentStatus, Thread, ThreadPage
from app.discussions.undoing import undo
from app.moderation.cases import keep_counts
from app.moderation.models import AuthorKey, Case, CaseCount, Decision, Tab
from app.notifications.models import Letter
from tests.agreement import disagreements
from tests.world import a_comment, a_linkback, a_member, a_post, an_author_key

pytestmark = pytest.mark.anyio

LIES: dict[str, Executable] = {
    "counter of the tab": update(CaseCount).values(number=CaseCount.number + 1),
    "counter of the author": update(AuthorKey).values(pending=AuthorKey.pending - 1),
    "counter of the thread": update(Thread).values(comment_count=0),
    "counter of the inbox": update(User).values(unread_notices=User.unread_notices + 1),
    "size of the pages": update(ThreadPage).values(size=ThreadPage.size + 1),
    "its case is in": update(Case).where(Case.tab == Tab.SPAM).values(tab=Tab.NEEDS),
    "its case is in None": delete(Case).where(Case.tab == Tab.NEEDS),
    "a case is of no comment": update(Case).where(Case.kind == "pingback").values(item_id=99),
    "says group 7": update(Comment).where(Comment.id == 1).values(group_id=7),
    "and opening True": update(Comment).where(Comment.id == 1).values(is_opening=True),
    "the log of comment": update(Decision).where(Decision.verb == "undo").values(was="removed"),
    "the log says": update(Decision).where(Decision.verb == "approve").values(became="removed"),
}


@pytest.fixture
async def busy(session: AsyncSession) -> AsyncSession:
    """A site where comments wait, were decided and decided again."""
    await a_member(session)
    post, key = await a_post(session), await an_author_key(session)
    for status in (*CommentStatus, CommentStatus.PENDING):
        await a_comment(session, under=post, author_key_id=key.id, status=status)
    await a_linkback(session, under=post)
    _, decision = await decide(session, OWNER_AT_THE_MACHINE, 1, "spam")
    assert decision
    await undo(session, OWNER_AT_THE_MACHINE, decision.id)
    await keep_counts(session)
    return session


async def test_where_nothing_went_wrong_all_agrees(busy: AsyncSession) -> None:
    assert await disagreements(busy) == []


@pytest.mark.parametrize("found_out", LIES)
async def test_each_lie_is_found_out(busy: AsyncSession, found_out: str) -> None:
    await busy.execute(LIES[found_out], execution_options={"synchronize_session": False})
    busy.expire_all()

    assert any(found_out in sentence for sentence in await disagreements(busy))


async def test_a_decision_that_two_have_made_is_found_out(busy: AsyncSession) -> None:
    twice = {"at": clock.now(), "kind": "comment", "item_id": 2, "verb": "remove", "version": 2}
    await busy.execute(insert(Decision).values(**twice, was="pending", became="removed"))

    assert any("the log of comment 2 breaks" in one for one in await disagreements(busy))


async def test_a_letter_that_was_written_twice_is_found_out(busy: AsyncSession) -> None:
    for number in range(2):
        busy.add(
            Letter(
                recipient="gwen@example.org", subject="Removed", body_text="It was removed.",
                message_id=f"<{number}@blog.example>", about="removed:4",
                created_at=clock.now() + timedelta(minutes=number),
            )
        )  # fmt: skip

    assert await disagreements(busy) == ["written twice: removed:4 to gwen@example.org"]
