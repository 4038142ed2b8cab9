"""Somebody asks to be mailed answers, gets them, and ends it: through the site and a real mail server."""

import re
from datetime import timedelta
from email.message import EmailMessage

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core import clock
from app.discussions.actions import approve, hold
from app.discussions.models import Comment, CommentStatus
from app.moderation.cases import find_case
from app.notifications.follows import ask_to_follow
from app.notifications.models import Follow
from app.posts.models import Post
from app.work import Doors
from tests.conftest import RunJobs
from tests.notifications.post_office import PostOffice, html_of, text_of
from tests.visiting import BASE_URL
from tests.world import a_comment, a_member, a_post, thread_of

pytestmark = pytest.mark.anyio


def link_in(mail: EmailMessage, beginning: str) -> str:
    """The first link of a mail that begins so, as a path."""
    found = re.search(re.escape(BASE_URL + beginning) + r"\S*", text_of(mail))
    assert found, text_of(mail)
    return found[0].removeprefix(BASE_URL)


async def gwens_comment(doors: Doors, *, whole_post: bool = False) -> tuple[Post, Comment]:
    """Gwen said something under a post, and wants to be mailed."""
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        comment = await a_comment(db, under=post, author_email="Gwen@example.org")
        await ask_to_follow(
            db,
            thread_id=comment.thread_id,
            comment_id=None if whole_post else comment.id,
            email="Gwen@example.org",
        )
    return post, comment


async def an_answer(
    doors: Doors, post: Post, to: Comment | None, email: str = "ada@example.org"
) -> Comment:
    """Somebody answers, and a moderator approves it a while later."""
    async with doors.unit_of_work() as db:
        answer = await a_comment(
            db,
            "It is *red*. [See](/proof/)",
            under=post,
            by="Ada",
            answering=to,
            author_email=email,
            status=CommentStatus.PENDING,
            at=clock.now() - timedelta(hours=1),
        )
    async with doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, answer.id)
    return answer


async def test_a_guest_confirms_hears_of_an_answer_and_ends_it_with_one_click(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post, comment = await gwens_comment(doors)
    await an_answer(doors, post, comment)
    await run_jobs()
    (asked,) = post_office.mails

    confirming = link_in(asked, "/confirm/")
    assert (await visitor.get(confirming)).status_code == 200
    assert await confirmed(doors) == [False]
    done = await visitor.post(confirming)
    assert done.status_code == 200
    assert done.headers["cache-control"] == "no-store"
    answer = await an_answer(doors, post, comment)
    await run_jobs()

    _, received = post_office.mails
    assert received["To"] == "gwen@example.org"
    assert received["Subject"] == "Ada answered you on “A letter a week”"
    assert f"{BASE_URL}/2024/03/a-letter-a-week/#comment-{answer.id}" in text_of(received)
    assert "> It is *red*." in text_of(received)
    assert f'href="{BASE_URL}/proof/"' in html_of(received)
    one_click = received["List-Unsubscribe"].strip("<>").removeprefix(BASE_URL)
    ended = await visitor.post(
        one_click,
        data={"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert ended.status_code == 200
    await an_answer(doors, post, comment)
    await run_jobs()

    assert len(post_office.mails) == 2


async def test_each_answer_is_told_once_and_never_to_who_wrote_it(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post, comment = await gwens_comment(doors, whole_post=True)
    await confirm_all(doors)
    async with doors.unit_of_work() as db:
        thread = await thread_of(db, post)
        twice = await ask_to_follow(
            db, thread_id=thread.id, comment_id=comment.id, email="gwen@example.org"
        )
        assert twice is not None
        twice.confirmed_at = clock.now()
    answer = await an_answer(doors, post, comment)
    await run_jobs()
    async with doors.unit_of_work() as db:
        await hold(db, OWNER_AT_THE_MACHINE, answer.id)
    async with doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, answer.id)
    await an_answer(doors, post, answer, email="GWEN@example.org")
    await run_jobs()

    subjects = [m["Subject"] for m in post_office.mails if "Shall we" not in m["Subject"]]
    assert subjects == ["Ada answered you on “A letter a week”"]


async def test_whoever_follows_answers_to_theirs_hears_of_nothing_else(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post, _ = await gwens_comment(doors)
    await confirm_all(doors)

    await an_answer(doors, post, None)
    await run_jobs()

    assert [m["Subject"][:8] for m in post_office.mails] == []


async def test_who_waited_and_asked_for_mail_hears_that_their_comment_is_up(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        waiting = await a_comment(
            db,
            under=post,
            author_email="gwen@example.org",
            status=CommentStatus.PENDING,
            at=clock.now() - timedelta(hours=3),
        )
        await ask_to_follow(
            db, thread_id=waiting.thread_id, comment_id=waiting.id, email="gwen@example.org"
        )
    await confirm_all(doors)
    async with doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, waiting.id)
    await run_jobs()

    assert [m["Subject"] for m in post_office.mails] == ["Your comment on “A letter a week” is up"]


async def test_what_was_first_approved_long_ago_is_no_news(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post, comment = await gwens_comment(doors)
    await confirm_all(doors)
    async with doors.unit_of_work() as db:
        old = await a_comment(db, under=post, answering=comment, status=CommentStatus.REMOVED)
    async with doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, old.id)
    await run_jobs()

    assert post_office.mails == []


async def test_what_is_said_where_nobody_may_read_is_not_mailed(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post, comment = await gwens_comment(doors)
    await confirm_all(doors)
    async with doors.unit_of_work() as db:
        (await db.merge(post)).published_at = clock.now() + timedelta(days=3)
    await an_answer(doors, post, comment)
    await run_jobs()

    assert post_office.mails == []


async def test_a_member_with_a_confirmed_address_need_not_confirm_again(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        member = await a_member(db, "Ines")
        thread = await thread_of(db, post)
        follow = await ask_to_follow(
            db, thread_id=thread.id, comment_id=None, email=member.email, user_id=member.id
        )
    await run_jobs()

    assert follow is not None
    assert follow.confirmed_at is not None
    assert post_office.mails == []


async def test_asking_twice_asks_once(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    _, comment = await gwens_comment(doors)
    async with doors.unit_of_work() as db:
        for address in ("gwen@example.org", " GWEN@example.org", "no address"):
            await ask_to_follow(
                db, thread_id=comment.thread_id, comment_id=comment.id, email=address
            )
    await run_jobs()

    assert len(post_office.mails) == 1


async def test_confirming_proves_whose_comment_it_is(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    _, comment = await gwens_comment(doors)
    await run_jobs()
    await visitor.post(link_in(post_office.mails[0], "/confirm/"))

    async with doors.reading() as db:
        case = await find_case(db, "comment", comment.id)
    assert case is not None
    assert case.is_proved


async def test_links_say_when_they_were_used_are_old_or_were_altered(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    await gwens_comment(doors)
    await run_jobs()
    confirming = link_in(post_office.mails[0], "/confirm/")
    with clock.moved(timedelta(days=8)):
        assert (await visitor.get(confirming)).status_code == 410
        assert (await visitor.post(confirming)).status_code == 410
    assert (await visitor.post(confirming)).status_code == 200

    used = await visitor.post(confirming)
    assert used.status_code == 410
    assert "it works once" in used.text
    assert confirming.split("/")[2] not in used.text
    for altered in ("/confirm/abc/", "/unsubscribe/f1-" + "0" * 32 + "/", "/unsubscribe/x/"):
        for method in ("GET", "POST"):
            answer = await visitor.request(method, altered)
            assert answer.status_code == 404
            assert 'name="q"' in answer.text


async def test_looking_at_a_link_that_ends_letters_ends_nothing(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post, comment = await gwens_comment(doors)
    await confirm_all(doors)
    await an_answer(doors, post, comment)
    await run_jobs()
    ending = link_in(post_office.mails[-1], "/unsubscribe/f")

    page = await visitor.get(ending)
    assert page.status_code == 200
    assert "<button" in page.text
    await an_answer(doors, post, comment)
    await run_jobs()

    assert len(post_office.mails) == 2
    assert (
        (await visitor.post(ending)).status_code == (await visitor.post(ending)).status_code == 200
    )


async def confirmed(doors: Doors) -> list[bool]:
    """For each follow, whether it is confirmed."""
    async with doors.reading() as db:
        return [f.confirmed_at is not None for f in await db.scalars(select(Follow))]


async def confirm_all(doors: Doors) -> None:
    """Everybody has pressed the button in their letter already."""
    async with doors.unit_of_work() as db:
        for follow in await db.scalars(select(Follow)):
            follow.confirmed_at = clock.now()
