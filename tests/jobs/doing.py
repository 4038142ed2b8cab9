"""Jobs that the tests have done; declared once, as every job of the program is."""

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path

from app.accounts.models import AuditEntry
from app.core import clock
from app.core.jobs import Tools, enqueue, job
from app.worker import main as work


@dataclass
class Seen:
    """What the jobs below did in this process, and what they are to do."""

    numbers: list[int] = field(default_factory=list)
    trouble: Exception | None = None
    at_once: int = 0
    most_at_once: int = 0
    strangers_answer: asyncio.Event = field(default_factory=asyncio.Event)


seen = Seen()


@job("test-remember")
async def remember(tools: Tools, *, number: int) -> None:
    """Remember a number."""
    seen.numbers.append(number)


@job("test-fail", retries=(60, 600))
async def fail_or_remember(tools: Tools, *, number: int) -> None:
    """Fail as long as there is a trouble."""
    if seen.trouble is not None:
        raise seen.trouble
    seen.numbers.append(number)


@job("test-fail-always")
async def fail(_tools: Tools) -> None:
    """Fail."""
    raise OSError("The disk is full.")


@job("test-count-down")
async def count_down(tools: Tools, *, number: int) -> None:
    """Remember a number, and have the one below it remembered, too."""
    seen.numbers.append(number)
    if number:
        async with tools.work.unit_of_work() as db:
            await enqueue(db, count_down, number=number - 1)


@job("test-ask-again")
async def ask_again(tools: Tools, *, number: int) -> None:
    """Remember a number, and ask under its own key, while it runs, to be run again with the next."""
    seen.at_once += 1
    seen.most_at_once = max(seen.most_at_once, seen.at_once)
    if number:
        async with tools.work.unit_of_work() as db:
            await enqueue(db, ask_again, once="all", number=number - 1)
        await asyncio.sleep(0.05)
    seen.numbers.append(number)
    seen.at_once -= 1


@job("test-ask-a-stranger", asks_strangers=True)
async def ask_a_stranger(tools: Tools, *, number: int) -> None:
    """Wait for a stranger's server, which answers when it likes."""
    seen.at_once += 1
    seen.most_at_once = max(seen.most_at_once, seen.at_once)
    await seen.strangers_answer.wait()
    seen.numbers.append(number)
    seen.at_once -= 1


@job("test-published")
async def published(tools: Tools, *, comment_id: int) -> None:
    """Remember which comment was published."""
    seen.numbers.append(comment_id)


@job("test-leave-a-mark")
async def leave_a_mark(tools: Tools, *, number: int) -> None:
    """Write a row; where the environment names a file to hold at, make it and wait for ever before the commit."""
    async with tools.work.unit_of_work() as db:
        db.add(AuditEntry(at=clock.now(), what="test", thing=f"mark:{number}"))
        await db.flush()
        if hold := os.environ.get("HOLD_AT"):
            reached(hold)
            await asyncio.sleep(3600)


def reached(path: str) -> None:
    """Let whoever waits for this file know."""
    Path(path).touch()


def main() -> None:
    """Be a worker that knows these jobs, too."""
    work()
