"""How much work a reader has, told without a clock on the wall: by growth, and by steps."""

import sys
import time
from collections.abc import Callable
from types import FrameType

_ATTEMPTS = 3
_REPEATS = 3


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times the processor time four times as much of it takes: 4 is fair, 16 the square.

    The least of a few attempts, as what else the machine does can only add to one of them.
    """
    return min(_time(work, 4 * size) / _time(work, size) for _attempt in range(_ATTEMPTS))


def _time(work: Callable[[int], object], size: int) -> float:
    return min(_once(work, size) for _repeat in range(_REPEATS))


def _once(work: Callable[[int], object], size: int) -> float:
    began = time.thread_time()
    work(size)
    # The finest clocks count in these.
    return max(time.thread_time() - began, 1e-6)


def steps(work: Callable[[], object]) -> int:
    """How many functions are called in doing it, those of Python's own libraries too."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted
