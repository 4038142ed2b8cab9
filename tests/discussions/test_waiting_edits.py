"""A new text of a comment that is shown waits for a moderator, while the older one stays."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core.markup import markdown_comment
from app.discussions.actions import approve, mark_as_spam, remove
from app.discussions.deciding import decide
from app.discussions.edits import waiting_edit
from app.discussions.models import Comment, CommentEdit, CommentStatus
from app.discussions.queue import queue_item
from app.discussions.undoing import undo
from tests.world import a_comment, a_post

pytestmark = pytest.mark.anyio

NEW = "It is red, not green."


async def an_edited_comment(session: AsyncSession) -> Comment:
    """Shown as it was approved, and said otherwise since."""
    comment = await a_comment(session, "It is green.", under=await a_post(session))
    at = datetime(2026, 11, 27, tzinfo=UTC)
    edit = CommentEdit(
        comment_id=comment.id, at=at, body_source=NEW, body_html=markdown_comment(NEW), is_waiting=True
    )  # fmt: skip
    session.add(edit)
    await session.flush()
    return comment


async def test_the_console_shows_the_new_text_beside_the_one_that_is_shown(
    session: AsyncSession,
) -> None:
    comment = await an_edited_comment(session)
    _comment, decision = await decide(session, OWNER_AT_THE_MACHINE, comment.id, "hold")
    assert decision is not None

    item = await queue_item(session, OWNER_AT_THE_MACHINE, comment.id)

    assert item is not None
    assert "red" in str(item.new_html)
    assert "green" in str(item.comment.body_html)


async def test_approving_lets_the_new_text_take_the_place_of_the_old(session: AsyncSession) -> None:
    comment = await an_edited_comment(session)

    await approve(session, OWNER_AT_THE_MACHINE, comment.id)

    assert comment.status == CommentStatus.APPROVED
    assert comment.body_source == NEW
    assert comment.edited_at is not None
    assert await waiting_edit(session, comment.id) is None


async def test_taking_that_back_shows_the_old_text_and_lets_the_new_one_wait(
    session: AsyncSession,
) -> None:
    comment = await an_edited_comment(session)
    _comment, decision = await decide(session, OWNER_AT_THE_MACHINE, comment.id, "approve")
    assert decision is not None

    await undo(session, OWNER_AT_THE_MACHINE, decision.id)

    waiting = await waiting_edit(session, comment.id)
    assert comment.body_source == "It is green."
    assert comment.edited_at is None
    assert waiting is not None
    assert waiting.body_source == NEW


async def test_spam_is_said_of_the_new_text(session: AsyncSession) -> None:
    comment = await an_edited_comment(session)

    await mark_as_spam(session, OWNER_AT_THE_MACHINE, comment.id)

    assert (comment.status, comment.body_source) == (CommentStatus.SPAM, NEW)


async def test_what_is_removed_keeps_the_text_it_had(session: AsyncSession) -> None:
    comment = await an_edited_comment(session)

    await remove(session, OWNER_AT_THE_MACHINE, comment.id)

    assert comment.body_source == "It is green."
    assert await waiting_edit(session, comment.id) is None
