"""Who said something lately, for the strip on the first page."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.core.i18n import _
from app.core.prepared import Prepared
from app.discussions.models import Comment, Section, Thread
from app.discussions.queries import IS_APPROVED, page_number_of
from app.posts.addresses import comment_address
from app.posts.models import Post
from app.posts.queries import posts_visible_to
from app.web.pages.archive_pages import Said

MOST = 5

# Walks the index of approvals from its end, and stops after the fifth.
_LATELY = Prepared(
    select(
        Comment.id,
        Comment.author_name,
        Comment.created_at,
        page_number_of(),
        Post.title,
        Post.path,
    )
    .join(Thread, Thread.id == Comment.thread_id)
    .join(Post, Post.id == Thread.post_id)
    .where(IS_APPROVED, Comment.section == Section.COMMENTS, posts_visible_to(VISITOR))
    .order_by(Comment.approved_at.desc(), Comment.id.desc())
    .limit(MOST)
)


async def said_lately(session: AsyncSession) -> list[Said]:
    """The comments approved last under what everybody may read."""
    return [
        Said(
            name=name or _("Anonymous"),
            title=title or _("Untitled"),
            url=comment_address(path or "/", page, comment_id),
            at=at,
        )
        for comment_id, name, at, page, title, path in await _LATELY.rows(session, {})
    ]
