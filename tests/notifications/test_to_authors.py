"""What somebody is told about their own: that they asked for mail, wrote something, or lost a password."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Actor, Role
from app.accounts.events import PasswordResetAsked
from app.core import clock
from app.core.events import record
from app.discussions.actions import approve
from app.discussions.deciding import decide
from app.discussions.events import AuthorshipAsked, CommentDecided, FollowAsked
from app.discussions.models import Comment, CommentStatus
from app.moderation.cases import find_case
from app.moderation.models import Decision
from app.notifications.models import Follow
from app.work import Doors
from tests.conftest import RunJobs
from tests.notifications.post_office import PostOffice, text_of
from tests.visiting import BASE_URL
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio

SOON = timedelta(minutes=11)


async def a_waiting_comment(doors: Doors, **fields: Any) -> Comment:
    """Somebody said something that waits, under an address."""
    known = {"author_email": "gwen@example.org", "status": CommentStatus.PENDING}
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        return await a_comment(db, "My words", under=post, at=clock.now(), **{**known, **fields})


async def a_removal(doors: Doors, comment: Comment, **fields: Any) -> None:
    """A moderator removes it, and says why."""
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", roles=[Role.MODERATOR], moderation_mail="none")
        actor = Actor(user_id=ines.id, roles=frozenset({Role.MODERATOR}))
        await decide(db, actor, comment.id, "remove", **fields)


async def test_a_ticked_box_sends_one_letter_that_asks(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    comment = await a_waiting_comment(doors)
    for _ in range(2):
        async with doors.unit_of_work() as db:
            record(db, FollowAsked(comment_id=comment.id))
    await run_jobs()

    (asked,) = post_office.mails
    assert asked["To"] == "gwen@example.org"
    assert "/confirm/" in text_of(asked)


async def test_spam_makes_nobody_a_letter(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    comment = await a_waiting_comment(doors, status=CommentStatus.SPAM)
    async with doors.unit_of_work() as db:
        record(db, FollowAsked(comment_id=comment.id))
    await run_jobs()

    assert post_office.mails == []


async def test_one_network_makes_few_letters_and_one_address_gets_few(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        for number in range(14):
            comment = await a_comment(
                db,
                under=post,
                at=clock.now(),
                # Seven from one network to many, seven from many to one.
                author_ip="192.0.2.7" if number < 7 else f"198.51.100.{number}",
                author_email=f"reader{number}@example.org" if number < 7 else "one@example.org",
            )
            record(db, FollowAsked(comment_id=comment.id))
    await run_jobs()

    assert len([m for m in post_office.mails if "reader" in m["To"]]) == 5
    assert len(post_office.to("one@example.org")) == 3


async def test_a_member_is_asked_whether_they_wrote_it_and_it_counts_as_theirs(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Gwen", email="gwen@example.org")
    comment = await a_waiting_comment(doors)
    async with doors.unit_of_work() as db:
        record(db, AuthorshipAsked(comment_id=comment.id))
    await run_jobs()
    (asked,) = post_office.mails
    assert "> My words" in text_of(asked)
    link = re.search(rf"{BASE_URL}(/confirm/\S+)", text_of(asked))
    assert link

    assert "Did you write this?" in (await visitor.get(link[1])).text
    assert (await visitor.post(link[1])).status_code == 200
    assert (await visitor.post(link[1])).status_code == 410

    async with doors.reading() as db:
        case = await find_case(db, "comment", comment.id)
    assert case is not None
    assert case.is_proved


async def test_whose_comment_is_removed_hears_why_and_reads_it_once_more(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    comment = await a_waiting_comment(doors, author_email="gwen@example.org")
    await a_removal(doors, comment, reason="advert", note="We have a page for these.")
    await run_jobs()
    assert post_office.mails == []
    await run_jobs(later=SOON)

    (told,) = post_office.mails
    assert told["Subject"] == "Your comment on “A letter a week” was removed"
    assert "The reason: An advertisement." in text_of(told)
    assert "We have a page for these." in text_of(told)
    assert "> My words" in text_of(told)


async def test_a_removal_that_is_taken_back_at_once_is_not_told(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    comment = await a_waiting_comment(doors)
    await a_removal(doors, comment)
    await run_jobs()
    async with doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, comment.id)
    await run_jobs(later=SOON)

    assert post_office.mails == []


async def test_spammers_are_not_told(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    comment = await a_waiting_comment(doors, status=CommentStatus.SPAM)
    async with doors.unit_of_work() as db:
        decision = Decision(at=clock.now(), kind="comment", item_id=comment.id, verb="spam")
        db.add(decision)
        await db.flush()
        record(db, CommentDecided(comment_id=comment.id, decision_id=decision.id))
    await run_jobs(later=SOON)

    assert post_office.mails == []


async def test_a_forgotten_password_brings_a_link_even_to_who_wants_no_letters(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        member = await a_member(db, "Gwen", email="gwen@example.org")
    for _ in range(2):
        async with doors.unit_of_work() as db:
            record(db, PasswordResetAsked(user_id=member.id))
        await run_jobs()
        ending = post_office.mails[-1]["List-Unsubscribe"].strip("<> ").removeprefix(BASE_URL)
        assert (await visitor.post(ending)).status_code == 200

    assert len(post_office.mails) == 2
    assert f"{BASE_URL}/account/password/" in text_of(post_office.mails[-1])


async def test_follows_of_members_go_to_their_own_address(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        member = await a_member(db, "Gwen", email="gwen@example.org")
    comment = await a_waiting_comment(doors, user_id=member.id, author_email="")
    async with doors.unit_of_work() as db:
        record(db, FollowAsked(comment_id=comment.id))
    await run_jobs()

    async with doors.reading() as db:
        (follow,) = (await db.scalars(select(Follow))).all()
    assert (follow.email, follow.confirmed_at is not None) == ("gwen@example.org", True)
    assert post_office.mails == []
