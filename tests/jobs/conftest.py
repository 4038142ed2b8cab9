"""What tests of jobs may ask for."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.jobs.doing import Seen
from tests.jobs.doing import seen as _seen


@pytest.fixture
def seen() -> Iterator[Seen]:
    """What jobs did in this process during this test."""
    yield _seen
    _seen.numbers.clear()
    _seen.trouble = None
    _seen.at_once = _seen.most_at_once = 0
    _seen.strangers_answer = asyncio.Event()
