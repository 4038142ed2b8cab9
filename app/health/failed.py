"""Jobs that failed for good: which they are, and trying them once more."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.policy import may_run_the_site
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict
from app.core.i18n import _
from app.core.jobs import Job, JobState

MOST_SHOWN = 50


async def jobs_that_failed(session: AsyncSession) -> Sequence[Job]:
    """The newest of those that failed for good."""
    failed = select(Job).where(Job.state == JobState.FAILED)
    return (await session.scalars(failed.order_by(Job.due_at.desc()).limit(MOST_SHOWN))).all()


async def try_once_more(session: AsyncSession, actor: Actor, job_id: int) -> None:
    """Let a failed job wait again, due now, with all its tries before it.

    Raises SignInNeeded, Forbidden, and Conflict where it is none of the failed any more.
    """
    require(may_run_the_site(actor))
    job = await session.get(Job, job_id, with_for_update=True)
    if job is None or job.state != JobState.FAILED:
        raise Conflict(
            _("This job is none of the failed any more: it was tried again, or forgotten.")
        )
    job.state, job.due_at, job.tries, job.worker = JobState.WAITING, clock.now(), 0, ""
    record_audit(
        session, actor, "failed job tried again", f"job:{job_id}", after={"name": job.name}
    )


async def try_all_once_more(session: AsyncSession, actor: Actor) -> int:
    """The same for all that failed; how many they are. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    again = {"state": JobState.WAITING, "due_at": clock.now(), "tries": 0, "worker": ""}
    done = await session.execute(
        update(Job).where(Job.state == JobState.FAILED).values(**again).returning(Job.id),
        execution_options={"synchronize_session": False},
    )
    number = len(done.all())
    if number:
        after = {"number": number}
        record_audit(session, actor, "failed jobs tried again", "jobs", after=after)
    return number
