"""How often one server is asked, counted by a single process."""

import pytest

from app.core.outbound.turns import DAY, MINUTE, STRANGERS, Budget, TurnsInMemory, next_turn

pytestmark = pytest.mark.anyio

HERE, THERE = ("blog.example", 443), ("blog.example", 80)
ONE = Budget(a_minute=1, a_day=10)


@pytest.mark.parametrize(
    ("taken", "at", "turn"),
    [
        ([], 5.0, 5.0),
        ([0.0] * 9, 5.0, 5.0),
        ([0.0] * 10, 5.0, MINUTE),
        ([0.0] * 10, 61.0, 61.0),
        ([0.0] * 10 + [MINUTE] * 10, 5.0, 2 * MINUTE),
        ([0.0] * 200, 3600.0, DAY),
        ([i * 10.0 for i in range(200)], 3600.0, DAY),
    ],
)
def test_the_eleventh_in_a_minute_and_the_201st_in_a_day_wait(
    taken: list[float], at: float, turn: float
) -> None:
    assert next_turn(taken, at, STRANGERS) == turn


def test_one_slow_request_does_not_make_eleven_of_the_minute_it_arrives_in() -> None:
    # The first ten left at 0 and came half a second later; the next comes as soon as it leaves.
    assert next_turn([0.0] * 10, 60.0, STRANGERS) >= 60.5


async def test_turns_are_in_order_and_other_ports_do_not_wait() -> None:
    clock = [0.0]
    turns = TurnsInMemory(now=lambda: clock[0])

    assert await turns.reserve(HERE, ONE) == 0
    assert await turns.reserve(HERE, ONE) == MINUTE
    assert await turns.reserve(THERE, ONE) == 0
    clock[0] = 30.0
    assert await turns.reserve(HERE, ONE) == 2 * MINUTE - 30
    clock[0] = 200.0
    assert await turns.reserve(HERE, ONE) == 0


async def test_a_turn_that_has_not_come_is_not_taken() -> None:
    clock = [0.0]
    turns = TurnsInMemory(now=lambda: clock[0])
    await turns.reserve(HERE, ONE)

    assert [await turns.claim(HERE, ONE, "me") for _ in range(3)] == [MINUTE] * 3
    assert await turns.until(HERE, ONE) == MINUTE
    clock[0] = MINUTE
    assert await turns.claim(HERE, ONE, "me") == 0
    assert await turns.until(HERE, ONE) == MINUTE


async def test_what_is_only_counted_comes_before_turns_that_are_waited_for() -> None:
    clock = [0.0]
    turns = TurnsInMemory(now=lambda: clock[0])
    for _ in range(2):
        await turns.reserve(HERE, ONE)

    clock[0] = 1.0
    await turns.count(HERE)

    assert await turns.until(HERE, ONE) == 2 * MINUTE - 1
    assert turns._taken[HERE] == [0.0, 1.0, MINUTE]


async def test_servers_not_asked_for_a_day_are_forgotten() -> None:
    clock = [0.0]
    turns = TurnsInMemory(now=lambda: clock[0])
    for number in range(50):
        await turns.reserve((f"{number}.example", 443), STRANGERS)

    clock[0] = DAY + 1
    await turns.reserve(HERE, STRANGERS)

    assert list(turns._taken) == [HERE]
