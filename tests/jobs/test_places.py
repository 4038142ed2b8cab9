"""Jobs that ask strangers' servers have places of their own: slow ones keep nobody else waiting."""

import asyncio

import pytest

from app.core.jobs import enqueue
from app.settings import Settings
from app.work import Doors
from app.worker import ASKERS_AT_ONCE, AT_ONCE, Worker, at_work
from tests.jobs.doing import Seen, ask_a_stranger, remember

pytestmark = pytest.mark.anyio

SLOW = ASKERS_AT_ONCE + AT_ONCE


async def test_nothing_waits_behind_strangers_who_are_slow(
    doors: Doors, settings: Settings, seen: Seen
) -> None:
    await ask_strangers(doors, SLOW)
    async with at_work(Worker(doors, settings, schedules=())):
        await until_asked(seen, ASKERS_AT_ONCE)
        async with doors.unit_of_work() as db:
            await enqueue(db, remember, number=4711)
        await until_done(seen, 1)
        done_meanwhile = list(seen.numbers)
        seen.strangers_answer.set()
        await until_done(seen, 1 + SLOW)

    assert done_meanwhile == [4711]
    assert seen.most_at_once == ASKERS_AT_ONCE
    assert sorted(seen.numbers[1:]) == list(range(SLOW))


async def ask_strangers(doors: Doors, count: int) -> None:
    async with doors.unit_of_work() as db:
        for number in range(count):
            await enqueue(db, ask_a_stranger, number=number)


async def until_asked(seen: Seen, count: int) -> None:
    async with asyncio.timeout(20):
        while seen.at_once < count:  # noqa: ASYNC110 - jobs tell nobody
            await asyncio.sleep(0.01)


async def until_done(seen: Seen, count: int) -> None:
    async with asyncio.timeout(20):
        while len(seen.numbers) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
