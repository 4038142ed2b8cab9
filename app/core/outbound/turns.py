"""How often one server is asked. What is over its budget waits its turn; nothing is refused."""

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import anyio

from app.core.outbound.addresses import HostPort

MINUTE = 60.0
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


def next_turn(taken: Sequence[float], at: float, budget: Budget) -> float:
    """The first moment (seconds) from `at` on that keeps the budget; `taken` are sorted."""
    turn = at
    for count, window in ((budget.a_minute, MINUTE), (budget.a_day, DAY)):
        if len(taken) >= count:
            turn = max(turn, taken[-count] + window)
    return turn


@dataclass(frozen=True)
class Turns:
    """The turns of the last day, by host and port; in the memory of this process."""

    now: Callable[[], float] = anyio.current_time
    _taken: OrderedDict[HostPort, deque[float]] = field(default_factory=OrderedDict)

    async def take(self, server: HostPort, budget: Budget) -> None:
        """Wait until this server may be asked again, first come, first served."""
        wait = self._reserve(server, budget) - self.now()
        if wait > 0:
            await anyio.sleep(wait)

    def _reserve(self, server: HostPort, budget: Budget) -> float:
        at = self.now()
        self._forget(at - DAY)
        taken = self._taken.setdefault(server, deque())
        while taken and taken[0] < at - DAY:
            taken.popleft()
        turn = next_turn(taken, at, budget)
        taken.append(turn)
        self._taken.move_to_end(server)
        return turn

    def _forget(self, before: float) -> None:
        """Drop servers not asked since `before`, so that memory holds one day's hosts at most."""
        while self._taken:
            server, taken = next(iter(self._taken.items()))
            if taken[-1] >= before:
                return
            del self._taken[server]
