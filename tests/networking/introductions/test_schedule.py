"""What the clock does: once, however often it is asked, and right, however late."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.errors import Conflict
from app.core.events import take_recorded
from app.networking.conversations.actions import write
from app.networking.conversations.models import Conversation, Party
from app.networking.introductions.answering import (
    accept,
    decline,
    pass_on,
    say_whether_we_talked,
    withdraw,
)
from app.networking.introductions.erasing import forget_introductions_of
from app.networking.introductions.events import (
    NotThisTime,
    PeopleIntroduced,
    PeopleTalked,
    TalkAskedAbout,
    WriteFirstPromised,
)
from app.networking.introductions.keeping import is_anything_due, keep_introductions
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import State
from tests.networking.introductions.meeting import (
    as_,
    asked,
    introduced,
    passed_on,
    three_people,
)

pytestmark = pytest.mark.anyio

FORTNIGHT = timedelta(days=14, minutes=1)


async def kept_at(session, later: timedelta):
    take_recorded(session)
    with clock.moved(later):
        at = clock.now()
        await keep_introductions(session, at)
    return take_recorded(session)


async def test_each_step_has_fourteen_days(session) -> None:
    three = await three_people(session)
    introduction = await asked(session, three)
    with clock.moved(timedelta(days=13)):
        await pass_on(session, as_(three.bo), introduction.id, "")

    assert await kept_at(session, timedelta(days=26)) == []
    assert introduction.state == State.PASSED_ON
    told = await kept_at(session, timedelta(days=27, minutes=1))

    assert introduction.state == State.EXPIRED
    assert told == [NotThisTime(introduction_id=introduction.id, user_id=three.ada.id)]


async def test_done_twice_it_is_done_once(session) -> None:
    three = await three_people(session)
    await asked(session, three)

    assert len(await kept_at(session, FORTNIGHT)) == 1
    assert await kept_at(session, FORTNIGHT) == []
    assert not await is_anything_due(session, clock.now() + FORTNIGHT)


async def test_what_ran_out_is_over_before_anybody_wrote_it_down(session) -> None:
    three = await three_people(session)
    introduction = await asked(session, three)

    with clock.moved(FORTNIGHT):
        for act in (withdraw(session, as_(three.ada), introduction.id),
                    pass_on(session, as_(three.bo), introduction.id, ""),
                    decline(session, as_(three.bo), introduction.id)):  # fmt: skip
            with pytest.raises(Conflict):
                await act

    await kept_at(session, timedelta(days=200))
    assert introduction.ended_at == introduction.asked_at + timedelta(days=14)


async def test_a_yes_introduces_them_and_promises_that_the_requester_writes_first(session) -> None:
    three = await three_people(session)
    introduction = await passed_on(session, three)
    take_recorded(session)

    await accept(session, as_(three.cy), introduction.id)

    assert take_recorded(session) == [
        PeopleIntroduced(introduction_id=introduction.id, conversation_id=1),
        WriteFirstPromised(
            introduction_id=introduction.id, user_id=three.ada.id, to_id=three.cy.id
        ),
    ]
    for user in (three.ada, three.bo, three.cy):
        assert await session.get(Party, (1, user.id)) is not None
    assert (await session.get_one(Conversation, 1)).owner_id == introduction.id


async def test_each_is_asked_once_after_a_month_whether_they_talked(session) -> None:
    three = await three_people(session)
    introduction = await introduced(session, three)

    assert await kept_at(session, timedelta(days=29)) == []
    told = await kept_at(session, timedelta(days=30, minutes=1))

    assert told == [
        TalkAskedAbout(introduction_id=introduction.id, user_id=user.id)
        for user in (three.ada, three.cy)
    ]
    assert await kept_at(session, timedelta(days=31)) == []


async def test_who_has_said_so_is_not_asked(session) -> None:
    three = await three_people(session)
    introduction = await introduced(session, three)
    take_recorded(session)
    await say_whether_we_talked(session, as_(three.cy), introduction.id, talked=False)

    told = await kept_at(session, timedelta(days=30, minutes=1))

    assert [event.user_id for event in told] == [three.ada.id]


async def test_one_who_says_so_is_enough_and_the_connector_is_told_once(session) -> None:
    three = await three_people(session)
    introduction = await introduced(session, three)
    take_recorded(session)

    for user in (three.cy, three.ada):
        await say_whether_we_talked(session, as_(user), introduction.id, talked=True)

    assert introduction.state == State.TALKED
    events = take_recorded(session)
    assert [event for event in events if isinstance(event, PeopleTalked)] == [
        PeopleTalked(introduction_id=introduction.id)
    ]


async def test_without_a_word_it_is_quiet_and_a_late_yes_still_counts(session) -> None:
    three = await three_people(session)
    introduction = await introduced(session, three)

    assert await kept_at(session, timedelta(days=44, minutes=1)) == []
    assert introduction.state == State.QUIET
    await say_whether_we_talked(session, as_(three.ada), introduction.id, talked=True)

    assert introduction.state == State.TALKED


async def test_two_noes_are_quiet(session) -> None:
    three = await three_people(session)
    introduction = await introduced(session, three)

    for user in (three.cy, three.ada):
        await say_whether_we_talked(session, as_(user), introduction.id, talked=False)

    assert introduction.state == State.QUIET


@pytest.mark.parametrize("who", ["bo", "cy"])
async def test_when_one_who_is_waited_for_erases_their_account_it_is_not_this_time(
    session, who: str
) -> None:
    three = await three_people(session)
    introduction = await passed_on(session, three)
    take_recorded(session)

    await forget_introductions_of(session, getattr(three, who).id)

    assert introduction.state == State.EXPIRED
    assert introduction.why
    assert take_recorded(session) == [
        NotThisTime(introduction_id=introduction.id, user_id=three.ada.id)
    ]


async def test_with_the_account_of_the_requester_their_request_goes(session) -> None:
    three = await three_people(session)
    introduction = await passed_on(session, three)

    await forget_introductions_of(session, three.ada.id)

    assert await session.get(Introduction, introduction.id) is None


async def test_of_an_introduction_that_was_made_the_words_go_and_the_fact_stays(session) -> None:
    three = await three_people(session)
    introduction = await introduced(session, three)

    await forget_introductions_of(session, three.ada.id)

    assert introduction.state == State.QUIET
    assert introduction.requester_id is None
    assert introduction.about_me == introduction.why == ""
    assert introduction.note == "She is good company."


async def test_the_connector_stays_until_both_have_written(doors, session) -> None:
    async with doors.unit_of_work() as db:
        three = await three_people(db)
        await introduced(db, three)
    for user, has_left in ((three.bo, False), (three.ada, False), (three.cy, True)):
        async with doors.unit_of_work() as db:
            await write(db, as_(user), 1, "Hello.")
        async with doors.reading() as db:
            party = await db.get_one(Party, (1, three.bo.id))
            assert (party.left_at is not None) == has_left
