"""How threads are read. Only what is shown to everybody; a page is one range of one index."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core.db import BigId
from app.core.markup import SafeHtml
from app.core.prepared import Prepared
from app.discussions.models import Comment, CommentKind, CommentStatus, Section, Thread, ThreadPage

_Parent = aliased(Comment)
# Written out, not bound: SQLite uses a partial index only where the query names the same constant.
IS_APPROVED = Comment.status == literal_column("'approved'")
# Greater than every place: no segment begins with 0xFF before the year 34,000.
_END = b"\xff"


class ShownComment(NamedTuple):
    """What a page shows of a comment; a tombstone has no name, no text and no address.

    A tuple, as there are hundreds on a page.
    """

    id: int
    legacy_id: int | None
    section: Section
    kind: CommentKind
    status: CommentStatus
    parent_id: int | None
    # Whom it answers; None where that one is not shown with a name.
    parent_name: str | None
    depth: int
    user_id: int | None
    author_name: str
    author_url: str
    body_html: SafeHtml
    created_at: datetime
    edited_at: datetime | None

    @property
    def is_approved(self) -> bool:
        """False for the line that keeps the place of one that is not shown."""
        return self.status == CommentStatus.APPROVED


_COLUMNS = (
    Comment.id,
    Comment.legacy_id,
    Comment.section,
    Comment.kind,
    Comment.status,
    Comment.parent_id,
    _Parent.author_name.label("parent_name"),
    Comment.depth,
    Comment.user_id,
    Comment.author_name,
    Comment.author_url,
    Comment.body_html,
    Comment.created_at,
    Comment.edited_at,
)


async def comments_on_page(
    session: AsyncSession, thread_id: int, number: int
) -> list[ShownComment]:
    """What page `number` of a thread shows, in reading order, comments before linkbacks.

    One query, whose cost is that of the page, wherever in the thread it lies; empty beyond its end.
    """
    shown = await _ON_PAGE.rows(session, {"thread": thread_id, "page": number})
    return [ShownComment._make(row) for row in shown]


_THREAD, _PAGE = bindparam("thread", type_=BigId), bindparam("page", type_=Integer)


def _within(section: Section) -> ColumnElement[bool]:
    def first_place(of: ColumnElement[int]) -> Any:
        return (
            select(ThreadPage.first_place)
            .where(
                ThreadPage.thread_id == _THREAD,
                ThreadPage.section == section,
                ThreadPage.number == of,
            )
            .scalar_subquery()
        )

    return and_(
        Comment.section == section,
        Comment.place >= first_place(_PAGE),
        Comment.place < func.coalesce(first_place(_PAGE + 1), _END),
    )


_ON_PAGE = Prepared(
    select(*_COLUMNS)
    .outerjoin(
        _Parent, and_(_Parent.id == Comment.parent_id, _Parent.status == CommentStatus.APPROVED)
    )
    .where(Comment.thread_id == _THREAD, Comment.is_shown, or_(*map(_within, Section)))
    .order_by(Comment.section, Comment.place)
)


def page_number_of(comment: type[Comment] = Comment) -> ColumnElement[int]:
    """As a column of a query over comments: the number of the page each stands on."""
    return func.coalesce(
        select(func.max(ThreadPage.number))
        .where(
            ThreadPage.thread_id == comment.thread_id,
            ThreadPage.section == comment.section,
            ThreadPage.first_place <= comment.place,
        )
        .correlate(comment)
        .scalar_subquery(),
        1,
    )


def page_count_of_thread() -> ColumnElement[int]:
    """As a column of a query over threads: how many comment pages there are; 1 for an empty thread."""
    return func.coalesce(
        select(func.max(ThreadPage.number))
        .where(ThreadPage.thread_id == Thread.id)
        .correlate(Thread)
        .scalar_subquery(),
        1,
    )
