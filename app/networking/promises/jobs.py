"""What is done later about promises."""

from app.core import clock
from app.core.jobs import Tools, job
from app.networking.promises import keeping


@job("keep-promises")
async def keep_promises(tools: Tools) -> None:
    """Let run out what waited too long, and remind of what is due: a batch a unit, until nothing is left."""
    at = clock.now()
    async with tools.work.reading() as session:
        is_due = await keeping.is_anything_due(session, at)
    # Most often there is nothing to do, and no reason to keep other writers waiting.
    while is_due:
        async with tools.work.unit_of_work() as session:
            is_due = await keeping.keep_promises(session, at) > 0
