"""A moderator writes to whoever wrote a comment: by letter, in the log, and without changing the comment."""

import re
from collections.abc import Sequence

import httpx
import pytest
from sqlalchemy import select, update

from app.accounts.actor import Role
from app.core import clock
from app.core.secrets import secrets_of
from app.discussions.models import Comment, CommentStatus
from app.notifications.models import Letter, Refusal
from app.notifications.texts import refusal_key
from app.settings import Settings
from app.work import Doors
from tests.agreement import disagreements
from tests.conftest import RunJobs, SignedIn
from tests.world import a_comment, a_post, an_author_key

pytestmark = pytest.mark.anyio

WARNING = "/mod/comments/1/warning"
WORDS = {"text": "Please speak of the post.\n\nNot of people & <b>their</b> looks."}


@pytest.fixture
async def moderator(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """A moderator, before two comments of one author that anybody reads, and one of nobody known."""
    async with doors.unit_of_work() as db:
        post, key = await a_post(db, "On tone"), await an_author_key(db)
        for number in (1, 2):
            await a_comment(
                db, f"Number {number}", under=post, author_email="gwen@example.org",
                author_key_id=key.id,
            )  # fmt: skip
        await a_comment(db, "Number 3", under=post)
    return await signed_in(Role.MODERATOR)


async def letters(doors: Doors) -> Sequence[Letter]:
    async with doors.reading() as db:
        return (await db.scalars(select(Letter).order_by(Letter.id))).all()


async def test_the_author_gets_a_letter_and_the_comment_stays_as_it_is(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    answer = await moderator.post(WARNING, data={**WORDS, "version": "2"})
    await run_jobs()

    assert answer.headers["location"] == "/mod/?done=4#case-1"
    (letter,) = await letters(doors)
    assert letter.recipient == "gwen@example.org"
    assert letter.subject == "About your comment on “On tone”"
    assert "Please speak of the post.\n\nNot of people & <b>their</b> looks." in letter.body_text
    assert "&lt;b&gt;their&lt;/b&gt;" in letter.body_html
    assert "> Number 1" in letter.body_text
    async with doors.reading() as db:
        comment = await db.get(Comment, 1)
        assert await disagreements(db) == []
    assert comment
    assert (comment.status, comment.version) == (CommentStatus.APPROVED, 2)


async def test_the_log_and_every_row_of_that_author_tell_other_moderators(
    moderator: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    answer = await moderator.post(WARNING, data=WORDS)
    assert "You warned its author" in (await moderator.get(answer.headers["location"])).text
    owner = await signed_in(Role.OWNER)

    log = (await owner.get("/mod/log/")).text
    rows = (await owner.get("/mod/?tab=recent")).text

    assert "warned its author" in log
    assert "“Please speak of the post." in log
    assert rows.count("Warned by letter: Please speak of the post.") == 2


async def test_no_letter_goes_where_no_address_is_known(moderator: httpx.AsyncClient) -> None:
    page = (await moderator.get("/mod/?tab=recent")).text

    assert "/mod/comments/2/warning" in page
    assert "/mod/comments/3/warning" not in page
    assert "No address is known" in (await moderator.get("/mod/comments/3/warning")).text
    answer = await moderator.post("/mod/comments/3/warning", data=WORDS)
    assert answer.status_code == 409
    assert "No address is known" in answer.text


async def test_whoever_wants_no_letters_gets_none_and_the_form_says_so(
    doors: Doors, moderator: httpx.AsyncClient, settings: Settings, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        address = refusal_key(secrets_of(settings), "gwen@example.org")
        db.add(Refusal(address=address, at=clock.now()))

    form = await moderator.get(WARNING)
    answer = await moderator.post(WARNING, data=WORDS)
    await run_jobs()

    assert "They want no letters from here." in form.text
    assert "<textarea" not in form.text
    assert answer.status_code == 409
    assert await letters(doors) == []


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001])
async def test_an_empty_or_endless_letter_is_refused_with_its_words_kept(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs, text: str
) -> None:
    answer = await moderator.post(WARNING, data={"text": text, "back": "/mod/"})
    await run_jobs()

    assert answer.status_code == 422
    assert f'dir="auto">{text}</textarea>' in answer.text
    assert await letters(doors) == []


async def test_two_moderators_do_not_warn_for_the_same_unknowingly(
    doors: Doors, moderator: httpx.AsyncClient, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    other = await signed_in(Role.OWNER)
    await moderator.post(WARNING, data=WORDS)

    late = await other.post(WARNING, data={"text": "Mine."})

    assert late.status_code == 409
    assert re.search(r"warned its author \d+ s ago\.", late.text)
    assert "Mine.</textarea>" in late.text
    assert "Please speak of the post." in late.text
    seen = re.search(r'name="seen" value="(\d+)"', late.text)
    assert seen
    again = await other.post(WARNING, data={"text": "Mine.", "seen": seen[1]})
    await run_jobs()
    assert again.status_code == 303
    assert len(await letters(doors)) == 2


async def test_no_letter_goes_to_whoever_was_forgotten_meanwhile(
    doors: Doors, moderator: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await moderator.post(WARNING, data=WORDS)
    async with doors.unit_of_work() as db:
        await db.execute(update(Comment).where(Comment.id == 1).values(author_email=""))
    await run_jobs()

    assert await letters(doors) == []


async def test_a_warning_takes_no_undo_away(moderator: httpx.AsyncClient) -> None:
    await moderator.post("/mod/comments/1/removal", data={"reason": "attack"})
    await moderator.post(WARNING, data=WORDS)

    answer = await moderator.post("/mod/decisions/4/reversal", data={"back": "/mod/"})

    assert answer.status_code == 303
