"""What is done later about people."""

from datetime import timedelta

from sqlalchemy import delete

from app.accounts.models import OneTimeLink, UserSession
from app.core import clock
from app.core.jobs import Tools, job

# So long whoever opens a link too late is told that it was one.
LINKS_REMEMBERED = timedelta(days=30)


@job("forget-what-expired")
async def forget_what_expired(tools: Tools) -> None:
    """Delete sessions that are over and links that were too old a month ago."""
    now = clock.now()
    async with tools.work.unit_of_work() as session:
        await session.execute(delete(UserSession).where(UserSession.expires_at < now))
        await session.execute(
            delete(OneTimeLink).where(OneTimeLink.expires_at < now - LINKS_REMEMBERED)
        )
