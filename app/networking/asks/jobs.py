"""What is done later about asks and offers."""

from app.core import clock
from app.core.jobs import Tools, job
from app.networking.asks.keeping import expire_what_is_over, is_anything_over


@job("expire-asks-and-offers")
async def expire_asks(tools: Tools) -> None:
    """Write down which asks and offers have run out: pages read it right before that, too."""
    at, more = clock.now(), True
    while more:
        async with tools.work.reading() as session:
            more = await is_anything_over(session, at)
        # Most often there is nothing to do, and no reason to keep other writers waiting.
        if more:
            async with tools.work.unit_of_work() as session:
                more = await expire_what_is_over(session, at) > 0
