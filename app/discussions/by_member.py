"""What a member said in public lately."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.core.i18n import _
from app.core.text import plain_text, shorten
from app.discussions.models import Comment, CommentKind, Thread
from app.discussions.queries import IS_APPROVED, page_number_of
from app.posts.addresses import comment_address
from app.posts.models import Post
from app.posts.queries import posts_visible_to

MOST = 5
_WORDS = 40


@dataclass(frozen=True)
class PublicWord:
    """One comment under a post that everybody may read."""

    title: str
    url: str
    excerpt: str
    at: datetime


async def public_words_of(session: AsyncSession, user_id: int) -> list[PublicWord]:
    """The comments of theirs that were approved last, whoever asks: they stand in public. One query."""
    query = (
        select(Comment.id, Comment.body_html, Comment.created_at, page_number_of(), Post.title, Post.path)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Post, Post.id == Thread.post_id)
        .where(
            Comment.user_id == user_id,
            IS_APPROVED,
            Comment.kind == CommentKind.COMMENT,
            posts_visible_to(VISITOR),
        )
        .order_by(Comment.approved_at.desc(), Comment.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return [
        PublicWord(
            title=title or _("Untitled"),
            url=comment_address(path or "/", page, comment_id),
            excerpt=shorten(plain_text(html), _WORDS),
            at=at,
        )
        for comment_id, html, at, page, title, path in await session.execute(query)
    ]
