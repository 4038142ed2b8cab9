"""What is kept of signing in, and for how long; for a schedule of the worker."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.api_answers import forget_old_answers
from app.accounts.models import AuditEntry, OneTimeLink, UserSession
from app.accounts.sent_forms import forget_old_forms

# Whoever comes back with an old link is told that it is old, for so long.
LINKS_KEPT = timedelta(days=30)
AUDIT_KEPT = timedelta(days=730)


async def forget_what_is_old(session: AsyncSession, at: datetime) -> None:
    """Delete sessions that are over, links too old long ago, entries of two years past, and yesterday's forms."""
    await session.execute(delete(UserSession).where(UserSession.expires_at <= at))
    await session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at <= at - LINKS_KEPT))
    await session.execute(delete(AuditEntry).where(AuditEntry.at <= at - AUDIT_KEPT))
    await forget_old_answers(session, at)
    await forget_old_forms(session, at)
