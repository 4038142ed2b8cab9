"""The checks that the product page names for introductions, line by line."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.errors import AppError, Forbidden, TooMany
from app.core.events import take_recorded
from app.core.jobs import Tools
from app.networking.introductions.answering import accept, decline, pass_on
from app.networking.introductions.asking import Offer, offer
from app.networking.introductions.choosing import choose, introduce_again, never_introduce
from app.networking.introductions.jobs import keep_introductions
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import State
from app.notifications.notices.kinds import Family, Level
from app.notifications.notices.models import NoticeLevel
from app.settings import Settings
from app.work import Doors
from tests.conftest import SignedIn
from tests.networking.introductions.meeting import (
    WORDS,
    Three,
    as_,
    asked,
    browsers,
    introduced,
    knowing,
    passed_on,
    request_form,
    three_in,
    three_people,
)
from tests.world import a_member

pytestmark = pytest.mark.anyio

PAGES = ("/intros/", "/intros/mine/", "/intros/made/", "/intros/known/", "/intros/choices/")


async def everything_shown_to(browser: httpx.AsyncClient, three: Three, one: str) -> str:
    """All pages somebody may look at, as one text."""
    people = (three.ada, three.bo, three.cy)
    forms = [f"/intros/new?to={user.slug}" for user in people]
    pages = [await browser.get(path) for path in (*PAGES, *forms, one, "/conversations/1/")]
    return "\n".join(page.text for page in pages)


async def test_no_address_is_shown_before_both_yeses_nor_after(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    addresses = [user.email for user in (three.ada, three.bo, three.cy)]
    async with doors.unit_of_work() as db:
        introduction = await asked(db, three)
    ada, bo, cy, _dee = await browsers(signed_in, three)
    one = f"/intros/{introduction.id}/"

    async def nobody_reads_one() -> None:
        for browser in (ada, bo, cy):
            shown = await everything_shown_to(browser, three, one)
            assert "Bo Carter" in shown
            assert [address for address in addresses if address in shown] == []

    await nobody_reads_one()
    await bo.post(one + "passing-on", data={"note": "She is good company."})
    await nobody_reads_one()
    await cy.post(one + "acceptance")
    await nobody_reads_one()
    await ada.post("/conversations/1/messages/", data={"text": f"Write to {three.ada.email}."})
    assert three.ada.email in (await cy.get("/conversations/1/")).text


async def test_the_target_is_not_told_of_a_request_the_connector_declined(
    doors: Doors, session: AsyncSession, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        introduction = await asked(db, three)
        await decline(db, as_(three.bo), introduction.id)
        told = [event.facts.get("user_id") for event in take_recorded(db)]
    _ada, _bo, cy, _dee = await browsers(signed_in, three)

    for path in PAGES:
        assert "Ada Brown" not in (await cy.get(path)).text
    assert (await cy.get(f"/intros/{introduction.id}/")).status_code == 404
    assert three.cy.id not in told


EndOfIt = Callable[[AsyncSession, Three, Introduction], Awaitable[object]]


async def _connector_declines(db: AsyncSession, three: Three, row: Introduction) -> None:
    await decline(db, as_(three.bo), row.id)


async def _target_declines(db: AsyncSession, three: Three, row: Introduction) -> None:
    await pass_on(db, as_(three.bo), row.id, "She is good company.")
    await decline(db, as_(three.cy), row.id, "I have no time.")


async def _nobody_answers(_db: AsyncSession, _three: Three, _row: Introduction) -> None:
    pass


async def _target_does_not_answer(db: AsyncSession, three: Three, row: Introduction) -> None:
    await pass_on(db, as_(three.bo), row.id, "")


async def test_expiry_and_decline_give_byte_equal_pages_to_the_requester(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    introduction = await _asked_quietly(doors, three)
    ada, one = await signed_in(user=three.ada), f"/intros/{introduction.id}/"

    async def read() -> list[bytes]:
        paths = (one, "/intros/", "/intros/mine/", f"/intros/new?to={three.cy.slug}")
        pages = [(await ada.get(path)).content for path in paths]
        # What is refused afterwards says nothing more.
        pages.append((await ada.post(one + "withdrawal")).content)
        return [*pages, (await ada.post("/intros/", data=request_form(three))).content]

    async def ended(end: EndOfIt, after: timedelta, *, written_down: bool = True) -> list[bytes]:
        await _begun_anew(doors, three, introduction, end)
        with clock.moved(after):
            if written_down:
                await keep_introductions(Tools(doors, settings))
            return await read()

    # As long as an answer is possible, a no is as silence.
    for days in (timedelta(), timedelta(days=13, hours=23)):
        declined = await ended(_connector_declines, days)
        assert b"It waits for Bo Carter." in declined[0]
        assert declined == await ended(_nobody_answers, days)
        declined = await ended(_target_declines, days)
        assert b"has passed it on" in declined[0]
        assert declined == await ended(_target_does_not_answer, days)
    days = timedelta(days=14, minutes=1)
    declined = await ended(_connector_declines, days)
    assert b"Not this time." in declined[0]
    for way in (_target_declines, _nobody_answers, _target_does_not_answer):
        assert declined == await ended(way, days)
        assert declined == await ended(way, days, written_down=False)


async def test_who_wants_it_never_learns_no_decline_by_that(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    introduction = await _asked_quietly(doors, three)
    ada = await signed_in(user=three.ada)

    async def never_after(end: EndOfIt) -> bytes:
        await _begun_anew(doors, three, introduction, end)
        async with doors.unit_of_work() as db:
            await never_introduce(db, as_(three.ada), three.cy.id)
            await introduce_again(db, as_(three.ada), three.cy.id)
        return (await ada.get(f"/intros/{introduction.id}/")).content

    waited = await never_after(_nobody_answers)
    assert b"It waits for Bo Carter." not in waited
    assert waited == await never_after(_connector_declines)
    waited = await never_after(_target_does_not_answer)
    assert waited == await never_after(_target_declines)


async def _asked_quietly(doors: Doors, three: Three) -> Introduction:
    async with doors.unit_of_work() as db:
        # What waits in an inbox stands on every page, until it was seen: that is not what this is about.
        of_introductions = {"family": Family.INTRODUCTIONS, "group_id": 0, "level": Level.OFF}
        db.add(NoticeLevel(user_id=three.ada.id, **of_introductions))
        return await asked(db, three)


async def _begun_anew(doors: Doors, three: Three, as_it_was: Introduction, end: EndOfIt) -> None:
    """Let the same introduction end in another way."""
    async with doors.unit_of_work() as db:
        row = await db.get(Introduction, as_it_was.id)
        assert row is not None
        for column in Introduction.__table__.columns:
            setattr(row, column.name, getattr(as_it_was, column.name))
        await db.flush()
        await end(db, three, row)
        # Each has its own seconds, which the page shows.
        assert row.due_at is not None
        row.due_at = as_it_was.due_at


async def test_the_connector_cannot_edit_the_requesters_words(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        introduction = await asked(db, three)
    _ada, bo, cy, _dee = await browsers(signed_in, three)
    one = f"/intros/{introduction.id}/"
    mine = dict.fromkeys((*WORDS, "target_id", "requester_id", "state"), "Something else.")

    await bo.post(one, data=mine)
    await bo.post(one + "passing-on", data=mine | {"note": "A note."})

    read_by_cy = (await cy.get(one)).text
    assert "Something else." not in read_by_cy
    assert all(words in read_by_cy for words in WORDS.values())
    assert "A note." in read_by_cy


async def refused(happens: Awaitable[object], until: datetime) -> None:
    """Refused with 429, in words that name a day on which it is possible, and in seconds."""
    with pytest.raises(TooMany) as refusal:
        await happens
    error: AppError = refusal.value
    assert (until + timedelta(days=1)).date().isoformat() in error.detail
    seconds = (until - clock.now()).total_seconds()
    assert abs(int(error.headers["Retry-After"]) - seconds) < 30


async def some_members(session: AsyncSession, number: int) -> list[int]:
    return [(await a_member(session, f"Member {n}")).id for n in range(number)]


async def test_the_fourth_open_request_is_refused_with_the_date(session: AsyncSession) -> None:
    three, begun = await three_people(session), clock.now()
    others = await some_members(session, 4)
    for target in others[:3]:
        await asked(session, three, target_id=target)

    await refused(asked(session, three, target_id=others[3]), begun + timedelta(days=14))
    with clock.moved(timedelta(days=14, minutes=1)):
        # Nobody wrote down that the three ran out, and they count no more. But nothing came of them.
        await refused(asked(session, three, target_id=others[3]), begun + timedelta(days=44))
    with clock.moved(timedelta(days=44, minutes=1)):
        await asked(session, three, target_id=others[3])


async def test_the_sixth_request_in_thirty_days_is_refused_with_the_date(
    session: AsyncSession,
) -> None:
    three, begun = await three_people(session), clock.now()
    others = await some_members(session, 6)
    for target in others[:5]:
        introduction = await asked(session, three, target_id=target)
        await pass_on(session, as_(three.bo), introduction.id, "")
        person = as_(await session.get_one(type(three.ada), target))
        await accept(session, person, introduction.id)

    await refused(asked(session, three, target_id=others[5]), begun + timedelta(days=30))
    with clock.moved(timedelta(days=30, minutes=1)):
        await asked(session, three, target_id=others[5])


async def test_the_sixth_open_request_to_one_connector_is_refused_with_the_date(
    session: AsyncSession,
) -> None:
    three, begun = await three_people(session), clock.now()
    targets = await some_members(session, 6)
    for number, target in enumerate(targets[:5]):
        asker = await a_member(session, f"Asker {number}")
        await knowing(session, asker, three.bo)
        await asked(session, Three(asker, three.bo, three.cy, three.dee), target_id=target)

    await refused(asked(session, three), begun + timedelta(days=14))
    with clock.moved(timedelta(days=14, minutes=1)):
        await asked(session, three)


async def test_a_target_gets_as_many_a_month_as_they_chose(session: AsyncSession) -> None:
    three, begun = await three_people(session), clock.now()
    for number in range(2):
        asker = await a_member(session, f"Asker {number}")
        await knowing(session, asker, three.bo)
        await passed_on(session, Three(asker, three.bo, three.cy, three.dee))

    await refused(asked(session, three), begun + timedelta(days=30))
    await choose(session, as_(three.cy), a_month=3)
    introduction = await asked(session, three)
    await choose(session, as_(three.cy), a_month=2)
    await refused(pass_on(session, as_(three.bo), introduction.id, ""), begun + timedelta(days=30))


async def test_who_wants_no_introductions_is_asked_for_none(session: AsyncSession) -> None:
    three = await three_people(session)
    await choose(session, as_(three.cy), a_month=0)

    with pytest.raises(Forbidden):
        await asked(session, three)


async def test_the_same_target_can_be_asked_for_again_after_half_a_year(
    session: AsyncSession,
) -> None:
    three, begun = await three_people(session), clock.now()
    introduction = await asked(session, three)
    await decline(session, as_(three.bo), introduction.id)
    through_dee = {"connector_id": three.dee.id}
    await knowing(session, three.ada, three.dee)

    await refused(asked(session, three, **through_dee), begun + timedelta(days=180))
    with clock.moved(timedelta(days=180, minutes=1)):
        await asked(session, three, **through_dee)


async def test_three_times_in_vain_in_a_row_make_a_pause_of_thirty_days(
    session: AsyncSession,
) -> None:
    three, begun = await three_people(session), clock.now()
    others = await some_members(session, 4)
    for target in others[:3]:
        introduction = await asked(session, three, target_id=target)
        await decline(session, as_(three.bo), introduction.id)

    # Each of the three seems to wait for a fortnight; then it was in vain.
    await refused(asked(session, three, target_id=others[3]), begun + timedelta(days=14))
    with clock.moved(timedelta(days=14, minutes=1)):
        await refused(asked(session, three, target_id=others[3]), begun + timedelta(days=44))
    with clock.moved(timedelta(days=44, minutes=1)):
        await asked(session, three, target_id=others[3])


async def test_one_that_came_to_something_ends_the_row(session: AsyncSession) -> None:
    three = await three_people(session)
    others = await some_members(session, 4)
    for target in others[:2]:
        introduction = await asked(session, three, target_id=target)
        await decline(session, as_(three.bo), introduction.id)
    await introduced(session, three)
    introduction = await asked(session, three, target_id=others[2])
    await decline(session, as_(three.bo), introduction.id)

    with clock.moved(timedelta(days=15)):
        assert (await asked(session, three, target_id=others[3])).state == State.ASKED


async def test_the_same_two_can_be_offered_again_after_half_a_year(session: AsyncSession) -> None:
    three, begun = await three_people(session), clock.now()
    ada, bo, cy = three.ada, three.bo, three.cy
    one_way = Offer(first_id=ada.id, second_id=cy.id, note_to_first="A", note_to_second="C")
    other_way = Offer(first_id=cy.id, second_id=ada.id, note_to_first="C", note_to_second="A")
    await offer(session, as_(bo), one_way)

    await refused(offer(session, as_(bo), other_way), begun + timedelta(days=180))


async def test_over_a_limit_the_form_comes_back_filled_in_with_the_date(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        for target in await some_members(db, 3):
            await asked(db, three, target_id=target)
    ada = await signed_in(user=three.ada)

    answer = await ada.post("/intros/", data=request_form(three))

    day = (clock.now() + timedelta(days=15)).date().isoformat()
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert day in answer.text
    assert all(words in answer.text for words in WORDS.values())
