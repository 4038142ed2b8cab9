"""A command that writes for long, such as an import, lets the site write in between, and hardly pauses for nobody."""

import asyncio
import threading
from time import monotonic

import pytest
from sqlalchemy import text

from app.cli.context import run_prepared
from app.settings import Settings
from app.work import Doors
from tests.world import the_site

pytestmark = pytest.mark.anyio


async def test_others_write_between_the_units_of_a_long_command(
    doors: Doors, settings: Settings
) -> None:
    begun, is_in = threading.Event(), threading.Event()

    async def write_and_write(there: Doors, _settings: Settings) -> int:
        units, until = 0, monotonic() + 20
        while monotonic() < until and not is_in.is_set():
            async with there.unit_of_work() as db:
                await db.execute(text("UPDATE site SET tagline = 'there'"))
                begun.set()
                await asyncio.sleep(0.3)
            units += 1
        return units

    async with doors.unit_of_work() as db:
        await the_site(db)
    command = asyncio.create_task(asyncio.to_thread(run_prepared, write_and_write, settings))
    await asyncio.to_thread(begun.wait, 30)
    waits, waited = monotonic(), list[float]()
    for _time in range(5):
        async with doors.unit_of_work() as db:
            await db.execute(text("UPDATE site SET tagline = 'here'"))
        waited.append(monotonic() - waits)
        waits = monotonic()
    is_in.set()
    await command

    assert max(waited) < 5
    # Whoever was seen to write need not wait as long again.
    assert sum(waited[1:]) < 4


async def test_a_command_hardly_pauses_while_nobody_else_writes(settings: Settings) -> None:
    async def write_much(there: Doors, _settings: Settings) -> float:
        async with there.unit_of_work() as db:
            await the_site(db)
        begun = monotonic()
        for _time in range(100):
            async with there.unit_of_work() as db:
                await db.execute(text("UPDATE site SET tagline = 'there'"))
        return monotonic() - begun

    # With a pause after each it would be twelve seconds.
    assert await asyncio.to_thread(run_prepared, write_much, settings) < 8
