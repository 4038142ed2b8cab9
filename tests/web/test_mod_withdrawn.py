"""What its author took back stays out of sight, whatever moderators do: by one row, by the hundred, or by Undo."""

import re

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.discussions.models import Comment, CommentStatus
from app.moderation.models import AuthorKey
from app.settings import Settings
from app.web.comments.own_addresses import own_address
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.world import a_comment, a_post, an_author_key

pytestmark = pytest.mark.anyio

STAYS = "Its author has withdrawn it: it stays out of sight."
BACK = {"back": "/mod/"}
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
async def moderator(
    doors: Doors, settings: Settings, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> httpx.AsyncClient:
    """A moderator, and four comments that waited: their author has taken 1 and 2 back."""
    client = await signed_in(Role.MODERATOR)
    async with doors.unit_of_work() as db:
        post, key = await a_post(db), await an_author_key(db)
        for number in range(1, 5):
            await a_comment(
                db, f"Number {number}", under=post, status=CommentStatus.PENDING,
                author_key_id=key.id,
            )  # fmt: skip
    for number in (1, 2):
        await withdraw(visitor, settings, number)
    return client


async def withdraw(visitor: httpx.AsyncClient, settings: Settings, number: int) -> None:
    answer = await visitor.post(f"{own_address(settings, number)}withdrawal")
    assert answer.status_code == 303


async def statuses(doors: Doors) -> list[str]:
    async with doors.reading() as db:
        return [str(one) for one in await db.scalars(select(Comment.status).order_by(Comment.id))]


async def counted(doors: Doors) -> tuple[int, int, int, int]:
    """How many of the author's wait, are shown, are spam, and were removed."""
    async with doors.reading() as db:
        author = (await db.scalars(select(AuthorKey))).one()
    return author.pending, author.approved, author.spam, author.removed


@pytest.mark.parametrize("noun", ["approval", "hold", "answer", "edition"])
async def test_nobody_shows_it_again_or_puts_words_into_it(
    doors: Doors, moderator: httpx.AsyncClient, noun: str
) -> None:
    answer = await moderator.post(
        f"/mod/comments/1/{noun}", data={"text": "In other words."}, headers=IN_PLACE
    )

    assert answer.status_code == 409
    assert STAYS in answer.text
    assert await statuses(doors) == ["removed", "removed", "pending", "pending"]
    async with doors.reading() as db:
        assert (await db.get_one(Comment, 1)).body_source == "Number 1"


async def test_its_row_offers_nothing_that_is_refused(moderator: httpx.AsyncClient) -> None:
    page = (await moderator.get("/mod/comments/1")).text

    for noun in ("approval", "hold", "answer", "edition"):
        assert not re.search(rf'(formaction|href)="/mod/comments/1/{noun}', page)
    assert 'formaction="/mod/comments/1/spam"' in page


async def test_called_spam_and_back_it_stays_withdrawn_and_counts_for_nothing(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    await moderator.post("/mod/comments/3/removal", data={"reason": "other"})
    assert await counted(doors) == (1, 0, 0, 1)

    await moderator.post("/mod/comments/1/spam", data=BACK)
    assert await counted(doors) == (1, 0, 1, 1)
    assert (await moderator.post("/mod/comments/1/approval", data=BACK)).status_code == 409
    await moderator.post("/mod/decisions/4/reversal", data={"comment": "1"})

    assert await counted(doors) == (1, 0, 0, 1)
    assert await statuses(doors) == ["removed", "removed", "removed", "pending"]
    assert (await moderator.post("/mod/comments/1/approval", data=BACK)).status_code == 409
    assert "Its author has withdrawn it." in (await moderator.get("/mod/comments/1")).text


async def test_undo_does_not_show_what_was_withdrawn_since(
    doors: Doors, settings: Settings, moderator: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    await moderator.post("/mod/comments/3/approval", data=BACK)
    await moderator.post("/mod/comments/3/hold", data=BACK)
    await withdraw(visitor, settings, 3)

    for decision in (3, 4):
        late = await moderator.post(f"/mod/decisions/{decision}/reversal", data={"comment": "3"})
        assert late.status_code == 409
        assert "Its author withdrew this" in late.text

    assert (await statuses(doors))[2] == "removed"


@pytest.mark.parametrize(("verb", "became"), [("approve", "approved"), ("hold", "pending")])
async def test_an_act_on_many_leaves_it_and_says_how_many_and_why(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs, verb: str, became: str
) -> None:
    await moderator.post("/mod/comments/3/removal", data={"reason": "other"})
    act = {"verb": verb, "scope": "filter", "back": "/mod/?tab=removed"}
    left = "2 were left: their authors have withdrawn them."

    preview = (await moderator.post("/mod/batches/preview", data=act)).text
    begun = await moderator.post("/mod/batches", data=act)
    await run_jobs()

    assert "1 comment?" in preview
    assert left in preview
    assert "Number 3" in preview
    assert "Number 1" not in preview
    assert left in (await moderator.get(begun.headers["location"])).text
    assert await statuses(doors) == ["removed", "removed", became, "pending"]


async def test_what_is_withdrawn_before_the_worker_comes_is_left_and_told(
    doors: Doors,
    settings: Settings,
    moderator: httpx.AsyncClient,
    visitor: httpx.AsyncClient,
    run_jobs: RunJobs,
) -> None:
    act = {"verb": "approve", "scope": "chosen", "chosen": ["3", "4"], "back": "/mod/"}
    begun = await moderator.post("/mod/batches", data=act)
    await withdraw(visitor, settings, 3)
    await run_jobs()

    page = (await moderator.get(begun.headers["location"])).text
    assert "Done: 1." in page
    assert "1 was left: its author has withdrawn it." in page
    assert await statuses(doors) == ["removed", "removed", "removed", "approved"]


async def test_where_all_were_withdrawn_nothing_is_begun(moderator: httpx.AsyncClient) -> None:
    act = {"verb": "approve", "scope": "chosen", "chosen": ["1", "2"], "back": "/mod/"}

    preview = await moderator.post("/mod/batches/preview", data=act)

    assert preview.status_code == 422
    assert "2 were left: their authors have withdrawn them." in preview.text
    assert (await moderator.post("/mod/batches", data=act)).status_code == 422


async def test_a_removal_of_many_takes_what_was_withdrawn_as_it_is(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    act = {"verb": "spam", "scope": "filter", "back": "/mod/?tab=removed"}

    begun = await moderator.post("/mod/batches", data=act)
    await run_jobs()
    await moderator.post(f"{begun.headers['location']}/reversal", data=BACK)
    await run_jobs()

    assert await statuses(doors) == ["removed", "removed", "pending", "pending"]
    assert await counted(doors) == (2, 0, 0, 0)
    assert "author has" not in (await moderator.get(begun.headers["location"])).text
