"""One act on many comments: seen before it is done, done by the worker, taken back exactly."""

import re
from collections import Counter

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.core import clock
from app.core.secrets import secrets_of
from app.discussions import batches
from app.discussions.models import Comment, CommentStatus
from app.moderation.authors import author_of_key, key_of_email
from app.moderation.models import Batch, Decision
from app.moderation.report_models import Report
from app.reporting.jobs import REPORTS
from app.settings import Settings
from app.work import Doors
from tests.agreement import disagreements
from tests.conftest import RunJobs, SignedIn
from tests.web.test_mod_queue import names_in
from tests.world import a_comment, a_member, a_post, an_author_key

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


async def test_a_search_within_a_filter_is_decided_as_it_is_listed(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        elsewhere = await a_post(db, "Elsewhere", slug="elsewhere")
        await a_comment(db, "Number again", under=elsewhere, status=CommentStatus.PENDING)
    back = f"/mod/?q=number&post={elsewhere.id}"

    preview = (await moderator.post("/mod/batches/preview", data={**ALL, "back": back})).text
    await moderator.post("/mod/batches", data={**ALL, "back": back})
    await run_jobs()

    assert "Mark 1 as spam?" in preview
    assert await statuses(doors) == {"spam": 1, "pending": WAITING}


async def test_all_of_an_address_that_is_looked_for_are_its_authors(
    doors: Doors, settings: Settings, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    key = key_of_email(secrets_of(settings), "hal@example.org")
    async with doors.unit_of_work() as db:
        other, post = await author_of_key(db, key, clock.now()), await a_post(db, slug="other")
        await a_comment(
            db, "Hello", under=post, author_key_id=other.id, status=CommentStatus.PENDING
        )

    await moderator.post("/mod/batches", data={**ALL, "back": "/mod/?q=hal@example.org"})
    await run_jobs()

    assert await statuses(doors) == {"spam": 1, "pending": WAITING}


async def test_an_address_that_nobody_has_is_not_the_whole_list(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    act = {**ALL, "back": "/mod/?q=nobody@example.org"}

    assert (await moderator.post("/mod/batches/preview", data=act)).status_code == 422
    assert (await moderator.post("/mod/batches", data=act)).status_code == 422
    assert await statuses(doors) == {"pending": WAITING}


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
        assert await batches.run_piece(db, 1, REPORTS)

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


REPORTED = {"scope": "filter", "back": "/mod/?tab=reported"}


@pytest.fixture
async def reported(doors: Doors, visitor: httpx.AsyncClient) -> None:
    """Two members and a comment that visitors have reported."""
    async with doors.unit_of_work() as db:
        people = [await a_member(db, name) for name in ("Ada", "Bo")]
        comment = await a_comment(db, "An advert", under=await a_post(db))
    things = [("profile", one.id) for one in people] + [("comment", comment.id)]
    for kind, number in things:
        form = {"kind": kind, "id": str(number), "reason": "advert", "note": ""}
        assert (await visitor.post("/report/", data=form)).status_code == 303


async def reports(doors: Doors) -> Counter[str]:
    async with doors.reading() as db:
        return Counter(map(str, await db.scalars(select(Report.state))))


@pytest.mark.parametrize(
    ("verb", "title", "says", "becomes"),
    [
        ("approve", "Keep 3 that were reported?", "are dismissed: Profile 2.", "dismissed"),
        ("remove", "Remove or uphold 3 that were reported?", "are upheld: Profile 2.", "upheld"),
    ],
)
async def test_what_was_reported_is_decided_with_the_comments_and_all_of_it_taken_back(
    doors: Doors, signed_in: SignedIn, reported: None, run_jobs: RunJobs,
    verb: str, title: str, says: str, becomes: str,
) -> None:  # fmt: skip
    client = await signed_in(Role.MODERATOR)
    preview = (await client.post("/mod/batches/preview", data={**REPORTED, "verb": verb})).text
    assert title in preview
    assert says in preview
    assert "Ada" in preview
    assert "Left as they are" not in preview

    begun = await client.post("/mod/batches", data={**REPORTED, "verb": verb})
    await run_jobs()
    assert "Done: 3." in (await client.get(begun.headers["location"])).text
    assert await reports(doors) == {becomes: 3}
    assert names_in(await client.get("/mod/?tab=reported")) == []
    await require_true_counts(doors)

    await client.post(begun.headers["location"] + "/reversal")
    await run_jobs()
    assert "Taken back: 3. 0 had been" in (await client.get(begun.headers["location"])).text
    assert await reports(doors) == {"open": 3}
    assert len(names_in(await client.get("/mod/?tab=reported"))) == 3
    await require_true_counts(doors)


@pytest.mark.parametrize("verb", ["spam", "hold"])
async def test_a_preview_says_what_it_leaves_out_and_of_which_kinds(
    doors: Doors, signed_in: SignedIn, reported: None, run_jobs: RunJobs, verb: str
) -> None:
    client = await signed_in(Role.MODERATOR)
    form = {**REPORTED, "verb": verb}
    preview = (await client.post("/mod/batches/preview", data=form)).text
    assert "Left as they are, to be decided about one by one: Profile 2." in preview

    await client.post("/mod/batches", data=form)
    await run_jobs()
    assert sorted(names_in(await client.get("/mod/?tab=reported"))) == ["Ada", "Bo"]
    none = await client.post("/mod/batches/preview", data=form)
    assert none.status_code == 422
    assert "Left as they are, to be decided about one by one: Profile 2." in none.text
    assert 'href="/mod/?tab=reported">Back to the queue' in none.text
    assert (await client.post("/mod/batches", data=form)).status_code == 422


async def test_rows_of_what_is_no_comment_are_chosen_by_their_boxes(
    doors: Doors, signed_in: SignedIn, reported: None, run_jobs: RunJobs
) -> None:
    client = await signed_in(Role.MODERATOR)
    queue = (await client.get("/mod/?tab=reported")).text
    boxes = re.findall(r'name="chosen" value="(c\d+)"', queue)
    assert len(boxes) == 2

    chosen = {**REPORTED, "verb": "approve", "scope": "chosen", "chosen": boxes[:1]}
    await client.post("/mod/batches", data=chosen)
    await run_jobs()

    assert await reports(doors) == {"open": 2, "dismissed": 1}


async def test_what_a_moderator_has_a_part_in_is_left_to_others_by_an_act_on_many(
    doors: Doors, signed_in: SignedIn, reported: None, run_jobs: RunJobs, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", roles=[Role.MODERATOR])
        await a_member(db, "Mo", roles=[Role.MODERATOR])
    form = {"kind": "profile", "id": str(ines.id), "reason": "attack", "note": ""}
    await visitor.post("/report/", data=form)
    client = await signed_in(user=ines)

    begun = await client.post("/mod/batches", data={**REPORTED, "verb": "remove"})
    await run_jobs()

    page = (await client.get(begun.headers["location"])).text
    assert "Done: 3." in page
    assert "Left to other moderators, as you have a part in it: 1." in page
    assert await reports(doors) == {"upheld": 3, "open": 1}


@pytest.mark.parametrize("path", ["/mod/batches/preview", "/mod/batches"])
@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"verb=spam", "text/plain", 415),
        (b'{"verb": "spam"}', "application/json", 415),
        (b"verb=spam&chosen=%ff", "application/x-www-form-urlencoded", 400),
        (b"verb=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"verb=spam"] + [b"chosen=1"] * 501), "application/x-www-form-urlencoded", 422),
    ],
)
async def test_what_can_not_be_read_is_said_to_be_that(
    signed_in: SignedIn, path: str, content: bytes, kind: str, status: int
) -> None:
    moderator = await signed_in(Role.MODERATOR)

    answer = await moderator.post(path, content=content, headers={"Content-Type": kind})

    assert answer.status_code == status
