"""Things of different kinds bear the same numbers; what is done about one is done about it alone."""

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.core import clock
from app.discussions.models import Comment, CommentStatus
from app.moderation.cases import open_case
from app.moderation.models import Case, Tab
from app.work import Doors
from tests.agreement import disagreements
from tests.conftest import RunJobs, SignedIn
from tests.web.test_mod_queue import names_in
from tests.world import a_comment, a_post

pytestmark = pytest.mark.anyio

OTHER = "profile"


@pytest.fixture
async def moderator(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """A moderator, before a comment that waits and something else of the same number, which came first."""
    async with doors.unit_of_work() as db:
        at = clock.now()
        other = Case(kind=OTHER, item_id=1, tab=Tab.NEEDS, arrived_at=at, moved_at=at)
        await open_case(db, other)
        await a_comment(db, "Hello.", under=await a_post(db), status=CommentStatus.PENDING)
    return await signed_in(Role.MODERATOR)


async def _other(doors: Doors) -> Case:
    async with doors.reading() as db:
        return (await db.scalars(select(Case).where(Case.kind == OTHER))).one()


async def test_to_look_at_claim_and_assign_a_comment_is_about_no_other_thing(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    await moderator.post("/mod/comments/1/look")
    claimed = await moderator.post("/mod/comments/1/claim", data={"back": "/mod/"})
    given = await moderator.post("/mod/comments/1/assignment", data={"to": ""})

    assert (claimed.status_code, given.status_code) == (303, 409)
    other = await _other(doors)
    assert (other.claimed_by, other.looked_by) == (None, None)
    async with doors.reading() as db:
        case = (await db.scalars(select(Case).where(Case.kind == "comment"))).one()
        assert case.claimed_by is not None
        assert case.looked_by is not None


async def test_many_at_once_and_the_search_take_no_other_thing_for_a_comment(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    assert names_in(await moderator.get("/mod/?q=hello")) == ["Gwen"]
    fields = {"verb": "spam", "scope": "chosen", "chosen": "1", "back": "/mod/"}
    assert "Mark 1 as spam?" in (await moderator.post("/mod/batches/preview", data=fields)).text

    begun = await moderator.post("/mod/batches", data=fields)
    await run_jobs()

    assert "Done: 1." in (await moderator.get(begun.headers["location"])).text
    assert (await _other(doors)).tab == Tab.NEEDS
    async with doors.reading() as db:
        assert (await db.get_one(Comment, 1)).status == "spam"
        assert await disagreements(db) == []
