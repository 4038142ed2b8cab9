"""A member chooses how they hear of what, and when."""

import re
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.notifications.notices.kinds import ANSWER, DEFAULTS, KINDS, Level
from app.notifications.notices.levels import choose_for_group, chosen_levels, mute, unmute
from app.work import Doors
from tests.conftest import SignedIn
from tests.notifications.notices.telling import news, notices_of, told
from tests.world import a_member

pytestmark = pytest.mark.anyio

CHOICES = "/account/notices/"


def ticked(page: str) -> dict[str, str]:
    """What is ticked in the table."""
    return dict(re.findall(r'type="radio" name="(\w+)" value="([\w-]+)" checked', page))


async def ines_of(doors: Doors) -> User:
    async with doors.unit_of_work() as db:
        return await a_member(db, "Ines")


async def test_a_new_member_hears_as_the_house_has_it_and_then_as_they_chose(
    doors: Doors, signed_in: SignedIn
) -> None:
    ines = await ines_of(doors)
    here = await signed_in(user=ines)
    before = ticked((await here.get(CHOICES)).text)
    assert before["answers"] == "at-once"
    assert before == {family: level for family, level in DEFAULTS.items() if family in before}

    answer = await here.post(
        CHOICES,
        data={**before, "answers": "weekly", "thanks": "off", "mail_hour": "19", "mail_weekday": "4",
              "timezone": "America/New_York"},
    )  # fmt: skip

    assert (answer.status_code, answer.headers["location"]) == (303, f"{CHOICES}?done=notices")
    page = (await here.get(answer.headers["location"])).text
    assert "Noted" in page
    assert ticked(page) == {**before, "answers": "weekly", "thanks": "off"}
    assert '<option value="America/New_York" selected>America/New York' in page
    async with doors.reading() as db:
        kept = (await db.scalars(select(User).where(User.id == ines.id))).one()
    assert (kept.timezone, kept.mail_hour, kept.mail_weekday) == ("America/New_York", 19, 4)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Atlantis/Harbour"), ("timezone", "../../etc/passwd"), ("mail_hour", "24"),
        ("mail_hour", "soon"), ("mail_weekday", "7"), ("answers", "hourly"), ("reminders", "weekly"),
        ("language", "tlh"),
    ],
)  # fmt: skip
async def test_what_cannot_be_chosen_is_refused_and_the_rest_stays_as_it_was_typed(
    doors: Doors, signed_in: SignedIn, field: str, value: str
) -> None:
    ines = await ines_of(doors)
    here = await signed_in(user=ines)

    answer = await here.post(CHOICES, data={"thanks": "off", "mail_weekday": "3", field: value})

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert ticked(answer.text)["thanks"] == "off"
    async with doors.reading() as db:
        assert await chosen_levels(db, ines.id) == {}


async def test_the_page_is_for_who_is_signed_in(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get(CHOICES)).status_code == 401
    assert (await visitor.post(CHOICES, data={"answers": "off"})).status_code == 401


async def test_a_choice_counts_for_what_is_told_next_and_for_what_waits_to_be_mailed(
    doors: Doors, signed_in: SignedIn
) -> None:
    ines = await ines_of(doors)
    here = await signed_in(user=ines)
    await told(doors, ines, news("one"))
    assert [bool(one.mail_at) for one in await notices_of(doors, ines)] == [True]

    await here.post(CHOICES, data={"promises": "inbox"})
    await told(doors, ines, news("two"))
    await here.post(CHOICES, data={"promises": "off"})
    await told(doors, ines, news("three"))

    notices = await notices_of(doors, ines)
    assert [(one.once, one.mail_at) for one in notices] == [("one", None), ("two", None)]


async def test_letters_that_wait_move_with_the_hour(doors: Doors, signed_in: SignedIn) -> None:
    ines = await ines_of(doors)
    here = await signed_in(user=ines)
    await here.post(CHOICES, data={"promises": "daily", "mail_hour": "8", "timezone": "UTC"})
    await told(doors, ines, news("one"))

    await here.post(CHOICES, data={"promises": "daily", "mail_hour": "21", "timezone": "UTC"})

    (waiting,) = await notices_of(doors, ines)
    assert waiting.mail_at is not None
    assert waiting.mail_at.astimezone(UTC).hour == 21
    assert isinstance(waiting.mail_at, datetime)


async def test_a_group_has_a_level_of_its_own_but_what_is_said_to_oneself_follows_its_family(
    doors: Doors,
) -> None:
    ines = await ines_of(doors)
    async with doors.unit_of_work() as db:
        await choose_for_group(db, ines.id, 7, Level.OFF)
    await told(
        doors, ines,
        news("begun", KINDS["topic"], group_id=7), news("elsewhere", KINDS["topic"], group_id=8),
        news("to me", ANSWER, group_id=7),
    )  # fmt: skip

    found = [(one.once, str(one.level)) for one in await notices_of(doors, ines)]
    assert found == [("elsewhere", "inbox"), ("to me", "at-once")]


async def test_a_muted_discussion_is_silent_until_it_is_heard_again(doors: Doors) -> None:
    ines = await ines_of(doors)
    async with doors.unit_of_work() as db:
        await mute(db, ines.id, "thread:7")
        await mute(db, ines.id, "thread:7")
    await told(doors, ines, news("one", ANSWER, thread="thread:7"))
    async with doors.unit_of_work() as db:
        await unmute(db, ines.id, "thread:7")
    await told(doors, ines, news("two", ANSWER, thread="thread:7"))

    assert [one.once for one in await notices_of(doors, ines)] == ["two"]
