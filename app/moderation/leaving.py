"""What a moderator kept for themselves, once their account is no more."""

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.events import MemberErased
from app.moderation.keys import ConsoleKeys
from app.moderation.models import SavedFilter


async def forget_desk(session: AsyncSession, event: MemberErased) -> None:
    """Their keys and views of the queue go; what they decided stays decided, by a former member."""
    await session.execute(delete(ConsoleKeys).where(ConsoleKeys.user_id == event.user_id))
    await session.execute(delete(SavedFilter).where(SavedFilter.user_id == event.user_id))
