"""What somebody wrote here, as they take it away."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.events import MemberErased
from app.posts.addresses import address
from app.posts.autosaves import choices_in
from app.posts.beginning import BegunPost
from app.posts.models import Autosave, Post, PostAuthor


async def own_posts(session: AsyncSession, user_id: int, base_url: str) -> list[dict[str, Any]]:
    """Their posts and pages, drafts too."""
    query = (
        select(Post)
        .join(PostAuthor, PostAuthor.post_id == Post.id)
        .where(PostAuthor.user_id == user_id)
        .order_by(Post.id)
    )
    return [
        {
            "title": post.title,
            "address": base_url + address(post.path) if post.path else "",
            "state": post.status,
            "published_at": post.published_at,
            "text": post.body_source,
        }
        for post in await session.scalars(query)
    ]


async def own_unsaved_words(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """What they typed into posts and have not saved."""
    query = select(Autosave).where(Autosave.user_id == user_id).order_by(Autosave.id)
    return [
        {
            "title": words.title, "typed_at": words.saved_at, "text": words.body_source,
            "excerpt": words.excerpt_source, "chosen": choices_in(words) or {},
        }
        for words in await session.scalars(query)
    ]  # fmt: skip


async def forget_unsaved_words(session: AsyncSession, event: MemberErased) -> None:
    """What somebody typed and nobody else ever read goes with their account, and which forms they sent."""
    await session.execute(delete(Autosave).where(Autosave.user_id == event.user_id))
    await session.execute(delete(BegunPost).where(BegunPost.user_id == event.user_id))
