"""What is done later about introductions."""

from app.core import clock
from app.core.jobs import Tools, job
from app.networking.introductions import keeping


@job("keep-introductions")
async def keep_introductions(tools: Tools) -> None:
    """Let run out what waited too long, and ask after a month whether people talked."""
    at = clock.now()
    async with tools.work.reading() as session:
        is_due = await keeping.is_anything_due(session, at)
    # Most often there is nothing to do, and no reason to keep other writers waiting.
    if is_due:
        async with tools.work.unit_of_work() as session:
            await keeping.keep_introductions(session, at)
