"""How often one server is asked, counted by a single process."""

import pytest

from app.core.outbound.turns import DAY, STRANGERS, Budget, TurnsInMemory, next_turn

pytestmark = pytest.mark.anyio

HERE, THERE = ("blog.example", 443), ("blog.example", 80)
ONE = Budget(a_minute=1, a_day=10)


@pytest.mark.parametrize(
    ("taken", "at", "turn"),
    [
        ([], 5.0, 5.0),
        ([0.0] * 9, 5.0, 5.0),
        ([0.0] * 10, 5.0, 60.0),
        ([0.0] * 10, 61.0, 61.0),
        ([0.0] * 10 + [60.0] * 10, 5.0, 120.0),
        ([0.0] * 200, 3600.0, DAY),
        ([i * 10.0 for i in range(200)], 3600.0, DAY),
    ],
)
def test_the_eleventh_in_a_minute_and_the_201st_in_a_day_wait(
    taken: list[float], at: float, turn: float
) -> None:
    assert next_turn(taken, at, STRANGERS) == turn


async def test_turns_are_in_order_and_other_ports_do_not_wait() -> None:
    clock = [0.0]
    turns = TurnsInMemory(now=lambda: clock[0])

    assert await turns.reserve(HERE, ONE) == 0
    assert await turns.reserve(HERE, ONE) == 60
    assert await turns.reserve(THERE, ONE) == 0
    clock[0] = 30.0
    assert await turns.reserve(HERE, ONE) == 90
    clock[0] = 200.0
    assert await turns.reserve(HERE, ONE) == 0


async def test_a_turn_that_has_not_come_is_not_taken() -> None:
    clock = [0.0]
    turns = TurnsInMemory(now=lambda: clock[0])
    await turns.reserve(HERE, ONE)

    assert [await turns.claim(HERE, ONE, "me") for _ in range(3)] == [60, 60, 60]
    assert await turns.until(HERE, ONE) == 60
    clock[0] = 60.0
    assert await turns.claim(HERE, ONE, "me") == 0
    assert await turns.until(HERE, ONE) == 60


async def test_what_is_only_counted_comes_before_turns_that_are_waited_for() -> None:
    clock = [0.0]
    turns = TurnsInMemory(now=lambda: clock[0])
    for _ in range(2):
        await turns.reserve(HERE, ONE)

    clock[0] = 1.0
    await turns.count(HERE)

    assert await turns.until(HERE, ONE) == 119
    assert turns._taken[HERE] == [0.0, 1.0, 60.0]


async def test_servers_not_asked_for_a_day_are_forgotten() -> None:
    clock = [0.0]
    turns = TurnsInMemory(now=lambda: clock[0])
    for number in range(50):
        await turns.reserve((f"{number}.example", 443), STRANGERS)

    clock[0] = DAY + 1
    await turns.reserve(HERE, STRANGERS)

    assert list(turns._taken) == [HERE]
