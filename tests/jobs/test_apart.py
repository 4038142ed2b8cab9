"""What is done apart, on a thread of its own, lets others write, and ends when whoever waits for it is cancelled."""

import asyncio
import threading
from contextlib import suppress

import pytest
from sqlalchemy import text

from app.apart import do_apart
from app.core.jobs import Tools
from app.settings import Settings
from app.work import Doors
from tests.world import the_site

pytestmark = pytest.mark.anyio

_MANY, _FEW = 60, 6


async def test_others_write_between_its_units(doors: Doors, settings: Settings) -> None:
    begun, is_in, units = threading.Event(), threading.Event(), 0

    async def write_and_write(apart: Tools) -> None:
        nonlocal units
        while units < _MANY and not is_in.is_set():
            async with apart.work.unit_of_work() as db:
                await db.execute(text("UPDATE site SET tagline = 'apart'"))
                begun.set()
                await asyncio.sleep(0.2)
            units += 1

    async with doors.unit_of_work() as db:
        await the_site(db)
    working = asyncio.create_task(do_apart(Tools(doors, settings), write_and_write))
    await asyncio.to_thread(begun.wait, 30)
    async with doors.unit_of_work() as db:
        await db.execute(text("UPDATE site SET tagline = 'here'"))
    is_in.set()
    await working

    assert units < _FEW


async def test_who_is_cancelled_cancels_it(doors: Doors, settings: Settings) -> None:
    begun, over = threading.Event(), threading.Event()

    async def wait_for_ever(apart: Tools) -> None:
        begun.set()
        try:
            await asyncio.sleep(1000)
        finally:
            over.set()

    waiting = asyncio.create_task(do_apart(Tools(doors, settings), wait_for_ever))
    await asyncio.to_thread(begun.wait, 30)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting

    assert await asyncio.to_thread(over.wait, 30)
