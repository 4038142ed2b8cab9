"""Feeds a reader for as long as is wanted: RAPPORT_TEST_FUZZ_SECONDS, each; in passing by default."""

import os
import random
import time
import tracemalloc
import warnings
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

from tests.effort import steps

Meal = TypeVar("Meal")
Given = TypeVar("Given")

SECONDS = float(os.environ.get("RAPPORT_TEST_FUZZ_SECONDS", "0"))
_IN_PASSING, _AT_ONCE = 20, 500
# To think of a meal takes longer than to eat it: each is served a few times more, cut up and mixed.
_SERVED_AGAIN = 20 if SECONDS else 2
# What is smaller cannot be much work.
_LARGE = 20_000
_MOST_STEPS, _MOST_STEPS_A_BYTE = 1_000_000, 20
_MOST_MEMORY, _MOST_MEMORY_A_BYTE = 10_000_000, 60


def feed(name: str, meals: st.SearchStrategy[Meal], eat: Callable[[Meal], None]) -> None:
    """Have a reader eat one meal after the other; the same ones in every ordinary run."""
    eaten = 0
    is_sick = False
    slowest, at_most = "", 0.0

    def eat_one(meal: Meal) -> None:
        nonlocal eaten, is_sick, slowest, at_most
        began = time.thread_time()
        try:
            eat(meal)
        except BaseException as error:
            if SECONDS and not is_sick:
                # Told at once, as to look for a smaller piece may take longer than anybody waits.
                print(f"\n{name}: sick of {meal!r}: {error!r}", flush=True)  # noqa: T201
            is_sick = True
            error.add_note(f"The meal: {meal!r:.2000}")
            raise
        eaten += 1
        if (took := time.thread_time() - began) > at_most:
            slowest, at_most = repr(meal)[:200], took

    @settings(
        deadline=None,
        database=None,
        derandomize=not SECONDS,
        max_examples=_AT_ONCE if SECONDS else _IN_PASSING,
        suppress_health_check=list(HealthCheck),
    )
    @given(meals, st.integers(0, 2**32))
    def eat_often(meal: Meal, seed: int) -> None:
        # Of what made it sick a smaller piece is looked for as long as that takes.
        if SECONDS and not is_sick and time.monotonic() > ends:
            return
        eat_one(meal)
        chance = random.Random(seed)
        for _time in range(_SERVED_AGAIN):
            eat_one(_mixed(meal, chance))

    ends = time.monotonic() + SECONDS
    with warnings.catch_warnings():
        # A meal is large; so is what it is said to be made of.
        warnings.simplefilter("ignore", HypothesisWarning)
        eat_often()
        while time.monotonic() < ends:
            eat_often()
    print(f"\n{name}: {eaten} meals, the slowest {at_most:.2f} s: {slowest}")  # noqa: T201


def _mixed(meal: Any, chance: random.Random) -> Any:
    """The meal with something of each text in it left out, doubled or put elsewhere."""
    if isinstance(meal, StrEnum):
        return meal
    if isinstance(meal, tuple | list):
        return type(meal)(_mixed(part, chance) for part in meal)
    if isinstance(meal, dict):
        return {name: _mixed(part, chance) for name, part in meal.items()}
    is_text = isinstance(meal, str | bytes)
    return _cut_up(meal, chance) if is_text and chance.random() < 0.7 else meal


def _cut_up(text: Any, chance: random.Random) -> Any:
    for _cut in range(chance.randint(1, 4)):
        start, end, to = sorted(chance.randint(0, len(text)) for _place in range(3))
        end = min(end, start + chance.choice((1, 5, 60)))
        piece, rest = text[start:end], text[:start] + text[end:]
        text = rest[:to] + piece * chance.choice((0, 1, 2, 9)) + rest[to:]
    return text


def read_twice(read: Callable[[], Given], size: int) -> Given:
    """What is read from so many bytes: the same each time, and with bounded work and memory."""
    once = read()
    if size < _LARGE:
        assert read() == once
        return once
    assert steps(read) < _MOST_STEPS + size * _MOST_STEPS_A_BYTE
    tracemalloc.start(1)
    try:
        assert read() == once
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < _MOST_MEMORY + size * _MOST_MEMORY_A_BYTE
    return once
