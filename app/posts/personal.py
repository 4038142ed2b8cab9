"""What somebody wrote here, as they take it away."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.posts.addresses import address
from app.posts.models import Post, PostAuthor


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
