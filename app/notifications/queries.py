"""What letters tell, and which of them wait. None of this is filtered by who asks: jobs and owners get here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.core.i18n import _
from app.core.markup import BodyFormat, SafeHtml, read_elsewhere
from app.core.text import plain_text
from app.discussions.models import Comment, Thread
from app.discussions.queries import page_number_of
from app.notifications.models import Letter
from app.posts.addresses import address, comment_address
from app.posts.models import Post
from app.posts.queries import posts_visible_to


@dataclass(frozen=True)
class Said:
    """A comment as letters tell of it: who said it, where, and whether everybody may read that post."""

    comment: Comment
    title: str
    path: str
    page: int
    post_id: int
    is_public: bool

    @property
    def name(self) -> str:
        """Whoever said it."""
        return self.comment.author_name or _("Somebody")

    @property
    def at(self) -> str:
        """Where it stands, as a path with its anchor."""
        return comment_address(self.path, self.page, self.comment.id)

    @property
    def text(self) -> str:
        """Its words as they were typed."""
        if self.comment.body_format == BodyFormat.MARKDOWN:
            return self.comment.body_source
        return plain_text(self.comment.body_html)

    def html(self, base_url: str) -> SafeHtml:
        """Its words as a mail shows them."""
        return read_elsewhere(self.comment.body_html, base_url + address(self.path))


async def find_said(session: AsyncSession, comment_id: int) -> Said | None:
    """A comment, whatever its state; None when it is gone."""
    found = await said_of(session, [comment_id])
    return found[0] if found else None


async def said_of(session: AsyncSession, comment_ids: Sequence[int]) -> list[Said]:
    """Several comments, newest first."""
    is_public = posts_visible_to(VISITOR)
    query = (
        select(Comment, Post.title, Post.path, page_number_of(), Post.id, is_public)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Post, Post.id == Thread.post_id)
        .where(Comment.id.in_(comment_ids))
        .order_by(Comment.created_at.desc(), Comment.id.desc())
    )
    return [
        Said(comment, title or _("Untitled"), path or "/", page, post_id, bool(public))
        for comment, title, path, page, post_id, public in await session.execute(query)
    ]


@dataclass(frozen=True)
class BoxedLetter:
    """A letter as the console's outbox lists it, without what is in it."""

    id: int
    recipient: str
    subject: str
    created_at: datetime
    tries: int
    trouble: str
    retry_at: datetime | None
    failed_at: datetime | None


async def outbox(
    session: AsyncSession, *, before: int | None = None, most: int = 50
) -> list[BoxedLetter]:
    """Letters that wait or that no server would take, newest first; `before` is an id seen last."""
    query = (
        select(
            Letter.id, Letter.recipient, Letter.subject, Letter.created_at, Letter.tries,
            Letter.trouble, Letter.retry_at, Letter.failed_at,
        )
        .where(Letter.sent_at.is_(None))
        .order_by(Letter.id.desc())
        .limit(most)
    )  # fmt: skip
    if before is not None:
        query = query.where(Letter.id < before)
    return [BoxedLetter(*row) for row in await session.execute(query)]


async def find_letter(session: AsyncSession, letter_id: int) -> Letter | None:
    """One letter whole."""
    return await session.get(Letter, letter_id)
