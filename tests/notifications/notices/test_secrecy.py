"""What members are told is for them alone, and only as long as they may know of it."""

import pytest

from app.accounts.actor import Role
from app.accounts.blocks import block
from app.core import clock
from app.groups.founding import set_state
from app.groups.models import GroupState
from app.notifications.notices.kinds import PROMISE_ACCEPTED, TOPIC_ANSWERED
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.groups.building import a_group, a_place, answer, as_actor, begin
from tests.networking.asks.asking import ask_for, help_with
from tests.notifications.notices.telling import mailing, news, notices_of, told
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def test_the_outbox_does_not_say_what_a_member_is_told(
    doors: Doors, settings, run_jobs: RunJobs, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", email_confirmed_at=clock.now())
    await told(doors, ines, news("I will pay your fine", PROMISE_ACCEPTED))
    await mailing(doors, settings, run_jobs)()

    page = (await (await signed_in(Role.OWNER)).get("/mod/outbox/")).text

    assert "ines@members.example" in page
    assert "News for a member" in page
    assert "your fine" not in page


async def test_of_a_closed_group_nothing_is_left_in_an_inbox(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines")
        group = await a_group(db, by=ines)
    await told(doors, ines, news("a", TOPIC_ANSWERED, group_id=group.id), news("b"))

    async with doors.unit_of_work() as db:
        await set_state(db, as_actor(ines), group.slug, GroupState.CLOSED)

    assert [one.once for one in await notices_of(doors, ines) if one.gone_at is None] == ["b"]


async def test_who_was_banned_is_not_told_of_the_ask_they_left_behind(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in)
    asked = await ask_for(place.member, place)
    await place.owner.post(f"{place.url}members/{place.member_id}/ban", data={"days": "0"})

    helped = await help_with(place.owner, asked.headers["location"])

    assert helped.status_code == 303
    assert "can help you" not in (await place.member.get("/inbox/")).text


async def test_a_block_hides_what_others_say_in_a_discussion_of_theirs(
    doors: Doors, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    place = await a_place(doors, signed_in)
    begun = (await begin(place.member, place)).headers["location"]
    async with doors.unit_of_work() as db:
        ruth, sam = await a_member(db, "Ruth"), await a_member(db, "Sam")
        await block(db, as_actor(sam), place.member_id, clock.now())
    browsers = [await signed_in(user=who) for who in (ruth, sam)]
    for browser in browsers:
        await browser.post(f"{place.url}membership", data={"rules": "yes"})

    await answer(place.owner, begun, "Ask @ruth and @sam.")
    await run_jobs()

    assert "mentioned you" in (await browsers[0].get("/inbox/")).text
    assert "mentioned you" not in (await browsers[1].get("/inbox/")).text
