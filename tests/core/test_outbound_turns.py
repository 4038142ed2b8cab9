"""How often one server is asked."""

import anyio
import pytest

from app.core.outbound.turns import DAY, STRANGERS, Budget, Turns, next_turn

pytestmark = pytest.mark.anyio

HERE = ("blog.example", 443)


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


async def test_waiting_is_in_order_and_other_ports_do_not_wait() -> None:
    order: list[str] = []
    clock = [0.0]
    turns = Turns(now=lambda: clock[0])
    budget = Budget(a_minute=1, a_day=10)

    async def ask(name: str, port: int) -> None:
        await turns.take(("blog.example", port), budget)
        order.append(name)

    await ask("first", 443)
    with anyio.move_on_after(0.05) as waited:
        await ask("second", 443)
    assert waited.cancelled_caught
    await ask("other port", 80)
    clock[0] = 130.0
    await ask("third", 443)

    assert order == ["first", "other port", "third"]


async def test_servers_not_asked_for_a_day_are_forgotten() -> None:
    clock = [0.0]
    turns = Turns(now=lambda: clock[0])
    for number in range(50):
        await turns.take((f"{number}.example", 443), STRANGERS)

    clock[0] = DAY + 1
    await turns.take(HERE, STRANGERS)

    assert list(turns._taken) == [HERE]
