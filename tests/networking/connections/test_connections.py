"""Who knows whom: by the word of both, taken back by either, and nobody hears of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.blocks import block
from app.core import clock
from app.core.errors import Invalid, NotFound
from app.core.events import take_recorded
from app.networking.connections.actions import (
    allow_paths,
    answer_yes,
    forget_connections_of,
    propose_connection,
    remove_connection,
    say_we_know_each_other,
)
from app.networking.connections.events import ConnectionConfirmed, ConnectionProposed
from app.networking.connections.models import Connection
from app.networking.connections.moves import Act, Sides, State, moved, state_of
from app.networking.connections.queries import are_connected, known_by, wanting_an_answer
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.networking.introductions.meeting import as_, knowing
from tests.world import a_member

pytestmark = pytest.mark.anyio


def _seen_from_the_other(sides: Sides) -> Sides:
    return Sides(sides.theirs, sides.mine, sides.removed_by_them, sides.removed_by_me)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(Act)), max_size=12))
def test_it_is_confirmed_only_by_two_yeses_since_either_removed_it(acts) -> None:
    sides, yes = Sides(), {True: False, False: False}
    removed = {True: False, False: False}
    for is_first, act in acts:
        sides = moved(sides if is_first else _seen_from_the_other(sides), act)
        sides = sides if is_first else _seen_from_the_other(sides)
        if act == Act.REMOVE:
            yes[is_first], removed[is_first] = False, True
        elif removed[is_first]:
            yes = {is_first: True, not is_first: False}
            removed[is_first] = False
        else:
            yes[is_first] = True

        is_confirmed = all(yes.values()) and not any(removed.values())
        assert (state_of(sides) == State.CONFIRMED) == is_confirmed
        assert state_of(sides) == state_of(_seen_from_the_other(sides))


async def test_it_counts_when_both_have_said_so(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")

    await say_we_know_each_other(session, as_(ada), bo.id)
    assert not await are_connected(session, ada.id, bo.id)
    assert [one.name for one in await wanting_an_answer(session, as_(bo))] == ["Ada"]
    assert await wanting_an_answer(session, as_(ada)) == []
    await say_we_know_each_other(session, as_(bo), ada.id)

    assert await are_connected(session, bo.id, ada.id)
    assert [one.name for one in await known_by(session, as_(ada))] == ["Bo"]
    assert [type(event) for event in take_recorded(session)] == [
        ConnectionProposed,
        ConnectionConfirmed,
    ]


async def test_saying_it_twice_is_saying_it_once(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")

    for _time in range(2):
        await say_we_know_each_other(session, as_(ada), bo.id)

    assert len((await session.scalars(select(Connection))).all()) == 1
    assert len(take_recorded(session)) == 1


async def test_whoever_removes_it_is_asked_no_more_and_the_other_is_not_told(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")
    await knowing(session, ada, bo)
    connection = await say_we_know_each_other(session, as_(ada), bo.id)
    take_recorded(session)

    await remove_connection(session, as_(bo), connection.id)
    await say_we_know_each_other(session, as_(ada), bo.id)

    assert not await are_connected(session, ada.id, bo.id)
    assert await wanting_an_answer(session, as_(bo)) == []
    assert take_recorded(session) == []
    await say_we_know_each_other(session, as_(bo), ada.id)
    assert not await are_connected(session, ada.id, bo.id), "it needs both yeses again"
    assert len(await wanting_an_answer(session, as_(ada))) == 1


async def test_to_a_blocker_it_looks_said_and_goes_nowhere(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")
    await block(session, as_(bo), ada.id, clock.now())
    take_recorded(session)

    await say_we_know_each_other(session, as_(ada), bo.id)

    assert await wanting_an_answer(session, as_(bo)) == []
    assert take_recorded(session) == []


async def test_after_something_done_together_both_are_asked_once(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")

    for _time in range(2):
        await propose_connection(session, ada.id, bo.id, source_kind="promise", source_id=3)

    assert {event.user_id for event in take_recorded(session)} == {ada.id, bo.id}
    for user in (ada, bo):
        wanted = await wanting_an_answer(session, as_(user))
        await answer_yes(session, as_(user), wanted[0].connection_id)
    assert await are_connected(session, ada.id, bo.id)


async def test_what_was_removed_is_not_proposed_again_by_the_program(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")
    await knowing(session, ada, bo)
    connection = await say_we_know_each_other(session, as_(ada), bo.id)
    await remove_connection(session, as_(ada), connection.id)
    take_recorded(session)

    await propose_connection(session, ada.id, bo.id, source_kind="promise", source_id=3)

    assert take_recorded(session) == []


async def test_nobody_touches_a_connection_of_others_nor_knows_themselves(session) -> None:
    ada, bo, cy = [await a_member(session, name) for name in ("Ada", "Bo", "Cy")]
    connection = await say_we_know_each_other(session, as_(ada), bo.id)

    for act in (answer_yes, remove_connection):
        with pytest.raises(NotFound):
            await act(session, as_(cy), connection.id)
    with pytest.raises(NotFound):
        await allow_paths(session, as_(cy), connection.id, allowed=True)
    with pytest.raises(Invalid):
        await say_we_know_each_other(session, as_(ada), ada.id)


async def test_an_erased_account_knows_nobody(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")
    await knowing(session, ada, bo)

    await forget_connections_of(session, ada.id)

    assert await known_by(session, as_(bo)) == []


async def test_it_is_said_answered_and_taken_back_on_pages(
    doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await a_member(db, "Ada"), await a_member(db, "Bo")
    here, there = await signed_in(user=ada), await signed_in(user=bo)

    said = await here.post(f"/people/{bo.slug}/connection/")
    assert (said.status_code, said.headers["location"]) == (303, "/intros/known/?done=known")
    assert "Do you know each other? 1 person" in (await there.get("/intros/")).text
    assert (await there.post("/intros/known/1/confirmation")).status_code == 303
    assert "Bo" in (await here.get("/intros/known/")).text
    assert (await here.post("/intros/known/1/removal")).status_code == 303
    assert "Nobody yet." in (await here.get("/intros/known/")).text
    assert (await here.post("/people/nobody-like-that/connection/")).status_code == 404
    assert (await here.post(f"/people/{ada.slug}/connection/")).status_code == 422


async def test_ones_people_are_paged_by_key(
    doors: Doors, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada")
        for number in range(53):
            await knowing(db, ada, await a_member(db, f"Person {number:02}"))
    here = await signed_in(user=ada)
    await here.get("/intros/known/")

    with count_queries() as queries:
        first = (await here.get("/intros/known/")).text
    assert len(queries) <= 4
    assert "Person 49" in first
    assert "Person 50" not in first
    more = first.partition('href="?')[2].partition('"')[0].replace("&amp;", "&")
    second = (await here.get(f"/intros/known/?{more}")).text
    assert "Person 49" not in second
    assert "Person 52" in second
