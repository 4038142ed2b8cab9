"""How threads are read. Only what is shown to everybody; a page is one range of one index."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core.db import BigId, UtcDateTime
from app.core.markup import SafeHtml
from app.core.prepared import Prepared
from app.discussions.latest_posts.models import LatestPost
from app.discussions.models import (
    Comment,
    CommentKind,
    CommentStatus,
    Relation,
    Section,
    Thread,
    ThreadPage,
)
from app.moderation.models import AuthorKey

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
    is_edited_by_moderator: bool
    # False for what waits: only its author is shown it.
    is_shown: bool
    # What a linkback's page does with the post, where it says so.
    relation: Relation
    # What its author wrote last elsewhere; nothing where that is not wanted, or not found yet.
    latest_url: str | None
    latest_title: str | None
    latest_is_trusted: bool | None
    # Of an author with an account: where their profile stands, and their photo.
    author_slug: str | None
    author_photo: str | None

    @property
    def waits(self) -> bool:
        """Whether it waits for a moderator; a tombstone may, too, but that is shown to everybody."""
        return self.status == CommentStatus.PENDING and not self.is_shown

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
    Comment.is_edited_by_moderator,
    Comment.is_shown,
    Comment.relation,
    LatestPost.url,
    LatestPost.title,
    LatestPost.is_trusted,
    User.slug,
    User.photo_path,
)
# Without the last two.
_BARE_COLUMNS = (*_COLUMNS[:-2], null(), null())


async def comments_on_page(
    session: AsyncSession,
    thread_id: int,
    number: int,
    hidden: Collection[int] = (),
    *,
    with_profiles: bool = False,
) -> list[ShownComment]:
    """What page `number` of a thread shows, in reading order, comments before linkbacks.

    One query, whose cost is that of the page, wherever in the thread it lies; empty beyond its end.
    What the users in `hidden` wrote is left out, and their names: whoever asks does not see them. Where the profiles
    of its authors stand is read for pages that say it.
    """
    values = {"thread": thread_id, "page": number}
    if hidden:
        found = await session.execute(_on_page_without(list(hidden)), values)
        return [ShownComment._make(row) for row in found]
    prepared = _ON_PAGE_WITH_PROFILES if with_profiles else _ON_PAGE
    return [ShownComment._make(row) for row in await prepared.rows(session, values)]


_THREAD, _PAGE = bindparam("thread", type_=BigId), bindparam("page", type_=Integer)


def _ids_within(section: Section) -> Select[int]:
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

    shown = aliased(Comment)
    return select(shown.id).where(
        shown.thread_id == _THREAD,
        shown.section == section,
        shown.is_shown,
        shown.place >= first_place(_PAGE),
        shown.place < func.coalesce(first_place(_PAGE + 1), _END),
    )


def _shown_on_page(columns: Sequence[Any]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Comment)
        .outerjoin(
            _Parent, and_(_Parent.id == Comment.parent_id, _Parent.status == CommentStatus.APPROVED)
        )
        .outerjoin(LatestPost, LatestPost.comment_id == Comment.id)
        # One range for each section. Said by an OR, SQLite reads the whole thread in its order.
        .where(Comment.id.in_(union_all(*map(_ids_within, Section))))
        .order_by(Comment.section, Comment.place)
    )


_on_page = _shown_on_page(_COLUMNS).outerjoin(User, User.id == Comment.user_id)
_ON_PAGE, _ON_PAGE_WITH_PROFILES = Prepared(_shown_on_page(_BARE_COLUMNS)), Prepared(_on_page)


def _on_page_without(hidden: list[int]) -> Select[Any]:
    answered = case((_Parent.user_id.in_(hidden), null()), else_=_Parent.author_name)
    columns = [answered if one.key == "parent_name" else one for one in _COLUMNS]
    is_seen = or_(Comment.user_id.is_(None), Comment.user_id.not_in(hidden))
    query = _shown_on_page(columns).outerjoin(User, User.id == Comment.user_id)
    return query.where(is_seen)


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
    comments, linkbacks = map(_last_page_in, Section)
    return case((linkbacks > comments, linkbacks), else_=comments)


def _last_page_in(section: Section) -> ColumnElement[int]:
    # Of one section, it is the last row of the key; of both, all of them would be read.
    last = select(func.max(ThreadPage.number)).where(
        ThreadPage.thread_id == Thread.id, ThreadPage.section == section
    )
    return func.coalesce(last.correlate(Thread).scalar_subquery(), 1)


class Said(NamedTuple):
    """A comment with some text: what has to be known to tell whether it was said before."""

    id: int
    thread_id: int
    user_id: int | None
    author_email: str
    author_ip: str
    status: CommentStatus
    created_at: datetime


# Further back the same text is a new one.
REMEMBERED = timedelta(days=30)
_SAID_LATELY = Prepared(
    select(
        Comment.id, Comment.thread_id, Comment.user_id, Comment.author_email, Comment.author_ip,
        Comment.status, Comment.created_at,
    )
    .where(
        Comment.text_hash == bindparam("hash", type_=String),
        Comment.text_hash != literal_column("''"),
        Comment.created_at > bindparam("since", type_=UtcDateTime()),
    )
    .order_by(Comment.created_at.desc())
    .limit(20)
)  # fmt: skip
_WAITING_FROM = Prepared(
    select(func.count())
    .select_from(Comment)
    .where(
        Comment.status == literal_column("'pending'"),
        Comment.author_ip != literal_column("''"),
        Comment.author_ip.between(
            bindparam("first", type_=String), bindparam("last", type_=String)
        ),
    )
)


async def said_lately(session: AsyncSession, text_hash: str, at: datetime) -> Sequence[Said]:
    """Where the same text was said lately, newest first."""
    rows = await _SAID_LATELY.rows(session, {"hash": text_hash, "since": at - REMEMBERED})
    return [Said._make(row) for row in rows]


async def waiting_from(session: AsyncSession, first: str, last: str) -> int:
    """How many comments wait that came from a range of addresses."""
    rows = await _WAITING_FROM.rows(session, {"first": first, "last": last})
    number: int = rows[0][0]
    return number


_WAITING_OF = Prepared(
    select(*_COLUMNS)
    .join(AuthorKey, AuthorKey.id == Comment.author_key_id)
    .outerjoin(
        _Parent, and_(_Parent.id == Comment.parent_id, _Parent.status == CommentStatus.APPROVED)
    )
    .outerjoin(LatestPost, LatestPost.comment_id == Comment.id)
    .outerjoin(User, User.id == Comment.user_id)
    .where(
        AuthorKey.key == bindparam("key", type_=String),
        Comment.thread_id == _THREAD,
        Comment.status == literal_column("'pending'"),
        Comment.is_shown.is_(False),
    )
    .order_by(Comment.place)
)


async def waiting_of(session: AsyncSession, thread_id: int, key: str) -> list[ShownComment]:
    """What one author has said in a thread that waits: for their own eyes."""
    rows = await _WAITING_OF.rows(session, {"thread": thread_id, "key": key})
    return [ShownComment._make(row) for row in rows]
