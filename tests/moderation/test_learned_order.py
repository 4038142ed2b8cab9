"""On PostgreSQL decisions are committed in another order than they are numbered."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.moderation.learned import LocalFilter, current_filter, rebuild
from app.moderation.learning.words import Words
from app.work import Doors
from tests.moderation.remarks import spam
from tests.moderation.test_learned import decided, teach

pytestmark = [pytest.mark.anyio, pytest.mark.only_on("postgres")]


async def look(doors: Doors, local_filter: LocalFilter) -> int:
    """What it has learned after looking once more."""
    async with doors.reading() as db:
        await local_filter.catch_up(db)
    return local_filter.learned.spam_learned


async def until_learned(number: int, look_again: Callable[[], Awaitable[int]]) -> None:
    """A server's other databases have transactions too, and a gap may have to wait for their end."""
    for _ in range(1000):
        if await look_again() == number:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"never learned {number}")


def a_writer(doors: Doors) -> AsyncSession:
    return doors.database.session(doors.database.writing_engine)


async def test_a_decision_that_is_committed_late_is_learned_all_the_same(doors: Doors) -> None:
    await teach(doors, 1)
    local_filter = await current_filter(doors)
    words = spam(4)

    async with a_writer(doors) as slow, a_writer(doors) as quick:
        early = await decided(slow, words[1], "spam")
        late = await decided(quick, words[2], "spam")
        assert early.id < late.id
        await quick.commit()
        # However often one looks: 2 is not yet there, so 3 has to wait.
        assert [await look(doors, local_filter) for _ in range(3)] == [1, 1, 1]
        await slow.commit()

    await until_learned(3, lambda: look(doors, local_filter))
    assert local_filter.reached == late.id


async def test_a_decision_that_is_taken_back_holds_nobody_up_for_ever(doors: Doors) -> None:
    await teach(doors, 1)
    local_filter = await current_filter(doors)

    async with a_writer(doors) as failing, a_writer(doors) as quick:
        await decided(failing, spam(2)[1], "spam")
        await decided(quick, spam(3)[2], "spam")
        await quick.commit()
        await look(doors, local_filter)
        await failing.rollback()

    await until_learned(2, lambda: look(doors, local_filter))


async def test_several_overlapping_decisions_are_each_learned_once(doors: Doors) -> None:
    await teach(doors, 1)
    local_filter = await current_filter(doors)
    writers = [a_writer(doors) for _ in range(5)]
    for number, writer in enumerate(writers):
        await decided(writer, Words(f"Overlapping number {number}"), "spam")

    for place in (3, 0, 4, 2, 1):
        if place == 2:
            await writers[place].rollback()
        else:
            await writers[place].commit()
        await look(doors, local_filter)
    for writer in writers:
        await writer.close()

    await until_learned(1 + 4, lambda: look(doors, local_filter))


async def test_starting_and_rebuilding_go_past_old_gaps(doors: Doors) -> None:
    await teach(doors, 1)
    for number in range(3):
        async with a_writer(doors) as writer:
            await decided(writer, Words(f"Never committed {number}"), "spam")
            await writer.rollback()
        await teach(doors, 1)

    async def after_a_start() -> int:
        return (await current_filter(doors)).learned.spam_learned

    async def after_a_rebuild() -> int:
        return (await rebuild(doors)).spam_learned

    await until_learned(3, after_a_start)
    await until_learned(3, after_a_rebuild)
