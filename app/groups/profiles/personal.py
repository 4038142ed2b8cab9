"""A member's profile, taken away or forgotten."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.jobs import Tools, job
from app.core.stores import store_of
from app.groups.profiles.actions import PIECES
from app.groups.profiles.models import Profile, ProfileWord
from app.groups.profiles.queries import own_words
from app.media.portraits import forget_portrait


async def own_page(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """All that stands on their profile, and who sees it."""
    profile = await session.get(Profile, user_id)
    if profile is None:
        return []
    return [
        {
            "headline": profile.headline,
            "about": profile.about_source,
            "badge": profile.badge,
            "links": profile.links,
            **{kind.value: words for kind, words in (await own_words(session, user_id)).items()},
            "is_listed": profile.is_listed,
            "seen_by": {piece: getattr(profile, f"{piece}_seen_by") for piece in PIECES},
        }
    ]


async def own_photo(session: AsyncSession, user_id: int) -> str:
    """The name of their picture; empty for none."""
    return await session.scalar(select(Profile.photo).where(Profile.user_id == user_id)) or ""


@job("forget_profile")
async def forget_profile(tools: Tools, *, user_id: int, email: str, texts_go: bool) -> None:
    """Their page, its words and its picture go, whatever becomes of what they said."""
    async with tools.work.unit_of_work() as session:
        photo = await own_photo(session, user_id)
        await session.execute(delete(ProfileWord).where(ProfileWord.user_id == user_id))
        if not photo:
            await session.execute(delete(Profile).where(Profile.user_id == user_id))
    if photo:
        # The file first: whoever is killed between the two finds its name again.
        settings = tools.settings
        await forget_portrait(store_of(settings), photo)
        async with tools.work.unit_of_work() as session:
            await session.execute(delete(Profile).where(Profile.user_id == user_id))
