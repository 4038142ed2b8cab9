"""Looks at a page while its asker waits: each page once at a time, and to the end if nobody waits any more."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from app.core.logs import get_logger
from app.core.outbound.door import Door
from app.linkbacks.looking import Sight, ToLookAt, look

# An asker is answered within three seconds: what is left of them is for writing its ping down, which
# many may want at once.
PATIENCE = 2.0
# Each may hold a page of a megabyte. What is more is the worker's to look at, whose asker need not wait.
MOST = 32

log = get_logger(__name__)

Entering = Callable[[Sight], Awaitable[object]]


@dataclass
class Looks:
    """The looks of one process that are under way, by page and addresses looked for."""

    _under_way: dict[tuple[str, frozenset[str]], asyncio.Task[Sight]] = field(default_factory=dict)
    _entering: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, door: Door, at: ToLookAt) -> asyncio.Task[Sight] | None:
        """A look; the one under way, where there is one. None where too many others are under way."""
        key = at.source, frozenset(at.targets)
        task = self._under_way.get(key)
        if task is None:
            if len(self._under_way) >= MOST:
                return None
            task = self._under_way[key] = asyncio.create_task(look(door, at))
            task.add_done_callback(lambda _ended: self._under_way.pop(key, None))
        return task

    async def seen_in_time(self, task: asyncio.Task[Sight], asked_at: float) -> Sight | None:
        """What is seen while its asker is patient; None for what takes longer, or can't be looked at now.

        `asked_at` is when the asker came, by the loop's clock.
        """
        left = asked_at + PATIENCE - asyncio.get_running_loop().time()
        await asyncio.wait({task}, timeout=max(left, 0))
        return _sight_of(task) if task.done() else None

    def enter_later(self, task: asyncio.Task[Sight], enter: Entering) -> None:
        """Have what is seen entered when it is seen. If this process ends before, the worker does both."""
        entering = asyncio.create_task(_enter(task, enter))
        self._entering.add(entering)
        entering.add_done_callback(self._entering.discard)


LOOKS = Looks()


async def _enter(task: asyncio.Task[Sight], enter: Entering) -> None:
    await asyncio.wait({task})
    sight = _sight_of(task)
    if sight is None:
        return
    try:
        await enter(sight)
    except Exception:
        # Nobody waits for it; the worker looks once more.
        log.exception("what was seen of a page could not be entered")


def _sight_of(task: asyncio.Task[Sight]) -> Sight | None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.info("linkbacks.not_now", because=repr(error))
    return None if task.cancelled() or error is not None else task.result()
