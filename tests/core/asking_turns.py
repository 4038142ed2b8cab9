"""A process that reserves turns at one server: `python -m tests.core.asking_turns URL COUNT`.

It begins when it is told to by a line, so that several can begin at once, and says the moments.
"""

import asyncio
import sys

from app.core import clock
from app.core.outbound.turns import STRANGERS
from app.core.outbound.turns_kept import TurnsInDatabase
from tests.databases import doors_to

HERE = ("blog.example", 443)


async def reserve(url: str, count: int) -> None:
    """Say the moments of so many turns."""
    async with doors_to(url) as doors:
        turns = TurnsInDatabase(doors)
        await turns.until(HERE, STRANGERS)
        _say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        for _ in range(count):
            wait = await turns.reserve(HERE, STRANGERS)
            _say(str(clock.unix_now() + wait))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(reserve(sys.argv[1], int(sys.argv[2])))
