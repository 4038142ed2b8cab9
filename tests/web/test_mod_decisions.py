"""What moderators do in the queue, in place with script and by a way back without, and how it is taken back."""

import re
from collections.abc import Sequence

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.core.secrets import secrets_of
from app.discussions.models import Comment, CommentEdit, CommentStatus, Thread
from app.moderation.authors import key_of_member
from app.moderation.models import AuthorKey, Case, Decision, Standing
from app.posts.models import Post
from app.settings import Settings
from app.web.comments.own_addresses import own_address
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.commenting import hidden_fields
from tests.world import a_comment, a_post, an_author_key

pytestmark = pytest.mark.anyio

PENDING = CommentStatus.PENDING
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
async def moderator(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """A moderator, before three comments that wait under one post: 1 and 2 of one author, 3 of nobody known."""
    client = await signed_in(Role.MODERATOR)
    async with doors.unit_of_work() as db:
        post, key = await a_post(db), await an_author_key(db)
        for number in (1, 2):
            await a_comment(
                db, f"Number {number}", under=post, status=PENDING, author_key_id=key.id
            )
        await a_comment(db, "Number 3", under=post, status=PENDING)
    return client


async def status_of(doors: Doors, comment_id: int) -> str:
    async with doors.reading() as db:
        return (await db.scalars(select(Comment.status).where(Comment.id == comment_id))).one()


@pytest.mark.parametrize(
    ("noun", "status"),
    [("approval", "approved"), ("spam", "spam"), ("removal", "removed")],
)
async def test_a_decision_folds_the_row_in_its_place_with_undo(
    doors: Doors, moderator: httpx.AsyncClient, noun: str, status: str
) -> None:
    answer = await moderator.post(
        f"/mod/comments/2/{noun}", data={"version": "1", "back": "/mod/"}, headers=IN_PLACE
    )

    assert answer.status_code == 200
    assert 'class="case case--folded" id="case-2"' in answer.text
    assert '<span class="tabs__number">2</span>' in answer.text
    assert await status_of(doors, 2) == status
    undo = re.search(r"/mod/decisions/(\d+)/reversal", answer.text)
    assert undo
    again = await moderator.post(undo[0], data={"comment": "2", "back": "/mod/"}, headers=IN_PLACE)
    assert 'class="case" id="case-2"' in again.text
    assert await status_of(doors, 2) == "pending"


async def test_without_script_one_comes_back_to_the_next_row_and_can_undo_there(
    moderator: httpx.AsyncClient,
) -> None:
    answer = await moderator.post(
        "/mod/comments/1/approval", data={"version": "1", "back": "/mod/?links=none", "next": "2"}
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == "/mod/?links=none&done=1#case-2"
    page = await moderator.get(answer.headers["location"])
    assert "You approved this" in page.text
    assert 'action="/mod/decisions/1/reversal"' in page.text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/mod/\\evil", "x"])
async def test_one_comes_back_to_the_console_and_nowhere_else(
    moderator: httpx.AsyncClient, back: str
) -> None:
    answer = await moderator.post("/mod/comments/1/approval", data={"back": back})

    assert answer.headers["location"] == "/mod/?done=1"


async def test_whoever_is_late_gets_409_and_the_row_as_it_is_now(
    doors: Doors, moderator: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    other = await signed_in(Role.MODERATOR)
    await moderator.post("/mod/comments/1/approval", data={"version": "1"})

    late = await other.post("/mod/comments/1/spam", data={"version": "1"}, headers=IN_PLACE)
    without_script = await other.post("/mod/comments/1/spam", data={"version": "1"})

    for answer in (late, without_script):
        assert answer.status_code == 409
        assert re.search(r"The moderator \S+ approved this \d s ago\.", answer.text)
        assert 'data-status="approved"' in answer.text
    assert await status_of(doors, 1) == "approved"


async def test_removing_keeps_the_reason_and_the_words_for_the_author(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    data = {"reason": "attack", "note": "Please be kind."}
    await moderator.post("/mod/comments/1/removal", data=data)

    log = (await moderator.get("/mod/log/")).text

    assert "removed this" in log
    assert "Attacks a person “Please be kind.”" in log


async def test_a_comment_is_approved_and_answered_in_one_step(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    sheet = await moderator.get("/mod/comments/1/answer", headers=IN_PLACE)
    assert "<textarea" in sheet.text

    await moderator.post("/mod/comments/1/answer", data={"text": "Thank **you**.", "version": "1"})

    async with doors.reading() as db:
        answer = (await db.scalars(select(Comment).where(Comment.parent_id == 1))).one()
        thread = (await db.scalars(select(Thread))).one()
    assert answer.is_approved
    assert "<strong>you</strong>" in answer.body_html
    assert answer.user_id is not None
    assert thread.comment_count == 2
    assert await status_of(doors, 1) == "approved"


async def test_what_staff_say_counts_as_theirs_and_is_found_by_its_author(
    doors: Doors, settings: Settings, moderator: httpx.AsyncClient
) -> None:
    await moderator.post("/mod/comments/1/answer", data={"text": "Thank you.", "version": "1"})
    async with doors.reading() as db:
        answer = (await db.scalars(select(Comment).where(Comment.parent_id == 1))).one()
        path = (await db.scalars(select(Post.path))).one()
    page = await moderator.get(path or "")
    typed = {**hidden_fields(page.text), "comment": "And by the form."}
    await moderator.post(f"{path}comment", data=typed)

    async with doors.reading() as db:
        author = await db.get(AuthorKey, answer.author_key_id)
    found = await moderator.get(f"/mod/?tab=recent&author={answer.author_key_id}")

    assert author
    assert author.key == key_of_member(secrets_of(settings), answer.user_id or 0)
    assert (author.approved, author.pending, author.user_id) == (2, 0, answer.user_id)
    assert "Thank you." in found.text
    assert "And by the form." in found.text
    assert 'id="case-1"' not in found.text


async def test_an_empty_answer_decides_nothing_and_a_late_one_is_not_lost(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    empty = await moderator.post("/mod/comments/1/answer", data={"text": " ", "version": "1"})
    assert empty.status_code == 422
    assert await status_of(doors, 1) == "pending"
    await moderator.post("/mod/comments/1/spam", data={"version": "1"})

    late = await moderator.post("/mod/comments/1/answer", data={"text": "My words", "version": "1"})

    assert late.status_code == 409
    assert "My words" in late.text
    assert await status_of(doors, 1) == "spam"


async def test_a_moderators_edit_keeps_the_earlier_words(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    await moderator.post("/mod/comments/1/edition", data={"text": "Milder <b>words</b>"})

    async with doors.reading() as db:
        comment = await db.get(Comment, 1)
        earlier = (await db.scalars(select(CommentEdit))).one()
    assert comment
    assert "Milder &lt;b&gt;words" in comment.body_html
    assert earlier.body_source == "Number 1"
    assert "edited this" in (await moderator.get("/mod/log/")).text


async def test_readers_and_its_author_are_told_that_a_moderator_edited_a_comment(
    settings: Settings, moderator: httpx.AsyncClient, visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.reading() as db:
        path = (await db.scalars(select(Post.path))).one() or ""
    await moderator.post("/mod/comments/1/approval", data={"back": "/mod/"})
    assert "edited" not in (await visitor.get(path)).text

    await moderator.post("/mod/comments/1/edition", data={"text": "Milder words"})

    assert "<span>edited by a moderator</span>" in (await visitor.get(path)).text
    own = await visitor.get(own_address(settings, 1))
    assert "<span>edited by a moderator</span>" in own.text
    assert "edited by a moderator" in (await moderator.get("/mod/comments/1")).text


async def test_a_moderators_edit_of_their_own_words_is_an_edit_like_any_other(
    doors: Doors, moderator: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    await moderator.post("/mod/comments/1/answer", data={"text": "Thank you.", "version": "1"})
    async with doors.reading() as db:
        answer = (await db.scalars(select(Comment).where(Comment.parent_id == 1))).one()
        path = (await db.scalars(select(Post.path))).one() or ""

    await moderator.post(f"/mod/comments/{answer.id}/edition", data={"text": "Thanks."})

    page = (await visitor.get(path)).text
    assert "<span>edited</span>" in page
    assert "edited by a moderator" not in page


async def test_a_comment_is_moved_under_another_post(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        other = await a_post(db, "Where it belongs")
    await moderator.post("/mod/comments/1/approval", data={"back": "/mod/"})

    await moderator.post("/mod/comments/1/place", data={"post": str(other.id)})

    async with doors.reading() as db:
        counts = [thread.comment_count for thread in await db.scalars(select(Thread))]
        case = (await db.scalars(select(Case).where(Case.item_id == 1))).one()
    assert (counts, case.post_id) == ([0, 1], other.id)


async def test_a_discussion_is_closed_and_opened_again(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    for locked in ("1", ""):
        await moderator.post("/mod/comments/1/lock", data={"locked": locked})
        async with doors.reading() as db:
            thread = (await db.scalars(select(Thread))).one()
        assert (thread.closed_at is not None) == bool(locked)


@pytest.mark.parametrize(
    ("verb", "standing"),
    [("trust", Standing.TRUSTED), ("watch", Standing.WATCHED), ("block", Standing.BLOCKED)],
)
async def test_authors_are_trusted_watched_and_blocked_and_that_is_undone(
    doors: Doors, moderator: httpx.AsyncClient, verb: str, standing: Standing
) -> None:
    answer = await moderator.post(
        "/mod/authors/1/standing", data={"standing": verb, "comment": "1"}, headers=IN_PLACE
    )
    assert await standing_of_author(doors) == standing

    undo = re.search(r"/mod/decisions/(\d+)/reversal", answer.text)
    assert undo
    await moderator.post(undo[0], data={"comment": "1"})

    assert await standing_of_author(doors) == Standing.OPEN


async def standing_of_author(doors: Doors) -> str:
    async with doors.reading() as db:
        return (await db.scalars(select(AuthorKey.standing))).one()


async def test_blocking_first_shows_what_else_there_is(moderator: httpx.AsyncClient) -> None:
    sheet = (await moderator.get("/mod/comments/1/block")).text

    assert "Also 1 other item: remove it too" in sheet


async def test_notes_are_shown_to_moderators_with_every_row_of_that_author(
    moderator: httpx.AsyncClient,
) -> None:
    await moderator.post("/mod/authors/1/notes", data={"text": "Was <i>warned</i>", "comment": "1"})

    page = (await moderator.get("/mod/")).text

    assert page.count("Was &lt;i&gt;warned&lt;/i&gt;") == 2


async def test_what_somebody_claimed_is_theirs_until_they_give_it_back(
    moderator: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    other = await signed_in(Role.MODERATOR)
    await moderator.post("/mod/comments/1/claim", data={"back": "/mod/"})

    refused = await other.post("/mod/comments/1/claim", data={"back": "/mod/"}, headers=IN_PLACE)
    assert refused.status_code == 409
    assert "claimed by The moderator" in refused.text
    await moderator.post("/mod/comments/1/claim", data={"release": "1"})

    assert (await other.post("/mod/comments/1/claim", data={"back": "/mod/"})).status_code == 303


async def test_others_see_who_is_looking(moderator: httpx.AsyncClient, signed_in: SignedIn) -> None:
    other = await signed_in(Role.MODERATOR)
    assert (await moderator.post("/mod/comments/1/look")).status_code == 204

    assert list((await other.get("/mod/looking?ids=1,2,x")).json()) == ["1"]
    assert (await moderator.get("/mod/looking?ids=1,2")).json() == {}
    assert "is looking" in (await other.get("/mod/")).text


async def test_reading_the_console_writes_nothing(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    before = await everything(doors)
    for address in (
        "/mod/", "/mod/?tab=spam", "/mod/log/", "/mod/outbox/", "/mod/comments/1", "/mod/looking?ids=1",
        *(f"/mod/comments/1/{kind}" for kind in ("answer", "edition", "note", "removal", "block")),
    ):  # fmt: skip
        assert (await moderator.get(address)).status_code == 200, address
    for noun in ("approval", "spam", "hold", "claim", "lock"):
        assert (await moderator.get(f"/mod/comments/1/{noun}")).status_code in (404, 405)

    assert await everything(doors) == before


async def everything(doors: Doors) -> Sequence[object]:
    async with doors.reading() as db:
        cases = (await db.execute(select(Case.id, Case.version, Case.looked_by))).all()
        return [*cases, await db.scalar(select(func.count(Decision.id)))]


@pytest.mark.parametrize("roles", [(), (Role.EDITOR,)])
async def test_nobody_else_decides_anything(
    doors: Doors, moderator: httpx.AsyncClient, signed_in: SignedIn, roles: tuple[Role, ...]
) -> None:
    member = await signed_in(*roles)
    before = await everything(doors)
    for address in (
        *(f"/mod/comments/1/{noun}" for noun in ("approval", "spam", "removal", "hold", "claim", "lock")),
        *(f"/mod/comments/1/{noun}" for noun in ("edition", "answer")),
        "/mod/authors/1/standing", "/mod/authors/1/notes", "/mod/batches", "/mod/batches/preview",
    ):  # fmt: skip
        data = {"standing": "block", "text": "x", "comment": "1", "verb": "spam", "chosen": "1"}
        assert (await member.post(address, data=data)).status_code == 403, address

    assert await everything(doors) == before
