"""One act on many comments: seen before it is done, done by the worker, taken back exactly."""

import re
from collections import Counter

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.discussions import batches
from app.discussions.models import Comment, CommentStatus
from app.moderation.models import Batch, Decision
from app.work import Doors
from tests.agreement import disagreements
from tests.conftest import RunJobs, SignedIn
from tests.world import a_comment, a_post, an_author_key

pytestmark = pytest.mark.anyio

WAITING = 12


@pytest.fixture
async def moderator(
    doors: Doors, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> httpx.AsyncClient:
    """A moderator, before a dozen that wait; the worker takes five at a time."""
    monkeypatch.setattr(batches, "PIECE", 5)
    client = await signed_in(Role.MODERATOR)
    async with doors.unit_of_work() as db:
        post, key = await a_post(db), await an_author_key(db)
        for number in range(WAITING):
            await a_comment(
                db,
                f"Number {number}",
                under=post,
                status=CommentStatus.PENDING,
                author_key_id=key.id,
            )
    return client


async def statuses(doors: Doors) -> Counter[str]:
    async with doors.reading() as db:
        return Counter(map(str, await db.scalars(select(Comment.status))))


async def the_batch(doors: Doors) -> Batch:
    async with doors.reading() as db:
        return (await db.scalars(select(Batch))).one()


ALL = {"verb": "spam", "scope": "filter", "back": "/mod/"}


async def test_a_preview_shows_how_many_and_five_of_them_and_does_nothing(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    page = (await moderator.post("/mod/batches/preview", data=ALL)).text

    assert "Mark 12 as spam?" in page
    assert len(re.findall(r"Number \d", page)) == 5
    assert await statuses(doors) == {"pending": WAITING}


async def test_all_that_match_a_filter_are_decided_by_the_worker(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    begun = await moderator.post("/mod/batches", data=ALL)
    assert "0 of 12 so far" in (await moderator.get(begun.headers["location"])).text

    await run_jobs()

    assert await statuses(doors) == {"spam": WAITING}
    assert "Done: 12" in (await moderator.get(begun.headers["location"])).text
    await require_true_counts(doors)


async def test_chosen_rows_alone_are_decided(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    chosen = {"verb": "remove", "scope": "chosen", "back": "/mod/", "chosen": ["2", "7"]}
    await moderator.post("/mod/batches", data=chosen)
    await run_jobs()

    assert await statuses(doors) == {"pending": WAITING - 2, "removed": 2}


async def test_what_a_search_found_can_be_decided_at_once(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await moderator.post("/mod/batches", data={**ALL, "back": '/mod/?q="number 7"'})
    await run_jobs()

    assert await statuses(doors) == {"pending": WAITING - 1, "spam": 1}


async def test_more_than_five_hundred_are_not_chosen_by_hand(moderator: httpx.AsyncClient) -> None:
    chosen = {"verb": "spam", "scope": "chosen", "chosen": [str(n) for n in range(501)]}

    assert (await moderator.post("/mod/batches", data=chosen)).status_code == 422


async def test_undoing_restores_all_but_what_was_decided_otherwise_since(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await moderator.post("/mod/batches", data=ALL)
    await run_jobs()
    await moderator.post("/mod/comments/3/approval", data={"back": "/mod/"})

    await moderator.post("/mod/batches/1/reversal", data={"back": "/mod/"})
    await run_jobs()

    assert await statuses(doors) == {"pending": WAITING - 1, "approved": 1}
    page = (await moderator.get("/mod/batches/1")).text
    assert "Taken back: 11. 1 had been decided otherwise since" in page
    await require_true_counts(doors)
    assert (
        await moderator.post("/mod/batches/1/reversal", data={"back": "/mod/"})
    ).status_code == 409


async def test_a_batch_that_was_killed_goes_on_where_it_was(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await moderator.post("/mod/batches", data=ALL)
    async with doors.unit_of_work() as db:
        assert await batches.run_piece(db, 1)

    assert (await the_batch(doors)).done == 5
    await run_jobs()

    assert await statuses(doors) == {"spam": WAITING}
    async with doors.reading() as db:
        assert len((await db.scalars(select(Decision))).all()) == WAITING


async def test_blocking_may_take_the_rest_along(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    data = {"standing": "block", "others": "1", "comment": "1"}
    await moderator.post("/mod/authors/1/standing", data=data)
    await run_jobs()

    assert await statuses(doors) == {"removed": WAITING}


async def require_true_counts(doors: Doors) -> None:
    """Counters, author and thread say what the rows say."""
    async with doors.reading() as db:
        assert await disagreements(db) == []
