"""The checks that the product page asks for, each under its own name."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.errors import Conflict, Forbidden
from app.core.events import take_recorded
from app.networking.common.counting import MOST_PER_PAIR
from app.networking.promises.dates import runs_out
from app.networking.promises.erasing import forget_promises_of
from app.networking.promises.events import PromiseChanged, PromiseReminderDue
from app.networking.promises.figures import count_promises
from app.networking.promises.keeping import keep_promises
from app.networking.promises.models import Promise
from app.networking.promises.moves import Act, State
from app.networking.promises.queries import promises_open_to
from tests.networking.promises.promising import (
    A_DAY,
    a_done_one,
    a_kept_one,
    an_open_one,
    as_,
    does,
    kept_at,
    offered,
    requested,
    two_people,
)
from tests.world import a_member

pytestmark = pytest.mark.anyio

FORTNIGHT = timedelta(days=14, minutes=1)


@pytest.mark.parametrize("make", [offered, requested])
async def test_accepting_starts_it_silence_does_not(session, make) -> None:
    ada, bo = await two_people(session)
    accepted, silent = await make(session, ada, bo, days=30), None
    other = bo
    await does(session, other, accepted, Act.ACCEPT)
    silent = await make(session, ada, bo, days=30)

    with clock.moved(FORTNIGHT):
        assert silent.state_at(clock.now()) == State.VOID
        with pytest.raises(Conflict):
            await does(session, other, silent, Act.ACCEPT)
    await kept_at(session, FORTNIGHT)

    assert (accepted.state, silent.state) == (State.OPEN, State.VOID)


async def test_three_reminders_at_most(session) -> None:
    ada, bo = await two_people(session)
    promise = await an_open_one(session, ada, bo, days=10)
    told = []
    for day in range(20):
        told += await kept_at(session, day * A_DAY)
        # Asked twice, it is done once.
        told += await kept_at(session, day * A_DAY)

    reminders = [one.reminder for one in told if isinstance(one, PromiseReminderDue)]
    assert reminders == ["soon", "today", "late"]
    assert promise.reminders == 3


async def test_moving_the_date_brings_no_fourth_reminder(session) -> None:
    ada, bo = await two_people(session)
    promise, told = await an_open_one(session, ada, bo, days=4), []
    for day in range(60):
        told += await kept_at(session, day * A_DAY)
        if day in (12, 24):
            with clock.moved(day * A_DAY):
                due = (clock.now() + 8 * A_DAY).date().isoformat()
                await does(session, ada, promise, Act.MOVE, due=due)

    assert sum(isinstance(one, PromiseReminderDue) for one in told) == 3


async def test_due_date_in_the_promisers_zone(session) -> None:
    ada, bo = await two_people(session)
    ada.timezone = "Pacific/Kiritimati"
    promise = await an_open_one(session, ada, bo, days=10)

    assert promise.zone == "Pacific/Kiritimati"
    # Fourteen hours before it is midnight in Greenwich, the day after the fourteenth past due has begun there.
    ends = runs_out(State.OPEN, date(2026, 3, 1), promise.zone, datetime(2026, 2, 1, tzinfo=UTC))
    assert ends == datetime(2026, 3, 15, 10, tzinfo=UTC)
    assert (await requested(session, ada, bo)).zone == "UTC"


async def test_kept_after_14_silent_days(session) -> None:
    ada, bo = await two_people(session)
    promise = await a_done_one(session, ada, bo)

    await kept_at(session, timedelta(days=13))
    assert promise.state == State.DONE
    with clock.moved(FORTNIGHT):
        # Also where nobody has written it down yet.
        assert promise.state_at(clock.now()) == State.KEPT
        with pytest.raises(Conflict):
            await does(session, bo, promise, Act.NOT_YET)
    await kept_at(session, timedelta(days=90))

    assert promise.state == State.KEPT
    assert promise.ended_at == promise.done_at + timedelta(days=14)


async def test_a_third_move_is_refused(session) -> None:
    ada, bo = await two_people(session)
    promise = await an_open_one(session, ada, bo)
    due = (clock.now() + 20 * A_DAY).date().isoformat()
    for _time in range(2):
        await does(session, ada, promise, Act.MOVE, due=due)

    with pytest.raises(Forbidden, match="third time"):
        await does(session, ada, promise, Act.MOVE, due=due)

    assert (promise.moves, promise.state) == (2, State.OPEN)


async def test_lapsed_shows_to_nobody_else(session) -> None:
    ada, bo = await two_people(session)
    cy = await a_member(session, "Cy Dunn")
    promise = await an_open_one(session, ada, bo, days=3)
    promise.promiser_shows = promise.promisee_shows = True
    await session.flush()

    told = await kept_at(session, timedelta(days=19))

    assert promise.state == State.LAPSED
    ends = [one for one in told if isinstance(one, PromiseChanged)]
    assert {one.user_id for one in ends} == {ada.id, bo.id}
    seen = await session.scalars(select(Promise.id).where(promises_open_to(as_(cy))))
    assert seen.all() == []


class _Gone:
    def __init__(self, user_id: int) -> None:
        self.user_id = user_id


async def test_deleting_an_account_voids_open_ones_and_tells_the_other_side(session) -> None:
    ada, bo = await two_people(session)
    kept, open_one = await a_kept_one(session, ada, bo), await an_open_one(session, ada, bo)
    asked = await requested(session, bo, ada)
    take_recorded(session)

    await forget_promises_of(session, _Gone(ada.id))

    for promise in (kept, open_one, asked):
        await session.refresh(promise)
    assert (kept.state, open_one.state, asked.state) == (State.KEPT, State.VOID, State.VOID)
    told = take_recorded(session)
    assert {(one.promise_id, one.user_id) for one in told} == {
        (open_one.id, bo.id),
        (asked.id, bo.id),
    }
    assert open_one.promiser_id is None
    assert kept.promiser_id is None


async def test_a_pairs_third_kept_promise_in_90_days_is_not_counted(session) -> None:
    ada, bo = await two_people(session)
    for _number in range(MOST_PER_PAIR + 1):
        await a_kept_one(session, ada, bo)

    numbers = (await count_promises(session, [ada.id], clock.now()))[ada.id]

    assert (numbers.kept, numbers.people) == (2, 1)
    with clock.moved(timedelta(days=91)):
        await a_kept_one(session, ada, bo)
        assert (await count_promises(session, [ada.id], clock.now()))[ada.id].kept == 3


async def test_of_two_workers_the_second_finds_nothing_left(doors) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        await offered(db, ada, bo, days=30)
    with clock.moved(FORTNIGHT):
        done = []
        for _worker in range(2):
            async with doors.unit_of_work() as db:
                done.append(await keep_promises(db, clock.now()))

    assert done == [1, 0]
