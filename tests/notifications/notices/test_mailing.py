"""What nobody read in time comes by mail, once, into a real mail server's store."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.core import clock
from app.core.jobs import Tools
from app.notifications.follows import ask_to_follow
from app.notifications.models import Letter
from app.notifications.notices.kinds import (
    ANSWER,
    PROMISE_LATE,
    PROMISE_SOON,
    PROMISE_TODAY,
    Level,
)
from app.notifications.notices.levels import choose_levels
from app.notifications.notices.mailing import mail_notices
from app.notifications.notices.telling import tell_all, tell_everybody
from app.notifications.notices.unread import mark_seen
from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries, RunJobs, SignedIn
from tests.notifications.notices.telling import Mail, news, notices_of, told
from tests.notifications.notices.test_inbox import answered, ines_said_something
from tests.notifications.post_office import PostOffice, html_of, text_of
from tests.visiting import BASE_URL
from tests.world import a_member, the_site

pytestmark = pytest.mark.anyio


async def ines_of(doors: Doors) -> User:
    """A member."""
    async with doors.unit_of_work() as db:
        await the_site(db, title="Letters")
        return await a_member(db, "Ines")


async def test_an_answer_comes_by_mail_with_its_words_and_all_headers(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs, mail: Mail
) -> None:
    _ines, post, comment = await ines_said_something(doors)
    answer = await answered(doors, post, comment)
    await run_jobs()
    assert post_office.mails == []
    await mail()

    (received,) = post_office.mails
    assert received["To"] == "ines@members.example"
    assert received["Subject"] == "Ada answered you on “A letter a week”"
    assert "<answers." in received["List-Id"]
    assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert received["Auto-Submitted"] == "auto-generated"
    root = f"<thread-{comment.thread_id}@"
    assert received["References"].startswith(root)
    assert received["In-Reply-To"] == received["References"]
    assert f"{BASE_URL}/2024/03/a-letter-a-week/#comment-{answer.id}" in text_of(received)
    assert "> It is green" in text_of(received)
    assert "It is green" in html_of(received)


async def test_what_was_read_on_the_web_is_not_mailed(
    doors: Doors, post_office: PostOffice, signed_in: SignedIn, run_jobs: RunJobs, mail: Mail
) -> None:
    ines, post, comment = await ines_said_something(doors)
    await answered(doors, post, comment)
    await run_jobs()
    await (await signed_in(user=ines)).post("/inbox/1/reading")
    await mail()

    assert post_office.mails == []


async def test_a_thread_is_mailed_once_until_its_reader_has_looked(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs, mail: Mail
) -> None:
    ines, post, comment = await ines_said_something(doors)
    one = await answered(doors, post, comment)
    other = await answered(doors, post, comment, name="Tom")
    await run_jobs()
    await mail()
    third = await answered(doors, post, comment, name="Eva")
    await run_jobs()
    await mail()

    # Two jobs tell of two answers, and either may be the first.
    (subject,) = [mail["Subject"] for mail in post_office.mails]
    assert subject.partition(" ")[0] in ("Ada", "Tom")
    assert subject.endswith(" answered you on “A letter a week”, and 1 more")
    async with doors.unit_of_work() as db:
        await mark_seen(db, ines.id, [f"comment:{c.id}" for c in (one, other, third)], clock.now())
    await answered(doors, post, comment, name="Udo")
    await run_jobs()
    await mail()
    assert post_office.mails[1]["Subject"] == "Udo answered you on “A letter a week”"


async def test_who_follows_by_mail_gets_one_letter_and_finds_the_answer_in_the_inbox_too(
    doors: Doors, post_office: PostOffice, run_jobs: RunJobs, mail: Mail
) -> None:
    ines, post, comment = await ines_said_something(doors)
    async with doors.unit_of_work() as db:
        await ask_to_follow(
            db, thread_id=comment.thread_id, comment_id=comment.id, email=ines.email,
            user_id=ines.id,
        )  # fmt: skip
    await answered(doors, post, comment)
    await run_jobs()
    await mail()

    assert len(post_office.mails) == 1
    assert [bool(one.mailed_at) for one in await notices_of(doors, ines)] == [True]


async def test_all_reminders_of_a_day_come_in_one_letter_and_no_other_follows_that_day(
    doors: Doors, post_office: PostOffice, mail: Mail
) -> None:
    ines = await ines_of(doors)
    morning = (24 + 5 - clock.now().hour) * 60 - clock.now().minute
    with clock.moved(timedelta(minutes=morning)):
        await told(doors, ines, *(news(f"{kind.name} 1", kind) for kind in REMIND))
        await mail()
        assert post_office.mails == []
        await mail(later=timedelta(hours=3, minutes=10))
        with clock.moved(timedelta(hours=5)):
            await told(doors, ines, news("late 2", PROMISE_LATE))
            await mail()
            assert [m["Subject"] for m in post_office.mails] == ["3 things to think of – Letters"]
        await mail(later=timedelta(hours=28))

    assert [m["List-Id"].split("<")[1].split(".")[0] for m in post_office.mails] == [
        "reminders"
    ] * 2
    assert "late 2" in post_office.mails[1]["Subject"]


REMIND = (PROMISE_SOON, PROMISE_TODAY, PROMISE_LATE)


async def test_a_digest_says_what_is_new_first_and_twenty_things_at_most(
    doors: Doors, post_office: PostOffice, mail: Mail
) -> None:
    ines = await ines_of(doors)
    async with doors.unit_of_work() as db:
        await choose_levels(db, ines.id, {("promises", 0): Level.DAILY})
    await mail(later=timedelta(days=1))
    assert post_office.mails == []
    await told(doors, ines, *(news(f"help {n:02}") for n in range(23)))
    await mail()
    await mail(later=timedelta(days=1))
    await mail(later=timedelta(days=2))

    (received,) = post_office.mails
    assert received["Subject"] == "23 things are new for you – Letters"
    assert received["List-Id"].startswith("Letters <digest.")
    lines = [line for line in text_of(received).splitlines() if "accepted" in line]
    assert lines[0] == "Ada accepted: “help 22”"
    assert len(lines) == 20
    assert "3 more are in your inbox." in text_of(received)


async def test_one_click_ends_a_list_without_signing_in_and_keeps_the_inbox(
    doors: Doors, visitor: httpx.AsyncClient, post_office: PostOffice, mail: Mail
) -> None:
    ines = await ines_of(doors)
    await told(doors, ines, news("one"))
    await mail()
    (received,) = post_office.mails
    await told(doors, ines, news("two"))

    ending = received["List-Unsubscribe"].strip("<>").removeprefix(BASE_URL)
    assert (await visitor.get(ending)).status_code == 200
    done = await visitor.post(
        ending,
        data={"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert done.status_code == 200
    await told(doors, ines, news("three"), news("four", ANSWER, thread="thread:4"))
    await mail()

    assert [m["Subject"] for m in post_office.mails] == [
        "Ada accepted: “one”", "Ada answered you on “four”",
    ]  # fmt: skip
    assert len(await notices_of(doors, ines)) == 4


async def test_nobody_is_mailed_whose_address_nobody_confirmed(
    doors: Doors, post_office: PostOffice, mail: Mail
) -> None:
    async with doors.unit_of_work() as db:
        brought = await a_member(db, "Brought along", email_confirmed_at=None)
    await told(doors, brought, news("one"))
    await mail()
    await mail()

    assert post_office.mails == []
    assert [one.mail_at for one in await notices_of(doors, brought)] == [None]


async def test_digests_for_many_cost_as_few_statements_as_for_one(
    doors: Doors, settings: Settings, count_queries: CountQueries
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, title="Letters")
        members = [await a_member(db, f"Member {n}") for n in range(41)]
        for member in members:
            await choose_levels(db, member.id, {("promises", 0): Level.DAILY})
    numbers = []
    for some in (members[:1], members[1:]):
        with count_queries() as telling:
            async with doors.unit_of_work() as db:
                for n in range(3):
                    await tell_all(db, [one.id for one in some], news(f"{len(some)} help {n}"))
        with clock.moved(timedelta(days=1)), count_queries() as mailing:
            await mail_notices(Tools(doors, settings))
        numbers.append((len(telling), len(mailing)))

    assert numbers[0] == numbers[1]
    # And as they were told it all before, nobody is told again.
    told_again = await tell_everybody(doors, [one.id for one in members[1:]], news("40 help 1"))
    assert told_again == 0
    async with doors.reading() as db:
        assert await db.scalar(select(func.count(Letter.id))) == 41
