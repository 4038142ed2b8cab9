"""What is done later about people."""

from app.accounts.retention import forget_what_is_old
from app.core import clock
from app.core.jobs import Tools, job


@job("forget-what-expired")
async def forget_what_expired(tools: Tools) -> None:
    """Delete sessions that are over, links that were too old long ago, and what was changed years ago."""
    async with tools.work.unit_of_work() as session:
        await forget_what_is_old(session, clock.now())
