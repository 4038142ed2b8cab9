"""Jobs that the tests have done; declared once, as every job of the program is."""

from dataclasses import dataclass, field

from app.core.jobs import Tools, enqueue, job


@dataclass
class Seen:
    """What the jobs below did in this process, and what they are to do."""

    numbers: list[int] = field(default_factory=list)
    trouble: Exception | None = None


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


@job("test-count-down")
async def count_down(tools: Tools, *, number: int) -> None:
    """Remember a number, and have the one below it remembered, too."""
    seen.numbers.append(number)
    if number:
        async with tools.work.unit_of_work() as db:
            await enqueue(db, count_down, number=number - 1)
