"""Being told that the server is to stop, before it waits for the answers that are still open."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def at_the_signal(act: Callable[[], None]) -> Iterator[None]:
    """Call `act` when the server is told to stop, beside what it does by itself.

    Only where something waits for the signal already, as a server does: a test has none.
    """
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {}

    def told(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(act)
        before[number](number, frame)

    if callable(signal.getsignal(signal.SIGTERM)):
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for waited_for in before:
        signal.signal(waited_for, told)
    try:
        yield
    finally:
        for number, others in before.items():
            signal.signal(number, others)
