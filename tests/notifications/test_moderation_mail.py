"""Moderators hear of what waits, not too often, and decide by links that ask first and work once."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.models import ModerationMail, User
from app.core import clock
from app.core.events import record
from app.core.jobs import enqueue
from app.discussions.actions import approve
from app.discussions.events import CommentArrived
from app.discussions.models import Comment, CommentStatus
from app.moderation.cases import find_case, move_case
from app.moderation.models import Check, Tab
from app.notifications.moderation_mail import tell_moderators, warn_owners
from app.posts.models import Post
from app.work import Doors
from tests.conftest import RunJobs
from tests.notifications.post_office import PostOffice, html_of, text_of
from tests.visiting import BASE_URL
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


async def a_moderator(doors: Doors, **fields: object) -> Post:
    """A site with Ines, who moderates it."""
    async with doors.unit_of_work() as db:
        await a_member(db, "Ines", roles=[Role.MODERATOR], email="ines@example.org", **fields)
        return await a_post(db)


async def arrived(
    doors: Doors, post: Post, text: str = "Is it green?", *, check: Check = Check.DONE
) -> Comment:
    """A comment that waits for a person."""
    async with doors.unit_of_work() as db:
        reasons = [{"code": "first", "because": "The first comment of this author."}]
        comment = await a_comment(
            db, text, under=post, status=CommentStatus.PENDING, at=clock.now(),
            case={"check_state": check, "reasons": reasons},
        )  # fmt: skip
        record(db, CommentArrived(comment_id=comment.id))
    return comment


async def test_the_first_is_told_at_once_and_the_next_within_the_hour_together(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post = await a_moderator(doors)
    await arrived(doors, post, "First")
    await run_jobs()
    assert len(post_office.mails) == 1

    await arrived(doors, post, "Second")
    await arrived(doors, post, "Third")
    await run_jobs()
    assert len(post_office.mails) == 1
    await by_the_clock(doors, run_jobs, later=HOUR)
    await by_the_clock(doors, run_jobs, later=2 * HOUR)

    first, second = post_office.mails
    assert first["To"] == "ines@example.org"
    assert first["Subject"].startswith("1 comment waits for you")
    assert "The first comment of this author." in text_of(first)
    assert "> Second" in text_of(second)
    assert "> Third" in html_of(second) or "Third" in html_of(second)


@pytest.mark.parametrize(
    ("how_often", "later", "letters"),
    [
        (ModerationMail.AT_ONCE, timedelta(), 2),
        (ModerationMail.HOURLY, timedelta(), 1),
        (ModerationMail.DAILY, 2 * HOUR, 1),
        (ModerationMail.DAILY, 25 * HOUR, 2),
        (ModerationMail.NONE, 25 * HOUR, 0),
    ],
)
async def test_a_moderator_chooses_how_often(
    doors: Doors,
    post_office: PostOffice,
    run_jobs: RunJobs,
    how_often: ModerationMail,
    later: timedelta,
    letters: int,
) -> None:
    post = await a_moderator(doors, moderation_mail=how_often)
    await arrived(doors, post)
    await run_jobs()
    await arrived(doors, post)
    await by_the_clock(doors, run_jobs, later=later)

    assert len(post_office.mails) == letters


async def test_what_still_waits_for_a_check_is_not_told(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post = await a_moderator(doors)
    await arrived(doors, post, check=Check.WAITING)

    await run_jobs()

    assert post_office.mails == []


async def test_members_and_authors_are_not_told(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada")
        await a_member(db, "Gwen", roles=[Role.AUTHOR, Role.EDITOR])
        post = await a_post(db)
    await arrived(doors, post)

    await run_jobs()

    assert post_office.mails == []


@pytest.mark.parametrize(
    ("verb", "becomes"),
    [("approve", CommentStatus.APPROVED), ("spam", CommentStatus.SPAM)],
)
async def test_a_link_shows_what_it_would_do_and_does_it_once(
    doors: Doors,
    visitor: httpx.AsyncClient,
    post_office: PostOffice,
    run_jobs: RunJobs,
    verb: str,
    becomes: CommentStatus,
) -> None:
    comment = await arrived(doors, await a_moderator(doors))
    await run_jobs()
    links = links_in(post_office)
    assert sorted(links) == ["approve", "spam"]

    page = await visitor.get(links[verb])
    assert page.status_code == 200
    assert "Is it green?" in page.text
    assert await status_of(doors, comment) == CommentStatus.PENDING
    assert (await visitor.post(links[verb])).status_code == 200
    assert await status_of(doors, comment) == becomes
    for link in links.values():
        assert (await visitor.get(link)).status_code == 410
        assert (await visitor.post(link)).status_code == 410


async def test_a_link_that_is_old_altered_or_of_nobody_who_moderates_does_nothing(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    comment = await arrived(doors, await a_moderator(doors))
    await run_jobs()
    link = links_in(post_office)["approve"]

    with clock.moved(timedelta(days=8)):
        assert (await visitor.post(link)).status_code == 410
    assert (await visitor.post(link.replace("approve", "remove"))).status_code == 404
    assert (await visitor.post(link.replace("/by-mail/", "/by-mail/x"))).status_code == 404
    async with doors.unit_of_work() as db:
        (await db.scalars(select(User).where(User.name == "Ines"))).one().roles = []
    assert (await visitor.get(link)).status_code == 403
    assert (await visitor.post(link)).status_code == 403
    assert await status_of(doors, comment) == CommentStatus.PENDING


async def test_a_link_comes_too_late_when_somebody_has_decided(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    comment = await arrived(doors, await a_moderator(doors))
    await run_jobs()
    async with doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, comment.id)

    for method in ("GET", "POST"):
        late = await visitor.request(method, links_in(post_office)["spam"])
        assert late.status_code == 409
        assert "Somebody was faster" in late.text
    assert await status_of(doors, comment) == CommentStatus.APPROVED


async def test_ending_the_letters_of_one_moderator_ends_them(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post = await a_moderator(doors)
    await arrived(doors, post)
    await run_jobs()
    ending = post_office.mails[0]["List-Unsubscribe"].strip("<> ").removeprefix(BASE_URL)

    assert (await visitor.post(ending)).status_code == 200
    await arrived(doors, post)
    await by_the_clock(doors, run_jobs, later=2 * HOUR)

    assert len(post_office.mails) == 1


async def test_owners_are_warned_of_what_has_waited_for_two_weeks(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    post = await a_moderator(doors)
    async with doors.unit_of_work() as db:
        await a_member(db, "Oda", roles=[Role.OWNER], email="oda@example.org",
                       moderation_mail=ModerationMail.NONE)  # fmt: skip
    comment = await arrived(doors, post, check=Check.WAITING)
    for days in (13, 15, 15):
        async with doors.unit_of_work() as db:
            await enqueue(db, warn_owners)
        await run_jobs(later=timedelta(days=days))

    assert [m["To"] for m in post_office.mails] == ["oda@example.org"]
    async with doors.unit_of_work() as db:
        case = await find_case(db, "comment", comment.id)
        assert case is not None
        move_case(db, case, Tab.RECENT, clock.now())


def links_in(office: PostOffice) -> dict[str, str]:
    """The links of the newest letter that decide, by what they do."""
    found = re.findall(rf"{BASE_URL}(/mod/by-mail/\S+/(\w+)/)", text_of(office.mails[-1]))
    return {verb: link for link, verb in found}


async def status_of(doors: Doors, comment: Comment) -> str | None:
    """A comment's status as it is now."""
    async with doors.reading() as db:
        return await db.scalar(select(Comment.status).where(Comment.id == comment.id))


async def by_the_clock(doors: Doors, run_jobs: RunJobs, *, later: timedelta) -> None:
    """What the schedule will have done by then."""
    async with doors.unit_of_work() as db:
        await enqueue(db, tell_moderators, comment_id=0)
    await run_jobs(later=later)
