"""A post goes to everybody who follows: once, whatever happens meanwhile."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core import clock
from app.core.errors import NotNow
from app.core.jobs import Tools
from app.core.secrets import secrets_of
from app.notifications.blog.leaving import leave
from app.notifications.blog.mailing import MOST_WAITING, TOGETHER, mail_followers
from app.notifications.blog.retention import tidy_followers
from app.notifications.models import Letter
from app.notifications.texts import refusal_key
from app.posts.actions import publish_due, trash_post
from app.posts.addresses import address
from app.posts.models import PostStatus
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.notifications.blog.reading import (
    edited,
    following,
    mailing_of,
    published,
    they_follow,
)
from tests.notifications.post_office import PostOffice, html_of, open_office, text_of
from tests.world import an_author, the_site

pytestmark = pytest.mark.anyio

GWEN, ADA = "gwen@example.org", "ada@example.org"


def crowd(number: int) -> list[str]:
    """So many addresses."""
    return [f"reader{one:05}@example.org" for one in range(number)]


async def written(doors: Doors) -> Counter[str]:
    """How many letters there are for whom."""
    async with doors.reading() as db:
        return Counter(await db.scalars(select(Letter.recipient)))


async def test_only_what_says_so_is_mailed_and_only_once(
    doors: Doors, settings: Settings, run_jobs: RunJobs, post_office: PostOffice
) -> None:
    await they_follow(doors, settings, GWEN)
    quiet = await published(doors, "Quiet", mails_followers=False)
    loud = await published(doors, "Loud")
    draft = await published(doors, "Draft", status=PostStatus.DRAFT)
    await published(doors, "Secret", status=PostStatus.PRIVATE)

    await run_jobs()
    assert [mail["Subject"] for mail in post_office.mails] == ["Loud"]

    await edited(doors, loud, body="Better.")
    await edited(doors, loud, status=PostStatus.DRAFT)
    await edited(doors, loud, status=PostStatus.PUBLISHED)
    # It was read by everybody before its author thought of it.
    await edited(doors, quiet, mails_followers=True)
    await edited(doors, draft, status=PostStatus.PUBLISHED)
    await run_jobs()

    assert [mail["Subject"] for mail in post_office.mails] == ["Loud", "Draft"]


async def test_a_scheduled_post_is_mailed_when_its_time_has_come(
    doors: Doors, settings: Settings, run_jobs: RunJobs, post_office: PostOffice
) -> None:
    await they_follow(doors, settings, GWEN)
    await published(doors, "Later", at=clock.now() + timedelta(hours=1))
    await run_jobs()
    assert post_office.mails == []

    with clock.moved(timedelta(hours=2)):
        async with doors.unit_of_work() as db:
            await publish_due(db, clock.now())
    await run_jobs(later=timedelta(hours=2))

    assert [mail["Subject"] for mail in post_office.mails] == ["Later"]


async def test_who_follows_after_it_was_published_is_not_mailed_it(
    doors: Doors, settings: Settings, run_jobs: RunJobs, post_office: PostOffice
) -> None:
    await they_follow(doors, settings, GWEN)
    await published(doors)
    await they_follow(doors, settings, ADA)

    await run_jobs()

    assert [mail["To"] for mail in post_office.mails] == [GWEN]


async def test_the_letter_holds_what_the_owner_chose(
    doors: Doors, settings: Settings, run_jobs: RunJobs, post_office: PostOffice
) -> None:
    await they_follow(doors, settings, GWEN)
    async with doors.unit_of_work() as db:
        author = await an_author(db, "Ines Marlow")
    body = "The first words.\n\nA <b>second</b> paragraph & [a link](/proof/)."
    post = await published(
        doors, "Über “Briefe” <1>", body=body, excerpt="In short.", author_ids=(author.id,)
    )
    await run_jobs()
    (short,) = post_office.mails
    assert short["Subject"] == "Über “Briefe” <1>"
    assert "In short." in text_of(short)
    assert "In short." in html_of(short)
    assert "second" not in text_of(short) + html_of(short)
    assert "Ines Marlow" in text_of(short)
    assert f"http://blog.example{address(post.path or '?')}" in text_of(short)

    async with doors.unit_of_work() as db:
        (await the_site(db)).mails_full_text = True
    await published(doors, "Whole", body=body)
    await run_jobs()

    whole = post_office.mails[-1]
    assert "The first words." in text_of(whole)
    assert "A second paragraph & a link." in text_of(whole)
    assert 'href="http://blog.example/proof/"' in html_of(whole)


async def test_each_has_a_link_of_their_own_and_a_name_that_stays(
    doors: Doors, settings: Settings, run_jobs: RunJobs, post_office: PostOffice
) -> None:
    await they_follow(doors, settings, GWEN, ADA)
    await published(doors)

    await run_jobs()

    mails = post_office.mails
    assert len({mail["Message-ID"] for mail in mails}) == 2
    endings = {str(mail["List-Unsubscribe"]).strip("<>") for mail in mails}
    assert len(endings) == 2
    assert all(str(mail["List-Unsubscribe"]).strip("<>") in text_of(mail) for mail in mails)
    assert all(str(mail["List-Unsubscribe"]).strip("<>") in html_of(mail) for mail in mails)


async def test_whose_mail_comes_back_is_not_written_to(
    doors: Doors, settings: Settings, run_jobs: RunJobs, post_office: PostOffice
) -> None:
    await they_follow(doors, settings, GWEN, ADA)
    post_office.to_recipient[GWEN] = "550 5.1.1 no such mailbox"
    for number in range(3):
        await published(doors, f"Post {number}")
        await run_jobs()

    post_office.to_recipient.clear()
    await published(doors, "The fourth")
    await run_jobs()

    assert [mail["Subject"] for mail in post_office.to(GWEN)] == []
    assert len(post_office.to(ADA)) == 4
    assert await following(doors) == [ADA, GWEN]


async def test_what_is_taken_back_goes_to_nobody_else(
    doors: Doors, settings: Settings, run_jobs: RunJobs, office: PostOffice
) -> None:
    await they_follow(doors, settings, GWEN, ADA)
    trashed = await published(doors, "Trashed")
    hidden = await published(doors, "Hidden")
    regretted = await published(doors, "Regretted")
    # No server is there yet: the letters are written, and wait.
    await run_jobs()
    assert sum((await written(doors)).values()) == 6

    async with doors.unit_of_work() as db:
        await trash_post(db, OWNER_AT_THE_MACHINE, trashed.id)
    await edited(doors, hidden, status=PostStatus.DRAFT)
    await edited(doors, regretted, mails_followers=False)

    assert await written(doors) == Counter()
    await edited(doors, hidden, status=PostStatus.PUBLISHED)
    async with open_office(office):
        await run_jobs(later=timedelta(hours=1))
    assert office.mails == []


async def test_what_is_taken_back_before_the_worker_looks_is_never_written(
    doors: Doors, settings: Settings, run_jobs: RunJobs
) -> None:
    await they_follow(doors, settings, GWEN)
    post = await published(doors)
    async with doors.unit_of_work() as db:
        await trash_post(db, OWNER_AT_THE_MACHINE, post.id)

    await run_jobs()

    assert await written(doors) == Counter()
    mailing = await mailing_of(doors, post)
    assert mailing is not None
    assert mailing.was_stopped


async def test_who_ends_it_while_letters_wait_gets_none(
    doors: Doors, settings: Settings, run_jobs: RunJobs
) -> None:
    await they_follow(doors, settings, GWEN, ADA)
    await published(doors)
    await run_jobs()

    async with doors.unit_of_work() as db:
        await leave(db, refusal_key(secrets_of(settings), GWEN))

    assert await written(doors) == Counter({ADA: 1})


class Killed(BaseException):
    """The process is gone."""


class Mortal:
    """Doors of a process that is killed within its nth transaction, or just after it."""

    def __init__(self, doors: Doors, *, lives: int, commits: bool) -> None:
        self._doors, self._lives, self._commits = doors, lives, commits

    def reading(self):  # type: ignore[no-untyped-def]
        """As ever."""
        return self._doors.reading()

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """As ever, until it is not."""
        self._lives -= 1
        if self._lives > 0 or self._commits:
            async with self._doors.unit_of_work() as db:
                yield db
            if self._lives <= 0:
                raise Killed
            return
        async with self._doors.unit_of_work() as db:
            yield db
            raise Killed


@pytest.mark.parametrize("commits", [False, True], ids=["within", "after"])
@pytest.mark.parametrize("lives", [1, 2, 3])
async def test_killed_in_the_middle_nobody_is_written_to_twice(
    doors: Doors, settings: Settings, run_jobs: RunJobs, lives: int, commits: bool
) -> None:
    people = crowd(2 * TOGETHER - 20)
    await they_follow(doors, settings, *people)
    post = await published(doors)

    mortal = Mortal(doors, lives=lives, commits=commits)

    with pytest.raises(Killed):
        await mail_followers(Tools(mortal, settings), post_id=post.id)
    await run_jobs()

    assert await written(doors) == Counter(people)
    mailing = await mailing_of(doors, post)
    assert mailing is not None
    assert (mailing.written, mailing.was_stopped) == (len(people), False)


async def test_a_crowd_is_written_to_in_small_steps_behind_which_nobody_waits_long(
    doors: Doors, settings: Settings, run_jobs: RunJobs, post_office: PostOffice
) -> None:
    people = crowd(4 * MOST_WAITING)
    await they_follow(doors, settings, *people)
    post = await published(doors)
    tools, most, is_done = Tools(doors, settings), 0, False

    for turn in range(20):
        with clock.moved(timedelta(seconds=5 * turn)):
            try:
                await mail_followers(tools, post_id=post.id)
                is_done = True
            except NotNow:
                most = max(most, await waiting(doors))
        await run_jobs(later=timedelta(seconds=5 * turn))

    assert is_done
    assert most <= MOST_WAITING + TOGETHER
    assert Counter(str(mail["To"]) for mail in post_office.mails) == Counter(people)


async def waiting(doors: Doors) -> int:
    """How many letters are in the box."""
    async with doors.reading() as db:
        query = select(func.count()).select_from(Letter).where(Letter.sent_at.is_(None))
        return await db.scalar(query) or 0


async def test_copies_of_what_was_sent_are_not_kept_for_long(
    doors: Doors, settings: Settings, run_jobs: RunJobs, post_office: PostOffice
) -> None:
    await they_follow(doors, settings, GWEN)
    post = await published(doors)
    await run_jobs()

    await tidy_followers(Tools(doors, settings))
    assert len(await written(doors)) == 1
    with clock.moved(timedelta(days=4)):
        await tidy_followers(Tools(doors, settings))

    assert await written(doors) == Counter()
    # And nobody gets it anew for that.
    await edited(doors, post, body="Better.")
    await run_jobs(later=timedelta(days=4))
    assert len(post_office.mails) == 1


async def test_without_a_mail_server_the_rest_is_written_later_and_given_up_after_days(
    doors: Doors, settings: Settings, run_jobs: RunJobs
) -> None:
    nowhere = settings.model_copy(update={"smtp_url": ""})
    await they_follow(doors, settings, *crowd(2 * MOST_WAITING))
    post = await published(doors)

    with pytest.raises(NotNow):
        await mail_followers(Tools(doors, nowhere), post_id=post.id)
    assert await waiting(doors) == MOST_WAITING
    with clock.moved(timedelta(days=4)):
        await mail_followers(Tools(doors, nowhere), post_id=post.id)

    mailing = await mailing_of(doors, post)
    assert mailing is not None
    assert mailing.was_stopped


async def test_visitors_of_the_site_see_nothing_of_it(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    await they_follow(doors, settings, GWEN)
    post = await published(doors)

    assert "gwen" not in (await visitor.get(post.path or "/")).text
    assert (await visitor.get("/admin/followers/")).status_code == 401
