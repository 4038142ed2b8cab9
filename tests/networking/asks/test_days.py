"""The days that refusals name: none that is over, and none of another calendar than the site's."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from app.core import clock
from app.groups.models import Group
from app.site.models import SiteRow
from tests.groups.building import a_membership, a_place
from tests.networking.asks.asking import acts_of, ask_for, in_days, offer_to, wish_for
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def test_a_full_offer_names_no_day_that_is_over(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await offer_to(place.owner, place, times="1")).headers["location"]
    await wish_for(place.member, topic, due_on=in_days(2).isoformat())
    assert (await place.owner.post(f"{acts_of(topic)}helpings/1/acceptance")).status_code == 303
    async with doors.unit_of_work() as db:
        late = await a_member(db, "Late")
        await a_membership(db, await db.get_one(Group, place.group_id), late)
    theirs = await signed_in(user=late)

    before = await wish_for(theirs, topic)
    with clock.moved(timedelta(days=5)):
        after = await wish_for(theirs, topic, due_on=in_days(3).isoformat())
    moved = {"version": "1", "due": in_days(9).isoformat()}
    assert (await place.owner.post("/promises/1/date", data=moved)).status_code == 303
    once_moved = await wish_for(theirs, topic)
    for who, noun, version in ((place.owner, "completion", 2), (place.member, "confirmation", 3)):
        done = await who.post(f"/promises/1/{noun}", data={"version": str(version)})
        assert done.status_code == 303
    given = await wish_for(theirs, topic)

    said = [one.text for one in (before, after, once_moved, given)]
    assert [one.status_code for one in (before, after, once_moved, given)] == [409] * 4
    assert f"Please ask again on {in_days(2)}." in said[0]
    # Nothing was done: it lapses a fortnight after its day.
    assert f"Please ask again on {in_days(17)}." in said[1]
    assert f"Please ask again on {in_days(9)}." in said[2]
    assert "All of it is taken." in said[3]
    assert "Please ask again" not in said[3]


async def test_the_day_of_the_next_ask_is_one_of_the_sites_calendar(doors, signed_in):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        await db.execute(update(SiteRow).values(timezone="Pacific/Auckland"))
    today = clock.now().astimezone(ZoneInfo("Pacific/Auckland")).date()
    for number in range(2):
        needed_by = (today + timedelta(days=3)).isoformat()
        asked = await ask_for(place.member, place, f"Thing {number}", needed_by=needed_by)
        assert asked.status_code == 303

    refused = await ask_for(place.member, place, "A third", needed_by=needed_by)

    assert refused.status_code == 429
    assert f"the next is possible on {today + timedelta(days=18)}." in refused.text
