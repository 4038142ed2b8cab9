"""What nobody needs any more goes by itself."""

from datetime import timedelta

from app.core import clock
from app.core.job_queue import forget_failed
from app.core.jobs import Tools, job
from app.core.limits import forget_old_allowances
from app.core.outbound.turns_kept import forget_past_turns

FAILED_JOBS_KEPT = timedelta(days=30)


@job("forget-what-is-over")
async def forget_what_is_over(tools: Tools) -> None:
    """Delete allowances and turns too old to count, and jobs that failed a month ago."""
    now = clock.now()
    async with tools.work.unit_of_work() as session:
        await forget_old_allowances(session, now)
        await forget_past_turns(session)
        await forget_failed(session, now - FAILED_JOBS_KEPT)
