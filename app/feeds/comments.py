"""Comments as feeds need them, in the order of their approval. One query fills a feed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, bindparam, not_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import VISITOR
from app.core.markup import SafeHtml
from app.discussions.models import Comment, CommentStatus, Section, Thread
from app.discussions.queries import IS_APPROVED, page_number_of
from app.posts.models import Post
from app.posts.queries import posts_visible_to

Rows: TypeAlias = Select[*tuple[Any, ...]]

# Beyond so many comments it is quicker to know all hidden threads than to look at each one's post.
FAR = 1_000

_Parent = aliased(Comment)


@dataclass(frozen=True, slots=True)
class FeedComment:
    """A comment as a feed needs it; `page` and `parent_page` number the pages the two stand on."""

    id: int
    guid: str
    section: Section
    author_name: str
    author_url: str
    body_html: SafeHtml
    created_at: datetime
    approved_at: datetime
    parent_id: int | None
    parent_guid: str | None
    parent_page: int
    page: int
    post_id: int
    post_guid: str
    post_path: str
    post_title: str


async def newest_comments(
    session: AsyncSession, *, under: int | None = None, skip: int, limit: int
) -> list[FeedComment]:
    """Approved comments and linkbacks, last approved first: of one thread, or of all public ones."""
    values = {"skip": skip, "most": limit}
    if under is not None:
        query, values = _OF_THREAD, values | {"thread": under}
    else:
        query = _PUBLIC if skip <= FAR else _PUBLIC_FAR
    rows: Iterable[Any] = await session.execute(query, values)
    return [FeedComment(*row) for row in rows]


async def comments_among(session: AsyncSession, ids: Sequence[int]) -> list[FeedComment]:
    """Those of these that stand in public under posts."""
    values = {"ids": ids, "skip": 0, "most": len(ids)}
    rows: Iterable[Any] = await session.execute(_AMONG, values)
    return [FeedComment(*row) for row in rows]


def _comments_where(condition: ColumnElement[bool]) -> Rows:
    last_approved = (Comment.approved_at.desc(), Comment.id.desc())
    ids = select(Comment.id).where(IS_APPROVED, condition).order_by(*last_approved)
    ids = ids.offset(bindparam("skip")).limit(bindparam("most"))
    answered = and_(_Parent.id == Comment.parent_id, _Parent.status == CommentStatus.APPROVED)
    return (
        select(
            Comment.id,
            Comment.guid,
            Comment.section,
            Comment.author_name,
            Comment.author_url,
            Comment.body_html,
            Comment.created_at,
            Comment.approved_at,
            _Parent.id,
            _Parent.guid,
            page_number_of(_Parent),
            page_number_of(),
            Post.id,
            Post.guid,
            Post.path,
            Post.title,
        )
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Post, Post.id == Thread.post_id)
        .outerjoin(_Parent, answered)
        .where(Comment.id.in_(select(ids.subquery().c.id)))
        .order_by(*last_approved)
    )


_visible = posts_visible_to(VISITOR)
_threads = select(Thread.id).join(Post, Post.id == Thread.post_id)
_is_public = _threads.where(Thread.id == Comment.thread_id, _visible).correlate(Comment).exists()
# What is said in groups has feeds of its own.
_in_groups = select(Thread.id).where(Thread.topic_id.is_not(None))
_is_not_hidden = and_(
    Comment.thread_id.not_in(_threads.where(not_(_visible))), Comment.thread_id.not_in(_in_groups)
)

# Put together once: that takes SQLAlchemy as long as asking.
_OF_THREAD = _comments_where(Comment.thread_id == bindparam("thread"))
_PUBLIC = _comments_where(_is_public)
_AMONG = _comments_where(and_(Comment.id.in_(bindparam("ids", expanding=True)), _is_public))
_PUBLIC_FAR = _comments_where(_is_not_hidden)
