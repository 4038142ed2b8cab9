"""Authors hear of what was removed by the hundred, too: one letter for each of them, and none twice."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.core import clock
from app.core.events import record
from app.core.jobs import Tools
from app.core.markup import BodyFormat
from app.discussions.events import BatchFinished, CommentDecided
from app.discussions.models import Comment, CommentStatus
from app.moderation.models import Decision
from app.notifications.models import Letter
from app.notifications.removals import tell_of_removals
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.notifications.post_office import PostOffice, html_of, text_of
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio

SOON = timedelta(minutes=11)
GWEN, TOM = "gwen@example.org", "tom@example.org"


@pytest.fixture
async def moderator(
    doors: Doors, signed_in: SignedIn, post_office: PostOffice
) -> httpx.AsyncClient:
    """A moderator whom no mail is sent of what waits."""
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", roles=[Role.MODERATOR], moderation_mail="none")
    return await signed_in(user=ines)


async def said(doors: Doors, post: Post, text: str, email: str, **fields: Any) -> Comment:
    known = {"status": CommentStatus.PENDING, "at": clock.now()}
    async with doors.unit_of_work() as db:
        return await a_comment(db, text, under=post, author_email=email, **{**known, **fields})


async def remove_all(client: httpx.AsyncClient, *comments: Comment) -> str:
    """Remove these in one act; where it is watched."""
    fields = "&".join(["verb=remove", *(f"chosen={comment.id}" for comment in comments)])
    begun = await client.post(
        "/mod/batches",
        content=fields,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert begun.status_code == 303
    return str(begun.headers["location"])


async def test_each_author_gets_one_letter_for_all_of_theirs_with_a_way_to_appeal_for_each(
    doors: Doors, moderator: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        first, second = await a_post(db, "First"), await a_post(db, "Second")
    removed = [
        await said(doors, first, "One by Gwen", GWEN),
        await said(doors, second, "Two by Gwen", "Gwen@Example.org"),
        await said(doors, first, "One by Tom", TOM),
        await said(doors, first, "Buy now", "spam@example.org", status=CommentStatus.SPAM),
        await said(doors, first, "Of old", "old@example.org", body_format=BodyFormat.WORDPRESS),
        await said(doors, first, "Nobody", ""),
    ]
    await remove_all(moderator, *removed)
    await run_jobs()
    assert post_office.mails == []

    await run_jobs(later=SOON)

    assert sorted(mail["To"].lower() for mail in post_office.mails) == [GWEN, TOM]
    to_gwen = next(mail for mail in post_office.mails if mail["To"].lower() == GWEN)
    (to_tom,) = post_office.to(TOM)
    assert to_gwen["Subject"] == "2 comments of yours were removed"
    assert to_tom["Subject"] == "Your comment on “First” was removed"
    for words in ("> One by Gwen", "> Two by Gwen", "on “First”", "on “Second”"):
        assert words in text_of(to_gwen)
    assert text_of(to_gwen).count("/appeal/") == html_of(to_gwen).count("/appeal/") == 2
    assert text_of(to_tom).count("/appeal/") == 1


async def test_of_very_many_the_letter_names_ten(
    doors: Doors, moderator: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    await remove_all(moderator, *[await said(doors, post, f"No. {n}", GWEN) for n in range(12)])
    await run_jobs()
    await run_jobs(later=SOON)

    (told,) = post_office.mails
    assert told["Subject"] == "12 comments of yours were removed"
    assert text_of(told).count("/appeal/") == 10
    assert "The other comments have a page of their own" in text_of(told)


async def test_an_act_on_many_that_is_taken_back_at_once_is_not_told(
    doors: Doors, moderator: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    at = await remove_all(moderator, await said(doors, post, "One", GWEN))
    await run_jobs()
    await moderator.post(f"{at}/reversal")
    await run_jobs()

    await run_jobs(later=SOON)

    assert post_office.mails == []


async def test_what_is_done_twice_because_a_worker_died_is_told_once(
    doors: Doors,
    settings: Settings,
    moderator: httpx.AsyncClient,
    post_office: PostOffice,
    run_jobs: RunJobs,
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    one, many = await said(doors, post, "One", GWEN), await said(doors, post, "Many", TOM)
    await moderator.post(f"/mod/comments/{one.id}/removal", data={"back": "/mod/"})
    await remove_all(moderator, many)
    await run_jobs()
    async with doors.unit_of_work() as db:
        decision = (await db.scalars(select(Decision.id).where(Decision.item_id == one.id))).one()
        record(db, CommentDecided(comment_id=one.id, decision_id=decision))
        record(db, BatchFinished(batch_id=1))
    await run_jobs()
    await run_jobs(later=SOON)
    await tell_of_removals(Tools(doors, settings), batch_id=1)
    await run_jobs()

    assert sorted(mail["To"] for mail in post_office.mails) == [GWEN, TOM]
    async with doors.reading() as db:
        assert len((await db.scalars(select(Letter.id))).all()) == 2


async def test_what_is_removed_once_more_is_told_once_more(
    doors: Doors, moderator: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    comment = await said(doors, post, "One", GWEN)
    for noun in ("removal", "approval", "removal"):
        await moderator.post(f"/mod/comments/{comment.id}/{noun}", data={"back": "/mod/"})
        await run_jobs()
        await run_jobs(later=SOON)

    assert len(post_office.to(GWEN)) == 2
