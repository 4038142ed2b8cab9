"""What goes by itself: old notices, those of who is erased, those between people who do not see each other."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from app.accounts.actor import Actor
from app.accounts.blocks import block
from app.accounts.models import User
from app.core import clock
from app.core.jobs import Tools
from app.notifications.notices.kinds import ANSWER, TOPIC_BEGUN, Level
from app.notifications.notices.levels import choose_levels, mute
from app.notifications.notices.models import Notice, NoticeLevel, NoticeMute
from app.notifications.notices.retention import forget_member, forget_notices, leave_group
from app.notifications.notices.unread import mark_read
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.notifications.notices.telling import Mail, news, notices_of, told
from tests.notifications.notices.test_inbox import eventually_unread, unread_of
from tests.notifications.post_office import PostOffice
from tests.notifications.test_bounces import NO_MAILBOX, a_letter
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def two_members(doors: Doors) -> tuple[User, User]:
    async with doors.unit_of_work() as db:
        return await a_member(db, "Ines"), await a_member(db, "Tom")


async def test_what_was_read_goes_after_a_year_and_what_was_not_after_two(
    doors: Doors, settings: Settings
) -> None:
    ines, _tom = await two_members(doors)
    await told(doors, ines, news("read"), news("unread"))
    async with doors.unit_of_work() as db:
        await mark_read(db, ines.id, [1])
    found = []
    for days in (364, 366, 731):
        with clock.moved(timedelta(days=days)):
            await forget_notices(Tools(doors, settings))
        found.append([one.once for one in await notices_of(doors, ines)])

    assert found == [["read", "unread"], ["unread"], []]
    assert await unread_of(doors, ines) == 0


async def test_nothing_is_left_of_who_is_erased_and_others_find_no_name(
    doors: Doors, signed_in: SignedIn
) -> None:
    ines, tom = await two_members(doors)
    await told(doors, tom, news("to tom"))
    await told(doors, ines, news("by tom", ANSWER, by=tom.id))
    async with doors.unit_of_work() as db:
        await choose_levels(db, tom.id, {("answers", 0): Level.OFF})
        await mute(db, tom.id, "thread:7")
    async with doors.unit_of_work() as db:
        await forget_member(db, SimpleNamespace(user_id=tom.id))

    async with doors.reading() as db:
        for table in (Notice, NoticeLevel, NoticeMute):
            theirs = select(func.count()).where(table.user_id == tom.id)
            assert await db.scalar(theirs) == 0
    page = (await (await signed_in(user=ines)).get("/inbox/")).text
    assert "A former member answered you on “by tom”" in page


async def test_who_blocks_somebody_finds_and_is_mailed_nothing_of_theirs(
    doors: Doors, post_office: PostOffice, mail: Mail
) -> None:
    ines, tom = await two_members(doors)
    await told(doors, ines, news("by tom", ANSWER, by=tom.id), news("by nobody"))
    await told(doors, tom, news("by ines", ANSWER, by=ines.id))
    async with doors.unit_of_work() as db:
        await block(db, Actor(user_id=ines.id), tom.id, clock.now())
    await mail()

    assert [m["Subject"] for m in post_office.mails] == ["Ada accepted: “by nobody”"]
    assert [await unread_of(doors, one) for one in (ines, tom)] == [1, 0]


async def test_who_leaves_a_group_finds_nothing_of_it_any_more(doors: Doors) -> None:
    ines, _tom = await two_members(doors)
    await told(doors, ines, news("a", TOPIC_BEGUN, group_id=7), news("b", TOPIC_BEGUN, group_id=8))
    async with doors.unit_of_work() as db:
        await leave_group(db, ines.id, 7)

    assert [bool(one.gone_at) for one in await notices_of(doors, ines)] == [True, False]
    assert await unread_of(doors, ines) == 1


async def test_whose_letters_come_back_three_times_is_told_in_the_inbox_once(
    doors: Doors,
    settings: Settings,
    post_office: PostOffice,
    run_jobs: RunJobs,
    signed_in: SignedIn,
) -> None:
    ines, _tom = await two_members(doors)
    post_office.to_recipient[ines.email] = NO_MAILBOX
    for number in range(5):
        await a_letter(doors, settings, f"news:{number}", to=ines.email)
        await run_jobs()
    here = await signed_in(user=ines)

    page = (await here.get("/inbox/")).text
    assert page.count("Letters to you came back, so you get none any more</a>") == 1
    choices = (await here.get("/account/notices/")).text
    assert NO_MAILBOX in choices
    assert await eventually_unread(doors, ines) == 0


async def test_what_nobody_can_be_mailed_stays_in_the_inbox_and_is_not_tried_again(
    doors: Doors, settings: Settings, post_office: PostOffice, run_jobs: RunJobs, mail: Mail
) -> None:
    ines, _tom = await two_members(doors)
    post_office.to_recipient[ines.email] = NO_MAILBOX
    for number in range(3):
        await a_letter(doors, settings, f"news:{number}", to=ines.email)
        await run_jobs()
    await told(doors, ines, news("one"))
    await mail()

    assert [(bool(n.mail_at), bool(n.mailed_at)) for n in await notices_of(doors, ines)] == [
        (False, False), (False, False),
    ]  # fmt: skip
