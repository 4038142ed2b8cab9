"""What nobody needs any more goes by itself."""

from datetime import timedelta

from sqlalchemy import delete

from app.core import clock
from app.core.job_queue import forget_failed
from app.core.jobs import Tools, job
from app.core.limits import Allowance

FAILED_JOBS_KEPT = timedelta(days=30)


@job("forget-what-is-over")
async def forget_what_is_over(tools: Tools) -> None:
    """Delete allowances too old to count, and jobs that failed a month ago."""
    now = clock.now()
    async with tools.work.unit_of_work() as session:
        await session.execute(delete(Allowance).where(Allowance.stale_at < now.timestamp()))
        await forget_failed(session, now - FAILED_JOBS_KEPT)
