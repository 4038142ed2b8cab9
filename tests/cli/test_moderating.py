"""`rapport moderate`: the console's actions, for scripts."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from app.core import clock
from app.core.markup import markdown_comment
from app.discussions.models import Comment, CommentEdit, CommentStatus
from app.moderation.models import Check, Decision
from app.settings import Settings
from app.web.comments.own_addresses import own_address
from app.work import Doors
from tests.visiting import rapport
from tests.world import a_comment, a_post

pytestmark = pytest.mark.anyio


async def test_all_pending_takes_what_waits_for_a_person_and_leaves_what_waits_for_a_check(
    doors: Doors, settings: Settings, tmp_path: Path
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        for check in Check:
            case = {"check_state": check}
            await a_comment(
                db, f"check {check}", under=post, status=CommentStatus.PENDING, case=case
            )
    environment = {"RAPPORT_DATA": str(tmp_path), "RAPPORT_DATABASE_URL": settings.database}

    listed = rapport("moderate", "list", environment=environment)
    done = rapport("moderate", "approve", "--all-pending", environment=environment)

    assert "check done" in listed.stdout
    assert "check waiting" not in listed.stdout
    assert done.stdout == "Decided: 1\n"
    async with doors.reading() as db:
        by_text = dict((await db.execute(select(Comment.body_source, Comment.status))).all())
        decision = (await db.scalars(select(Decision))).one()
    assert by_text["check done"] == "approved"
    assert by_text["check waiting"] == by_text["check unavailable"] == "pending"
    assert (decision.verb, decision.user_id, decision.is_by_person) == ("approve", None, True)


async def test_the_new_text_of_a_shown_comment_is_listed_and_let_through(
    doors: Doors, here: dict[str, str]
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        comment = await a_comment(db, "It is green.", under=post)
        removed = await a_comment(db, "It is blue.", under=post, status=CommentStatus.REMOVED)
        for edited in (comment, removed):
            html = markdown_comment("It is red.")
            db.add(
                CommentEdit(
                    comment_id=edited.id, at=clock.now(), body_source="It is red.", body_html=html,
                    is_waiting=True,
                )
            )  # fmt: skip

    listed = rapport("moderate", "list", environment=here)
    done = rapport("moderate", "approve", "--all-pending", environment=here)

    assert "Gwen: It is red." in listed.stdout
    assert done.stdout == "Decided: 1\n"
    async with doors.reading() as db:
        assert (await db.get_one(Comment, comment.id)).body_source == "It is red."
        assert (await db.get_one(Comment, removed.id)).status == CommentStatus.REMOVED


async def test_what_authors_took_back_is_left_and_counted(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, here: dict[str, str]
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        for text in ("One", "Another"):
            await a_comment(db, text, under=post, status=CommentStatus.PENDING)
    await visitor.post(f"{own_address(settings, 1)}withdrawal")

    done = rapport("moderate", "approve", "1", "2", environment=here)

    assert done.stdout == "Decided: 1\nLeft, as their authors have withdrawn them: 1\n"
    async with doors.reading() as db:
        statuses = await db.scalars(select(Comment.status).order_by(Comment.id))
        assert list(statuses) == ["removed", "approved"]
