"""What this site's own filter thinks of a submission."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.moderation.submission import Learned, Submission


async def local_opinion(session: AsyncSession, submission: Submission) -> Learned | None:
    """A score with its reasons; None while too little was learned."""
    return None
