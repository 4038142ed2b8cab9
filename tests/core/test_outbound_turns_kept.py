"""How often one server is asked by all processes together, also after they were started anew."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.outbound.turns import DAY, MINUTE, STRANGERS, Budget
from app.core.outbound.turns_kept import OutboundTurn, TurnsInDatabase, forget_past_turns
from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries
from tests.databases import doors_to
from tests.visiting import ROOT

pytestmark = pytest.mark.anyio

HERE, THERE = ("blog.example", 443), ("blog.example", 80)
TWO = Budget(a_minute=2, a_day=10)

Later: TypeAlias = Callable[[float], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Time stands still, whoever else keeps the machine busy, until `later(seconds)`."""
    at = [clock.unix_now()]
    monkeypatch.setattr(clock, "unix_now", lambda: at[0])

    def move(by: float) -> None:
        at[0] += by

    return move


async def rows(doors: Doors) -> int:
    async with doors.reading() as db:
        return await db.scalar(select(func.count()).select_from(OutboundTurn)) or 0


def seconds(waits: Sequence[float]) -> list[int]:
    return [round(wait) for wait in waits]


async def test_the_eleventh_in_a_minute_and_the_201st_in_a_day_wait(
    doors: Doors, later: Later
) -> None:
    turns = TurnsInDatabase(doors)

    waits = [await turns.reserve(HERE, STRANGERS) for _ in range(201)]

    assert waits[:10] == [0] * 10
    assert seconds(waits[10:21]) == [MINUTE] * 10 + [2 * MINUTE]
    assert seconds(waits[200:]) == [DAY]
    assert await turns.reserve(THERE, STRANGERS) == 0


async def test_turns_outlive_the_process_that_took_them(
    doors: Doors, settings: Settings, later: Later
) -> None:
    for _ in range(2):
        assert await TurnsInDatabase(doors).reserve(HERE, TWO) == 0

    async with doors_to(settings.database) as others:
        assert round(await TurnsInDatabase(others).reserve(HERE, TWO)) == MINUTE


async def test_two_who_ask_at_once_get_no_more_than_one_would(
    doors: Doors, settings: Settings, later: Later
) -> None:
    async with doors_to(settings.database) as others:
        asking = [TurnsInDatabase(doors), TurnsInDatabase(others)] * 10
        waits = await asyncio.gather(*(turns.reserve(HERE, STRANGERS) for turns in asking))

    assert seconds(sorted(waits)) == [0] * 10 + [MINUTE] * 10


def test_two_processes_get_no_more_than_one_would(settings: Settings) -> None:
    processes = [_asking(settings.database) for _ in range(2)]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"

    for process in processes:
        assert process.stdin
        process.stdin.write("now\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60)[0] for process in processes]

    moments = sorted(float(line) for words in told for line in words.split())
    assert len(moments) == 30
    # They say it a moment later than they wrote it down.
    assert all(later - one > MINUTE - 1 for one, later in zip(moments, moments[10:], strict=False))


def _asking(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.core.asking_turns", url, "15"],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


async def test_nobody_named_keeps_no_place(doors: Doors, later: Later) -> None:
    turns = TurnsInDatabase(doors)
    assert [await turns.claim(HERE, TWO, "") for _ in range(2)] == [0, 0]

    assert seconds([await turns.claim(HERE, TWO, "") for _ in range(3)]) == [MINUTE] * 3
    assert await rows(doors) == 2


async def test_asking_when_a_turn_comes_takes_none(doors: Doors) -> None:
    turns = TurnsInDatabase(doors)

    assert [await turns.until(HERE, TWO) for _ in range(3)] == [0] * 3
    assert await rows(doors) == 0


async def test_whoever_comes_back_has_their_place_in_the_queue(doors: Doors, later: Later) -> None:
    turns = TurnsInDatabase(doors)
    for _ in range(2):
        await turns.reserve(HERE, TWO)

    for _again in range(2):
        waits = [await turns.claim(HERE, TWO, f"job {n}") for n in range(5)]
        assert seconds(waits) == [MINUTE, MINUTE, 2 * MINUTE, 2 * MINUTE, 3 * MINUTE]
    assert await rows(doors) == 7

    # Who comes later waits behind them.
    assert round(await turns.until(HERE, TWO)) == 3 * MINUTE
    for on_time in [(0, 1), (2, 3), (4,)]:
        later(MINUTE)
        assert [await turns.claim(HERE, TWO, f"job {n}") for n in on_time] == [0] * len(on_time)


async def test_whoever_comes_too_late_does_not_come_with_all_the_others(
    doors: Doors, later: Later
) -> None:
    turns = TurnsInDatabase(doors)
    for _ in range(2):
        await turns.reserve(HERE, TWO)
    for n in range(6):
        await turns.claim(HERE, TWO, f"job {n}")

    # The worker was stopped for an hour, and all are due.
    later(3600)
    left = [f"job {n}" for n in range(6)]
    for _minute in range(3):
        waits = {name: await turns.claim(HERE, TWO, name) for name in left}
        left = [name for name, wait in waits.items() if wait > 0]
        assert list(waits.values()).count(0) == 2
        assert all(wait <= MINUTE for wait in waits.values())
        later(MINUTE)

    assert left == []


async def test_a_place_counts_for_one_server_and_once(doors: Doors, later: Later) -> None:
    turns = TurnsInDatabase(doors)
    one = Budget(a_minute=1, a_day=10)
    for server in (HERE, THERE):
        assert await turns.claim(server, one, "job") == 0
        assert round(await turns.claim(server, one, "job")) == MINUTE

    later(MINUTE)
    assert await turns.claim(HERE, one, "job") == 0
    assert round(await turns.claim(HERE, one, "job")) == MINUTE


async def test_what_only_counts_is_counted(doors: Doors, later: Later) -> None:
    turns = TurnsInDatabase(doors)
    for _ in range(3):
        await turns.count(HERE)

    assert round(await turns.until(HERE, TWO)) == MINUTE


async def test_turns_of_yesterday_are_forgotten(doors: Doors, later: Later) -> None:
    turns = TurnsInDatabase(doors)
    await turns.reserve(HERE, TWO)
    later(23 * 3600)
    await turns.claim(HERE, TWO, "job")

    later(2 * 3600)
    async with doors.unit_of_work() as db:
        await forget_past_turns(db)
    assert await rows(doors) == 1


@pytest.mark.only_on("sqlite")
async def test_a_place_is_found_by_its_index(doors: Doors, count_queries: CountQueries) -> None:
    turns = TurnsInDatabase(doors)
    with count_queries() as queries:
        await turns.claim(HERE, TWO, "job")

    async with doors.reading() as db:
        connection = await db.connection()
        plans = [
            await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", ("x",) * query.count("?"))
            for query in queries if query.startswith("SELECT")
        ]  # fmt: skip
        words = [" ".join(str(row[3]) for row in plan) for plan in plans]
    assert [word.rpartition("INDEX ")[2].split()[0] for word in words] == [
        "ix_outbound_turns_kept", "ix_outbound_turns_server_at",
    ]  # fmt: skip
