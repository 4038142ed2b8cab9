"""What is noted in memory, as reading writes nothing, is written down beside all else, and once more at the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import TypeAlias

Doing: TypeAlias = Callable[[], Awaitable[object]]

MINUTE = 60.0
# What the task is called: what it asks is asked by nobody's request.
NOTING = "noting"


def written_by_the_minute(write: Doing) -> AbstractAsyncContextManager[None]:
    """`write` every sixty seconds as long as the block lasts, and at its end."""

    async def turn() -> None:
        await asyncio.sleep(MINUTE)
        await write()

    return written_again_and_again(turn, write)


@asynccontextmanager
async def written_again_and_again(turn: Doing, write: Doing) -> AsyncIterator[None]:
    """One `turn` after the other as long as the block lasts; each waits as it likes. At its end, `write`."""
    turns = asyncio.create_task(_forever(turn), name=NOTING)
    try:
        yield
    finally:
        turns.cancel()
        with suppress(asyncio.CancelledError):
            await turns
        await write()


async def _forever(turn: Doing) -> None:
    while True:
        await turn()
