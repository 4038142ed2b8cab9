"""A guest's comment, from the form to its own page: by form or JSON, by either address, without script."""

import httpx
import pytest
from sqlalchemy import select

from app.discussions.models import Comment, CommentStatus
from app.moderation.models import AuthorKey, Case, CaseCount, Tab
from app.work import Doors
from tests.web.commenting import send
from tests.world import a_post

pytestmark = pytest.mark.anyio


async def comments(doors: Doors) -> list[Comment]:
    async with doors.reading() as db:
        return list(await db.scalars(select(Comment).order_by(Comment.id)))


async def test_a_comment_waits_with_its_reasons_and_its_page_says_so(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answer = await send(visitor, post)
    own = await visitor.get(answer.headers["location"])

    assert answer.status_code == 303
    assert "waits for a moderator" in own.text
    assert "It is green, not red." in own.text
    async with doors.reading() as db:
        comment = (await db.scalars(select(Comment))).one()
        case = (await db.scalars(select(Case))).one()
        author = (await db.scalars(select(AuthorKey))).one()
        count = (await db.scalars(select(CaseCount))).one()
    assert comment.status == CommentStatus.PENDING
    assert (comment.author_name, comment.author_email) == ("Gwen", "gwen@example.org")
    assert (case.tab, case.item_id) == (Tab.NEEDS, comment.id)
    assert "first_time_author" in case.reason_codes
    assert all(reason["because"].endswith(".") for reason in case.reasons)
    assert (author.pending, author.approved) == (1, 0)
    assert (count.tab, count.number) == (Tab.NEEDS, 1)
