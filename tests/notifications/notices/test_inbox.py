"""A member is told, finds it in their inbox, and has read it: through the site."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.accounts.models import User
from app.core import clock
from app.discussions.actions import approve
from app.discussions.models import Comment, CommentStatus
from app.posts.models import Post
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio


async def ines_said_something(doors: Doors) -> tuple[User, Post, Comment]:
    """A member, and a comment of hers."""
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines")
        post = await a_post(db)
        comment = await a_comment(db, under=post, by="Ines", user_id=ines.id)
    return ines, post, comment


async def answered(
    doors: Doors, post: Post, to: Comment, *, by: User | None = None, name: str = "Ada"
) -> Comment:
    """Somebody answers, and a moderator approves it after an hour."""
    async with doors.unit_of_work() as db:
        answer = await a_comment(
            db,
            under=post,
            by=by.name if by else name,
            user_id=by.id if by else None,
            answering=to,
            status=CommentStatus.PENDING,
            at=clock.now() - timedelta(hours=1),
        )
    async with doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, answer.id)
    return answer


async def unread_of(doors: Doors, user: User) -> int:
    """The number in somebody's row."""
    async with doors.reading() as db:
        return (await db.scalars(select(User.unread_notices).where(User.id == user.id))).one()


async def test_an_answer_to_a_members_comment_is_in_their_inbox_until_they_have_read_it(
    doors: Doors, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    ines, post, comment = await ines_said_something(doors)
    here = await signed_in(user=ines)
    assert "Nothing here yet" in (await here.get("/inbox/")).text
    answer = await answered(doors, post, comment)
    await run_jobs()

    page = (await here.get("/inbox/")).text
    assert "Ada answered you on “A letter a week”" in page
    assert f'href="/2024/03/a-letter-a-week/#comment-{answer.id}"' in page
    assert '<span class="masthead__count">1' in page
    assert await unread_of(doors, ines) == 1
    done = await here.post("/inbox/1/reading")

    assert (done.status_code, done.headers["location"]) == (303, "/inbox/")
    page = (await here.get("/inbox/")).text
    assert "Ada answered you" in page
    assert "Mark as read" not in page
    assert "masthead__count" not in page
    assert await unread_of(doors, ines) == 0


async def test_nobody_but_its_reader_has_an_inbox_or_marks_what_is_in_it(
    doors: Doors, visitor: httpx.AsyncClient, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    ines, post, comment = await ines_said_something(doors)
    await answered(doors, post, comment)
    await run_jobs()
    other = await signed_in()

    assert (await visitor.get("/inbox/")).status_code == 401
    assert "Ada" not in (await other.get("/inbox/")).text
    assert (await other.post("/inbox/1/reading")).status_code == 404
    assert (await other.post("/inbox/reading", data={"up_to": "9"})).status_code == 303
    assert await unread_of(doors, ines) == 1
