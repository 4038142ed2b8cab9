"""Long work in a process that also answers readers: piece by piece, with rests between."""

import asyncio
import time

# Of an hour of such work, readers lose a fifth of one processor at most.
_TIMES_AS_LONG = 4
_LONGEST = 2.0


class Leisure:
    """Rests after each piece four times as long as the piece took, two seconds at most."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    async def rest(self) -> None:
        """To be awaited between two pieces."""
        taken = time.monotonic() - self._began
        await asyncio.sleep(min(taken * _TIMES_AS_LONG, _LONGEST))
        self._began = time.monotonic()
