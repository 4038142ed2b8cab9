"""How often one server is asked. What is over its budget waits its turn; nothing is refused."""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import anyio

HostPort: TypeAlias = tuple[str, int]

# And a second for the way: the first request of a minute may come later than its turn was taken, the
# eleventh at once, and whoever is asked counts what comes.
MINUTE = 61.0
DAY = 86_400.0


@dataclass(frozen=True)
class Budget:
    """So many requests a minute and a day to one host and port."""

    a_minute: int
    a_day: int


STRANGERS = Budget(a_minute=10, a_day=200)
# Thousands of files from the owner's own former site, fetched at the owner's own request: ten a
# second is what one reader of its pages with pictures asks of it.
FORMER_SITE = Budget(a_minute=600, a_day=100_000)


class Turns(Protocol):
    """Where the turns are written down. Every answer is in seconds from now, and 0 for now."""

    async def reserve(self, server: HostPort, budget: Budget) -> float:
        """Take the next free turn, and say when it comes: first come, first served."""

    async def claim(self, server: HostPort, budget: Budget, kept_for: str) -> float:
        """Take a turn if it has come; else say when it comes, and take none.

        Where somebody is named, who will come back then, the place in the queue is kept for them.
        """

    async def count(self, server: HostPort) -> None:
        """Write down a request that waited for no turn of its own."""

    async def until(self, server: HostPort, budget: Budget) -> float:
        """When the next free turn comes; takes none and promises nothing."""


def next_turn(taken: Sequence[float], at: float, budget: Budget) -> float:
    """The first moment (seconds) from `at` on that keeps the budget; `taken` are sorted."""
    turn = at
    for count, window in ((budget.a_minute, MINUTE), (budget.a_day, DAY)):
        if len(taken) >= count:
            turn = max(turn, taken[-count] + window)
    return turn


@dataclass(frozen=True)
class TurnsInMemory:
    """The turns of the last day, for a process that is the only one to ask: an import, or a test."""

    now: Callable[[], float] = anyio.current_time
    _taken: OrderedDict[HostPort, list[float]] = field(default_factory=OrderedDict)

    async def reserve(self, server: HostPort, budget: Budget) -> float:
        """Take the next free turn."""
        at = self.now()
        turn = next_turn(self._of(server, at), at, budget)
        self._write(server, turn)
        return turn - at

    async def claim(self, server: HostPort, budget: Budget, kept_for: str) -> float:
        """Take a turn if it has come. Nobody's place is kept: there is nobody else in the queue."""
        wait = await self.until(server, budget)
        if wait == 0:
            self._write(server, self.now())
        return wait

    async def count(self, server: HostPort) -> None:
        """Write down a request without a turn."""
        self._write(server, self.now())

    async def until(self, server: HostPort, budget: Budget) -> float:
        """When the next free turn comes."""
        at = self.now()
        return next_turn(self._of(server, at), at, budget) - at

    def _of(self, server: HostPort, at: float) -> list[float]:
        self._forget(at - DAY)
        taken = self._taken.get(server, [])
        del taken[: bisect_left(taken, at - DAY)]
        return taken

    def _write(self, server: HostPort, turn: float) -> None:
        # What was only counted comes before turns that others wait for.
        insort(self._taken.setdefault(server, []), turn)
        self._taken.move_to_end(server)

    def _forget(self, before: float) -> None:
        """Drop servers not asked since `before`, so that memory holds one day's hosts at most."""
        while self._taken:
            server, taken = next(iter(self._taken.items()))
            if taken and taken[-1] >= before:
                return
            del self._taken[server]
