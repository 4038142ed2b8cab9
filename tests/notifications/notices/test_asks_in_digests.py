"""A digest ends with three asks its reader could meet; they alone are no reason for a letter."""

from datetime import timedelta

import pytest

from app.accounts.models import User
from app.groups.models import Group
from app.notifications.notices.kinds import Level
from app.notifications.notices.levels import choose_levels
from tests.groups.building import a_membership, a_place
from tests.groups.profiles.membership import a_profile
from tests.networking.asks.asking import ask_for, help_with, in_days
from tests.notifications.notices.telling import news, told
from tests.notifications.post_office import html_of, text_of
from tests.world import a_member

pytestmark = pytest.mark.anyio

A_DAY = timedelta(days=1)


@pytest.fixture
async def place(doors, signed_in, settings):
    """Olga and Nick ask for five things; Mika can help with interviews, and reads a digest."""
    settings.__dict__["rate_limits"] = "off"
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        mika, nick = await db.get_one(User, place.member_id), await a_member(db, "Nick")
        await a_membership(db, (await db.get_one(Group, place.group_id)), nick)
        await a_profile(db, mika, can_help="Job interviews")
        await choose_levels(db, mika.id, {("promises", 0): Level.DAILY})
    nicks = await signed_in(user=nick)
    for number, (client, tags) in enumerate([
        (place.owner, "job interviews"), (place.owner, "Job-Interviews, nerves"),
        (nicks, "gardening"), (nicks, "job interviews"),
    ]):  # fmt: skip
        await ask_for(client, place, f"Ask {number}", tags=tags, needed_by=in_days(9).isoformat())
    return place


async def test_a_digest_names_asks_that_fit_and_none_that_were_answered(
    doors, place, mail, post_office
) -> None:
    await mail(later=A_DAY)
    assert post_office.mails == []
    async with doors.reading() as db:
        mika = await db.get_one(User, place.member_id)
    await told(doors, mika, news("one"), news("two"))
    await mail(later=A_DAY)

    (first,) = post_office.mails
    assert "3 asks you could meet" in text_of(first)
    assert all(f"Ask {number}" in text_of(first) for number in (0, 1, 3))
    assert "Ask 2" not in text_of(first)
    assert f"{place.url}d/1-ask-0/" in html_of(first)
    await help_with(place.member, f"{place.url}d/1-ask-0/")
    await told(doors, mika, news("three"), news("four"))
    await mail(later=2 * A_DAY)
    assert "2 asks you could meet" in text_of(post_office.mails[-1])
    assert "Ask 0" not in text_of(post_office.mails[-1])


async def test_who_wants_to_hear_of_asks_elsewhere_or_not_at_all_has_none_in_a_digest(
    doors, place, mail, post_office
) -> None:
    async with doors.unit_of_work() as db:
        mika = await db.get_one(User, place.member_id)
        await choose_levels(db, mika.id, {("promises", 0): Level.DAILY, ("asks", 0): Level.OFF})
    await told(doors, mika, news("one"))
    await mail(later=A_DAY)

    (letter,) = post_office.mails
    assert "you could meet" not in text_of(letter)
