"""Somebody wants to hear of all that is said under a post, without saying anything: guests confirm, members click."""

import httpx
import pytest

from app.core import clock
from app.notifications.follows import ask_to_follow
from app.notifications.notices.unread import mark_seen
from app.posts.models import PostStatus
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.notifications.notices.telling import Mail, mailing
from tests.notifications.post_office import PostOffice
from tests.notifications.test_follows import an_answer, link_in
from tests.visiting import BASE_URL
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio


@pytest.fixture
def mail(doors: Doors, settings: Settings, run_jobs: RunJobs) -> Mail:
    """`await mail(later=…)`: what is due by then is mailed."""
    return mailing(doors, settings, run_jobs)


async def test_a_guest_follows_a_post_confirms_and_ends_it_with_one_click(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    page = await visitor.get(post.path)
    form = f"/follow/posts/{post.id}/"
    assert f'href="{form}"' in page.text
    assert (await visitor.get(form)).status_code == 200

    asked = await visitor.post(form, data={"email": "gwen@example.org"})
    await run_jobs()
    await an_answer(doors, post, None)
    await run_jobs()
    (letter,) = post_office.mails
    assert "Look into your mail" in asked.text
    await visitor.post(link_in(letter, "/confirm/"))
    await an_answer(doors, post, None)
    await run_jobs()

    _asked, received = post_office.mails
    assert received["To"] == "gwen@example.org"
    assert received["Subject"] == "Ada said something about “A letter a week”"
    end = received["List-Unsubscribe"].strip("<>").removeprefix(BASE_URL)
    await visitor.post(end, data={"List-Unsubscribe": "One-Click"})
    await an_answer(doors, post, None)
    await run_jobs()
    assert len(post_office.mails) == 2


async def test_what_is_no_address_is_refused_and_a_robot_and_a_flood_bring_no_letters(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        draft = await a_post(db, "Not yet", status=PostStatus.DRAFT)
    form = f"/follow/posts/{post.id}/"

    wrong = await visitor.post(form, data={"email": "gwen at example"})
    robot = await visitor.post(form, data={"email": "a@example.org", "your_subject": "Buy"})
    await run_jobs()
    assert (wrong.status_code, robot.status_code) == (422, 200)
    assert 'value="gwen at example"' in wrong.text
    assert post_office.mails == []
    assert (await visitor.get(f"/follow/posts/{draft.id}/")).status_code == 404

    answers = [await visitor.post(form, data={"email": f"{name}@example.org"}) for name in "abcdef"]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_a_member_follows_a_post_and_leaves_it_again(
    doors: Doors, signed_in: SignedIn, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        ines = await a_member(db, "Ines")
    member = await signed_in(user=ines)
    form = f"/follow/posts/{post.id}/"

    await member.post(f"{form}mine", data={"follow": "1"})
    assert "is mailed to ines@members.example" in (await member.get(form)).text
    await an_answer(doors, post, None)
    await run_jobs()
    assert [mail["To"] for mail in post_office.mails] == ["ines@members.example"]
    assert "Ada wrote about “A letter a week”" in (await member.get("/inbox/")).text

    await member.post(f"{form}mine", data={"follow": "0"})
    await an_answer(doors, post, None)
    await run_jobs()
    assert len(post_office.mails) == 1


@pytest.mark.parametrize("whole_post", [True, False])
async def test_a_member_has_one_letter_of_a_post_until_they_have_looked(
    doors: Doors, signed_in: SignedIn, post_office: PostOffice, run_jobs: RunJobs, mail: Mail,
    whole_post: bool,
) -> None:  # fmt: skip
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        ines = await a_member(db, "Ines")
        hers = await a_comment(db, under=post, by="Ines", user_id=ines.id)
    member = await signed_in(user=ines)
    if whole_post:
        await member.post(f"/follow/posts/{post.id}/mine", data={"follow": "1"})
    to = None if whole_post else hers
    if not whole_post:
        async with doors.unit_of_work() as db:
            await ask_to_follow(
                db, thread_id=hers.thread_id, comment_id=hers.id, email=ines.email, user_id=ines.id
            )

    said = []
    for name in ("b@example.org", "c@example.org"):
        said.append(await an_answer(doors, post, to, name))
        await run_jobs()
        await mail()
    assert len(post_office.mails) == 1

    async with doors.unit_of_work() as db:
        await mark_seen(db, ines.id, [f"comment:{one.id}" for one in said], clock.now())
    await an_answer(doors, post, to, "d@example.org")
    await run_jobs()
    await mail()
    assert len(post_office.mails) == 2


async def test_where_nothing_more_is_said_nobody_is_offered_mail(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db, comments_open=False)
        await a_comment(db, under=post)

    page = (await visitor.get(post.path)).text

    assert "RSS for comments on this post" in page
    assert "Comments by mail" not in page
