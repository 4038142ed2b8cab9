"""What the console's queue shows of comments: one query for a page, two more for what stands around it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core import clock
from app.core.markup import SafeHtml
from app.discussions.latest_posts.models import LatestPost
from app.discussions.models import (
    Appeal,
    AppealState,
    Comment,
    CommentEdit,
    CommentKind,
    Thread,
)
from app.discussions.reach import (
    ARE_COMMENTS,
    about_comment,
    case_shown_to,
    cases_listed,
    cases_of,
)
from app.groups.models import Group, Topic
from app.moderation.models import AuthorKey, AuthorNote, Case
from app.moderation.queue import IN_SPAM, PAGE_SIZE, Cursor, listed, order_of
from app.moderation.sampling import asked_this_week
from app.moderation.sought import Sought, View
from app.moderation.watching import LOOKS_FOR
from app.posts.models import Post

_Parent = aliased(Comment)
_Before = aliased(Comment)
_Claimer, _Giver, _Looker = aliased(User), aliased(User), aliased(User)
# So much of what stands around a comment is read.
_EXCERPT = 600


class QueueItem(NamedTuple):
    """A case, the comment it is about, and where that stands."""

    case: Case
    comment: Comment
    thread_id: int
    thread_closed_at: datetime | None
    # Of what stands under a post.
    post_id: int | None
    post_title: str | None
    post_path: str | None
    # Of what is said in a group.
    topic_id: int | None
    topic_title: str | None
    topic_slug: str | None
    is_topic_locked: bool | None
    topic_kind: str | None
    opening_id: int | None
    group_id: int | None
    group_name: str | None
    group_slug: str | None
    parent_id: int | None
    parent_name: str | None
    parent_html: str | None
    author: AuthorKey | None
    claimer: str | None
    giver: str | None
    looker: str | None
    # A new text that waits, while the one of the comment is shown.
    new_html: SafeHtml | None
    # The two that are shown before it.
    before_id: int | None
    before_that_id: int | None
    # What its author says against its removal, as long as that waits.
    appeal: str | None
    # What its author wrote last elsewhere.
    latest_url: str | None
    latest_title: str | None

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is said where it stands."""
        return self.thread_closed_at is not None or bool(self.is_topic_locked)

    @property
    def opens_topic(self) -> bool:
        """Whether it is what a topic begins with."""
        return self.topic_id is not None and self.opening_id == self.comment.id


class OtherItem(NamedTuple):
    """A case about something that nobody said: what that is, whoever owns such things knows."""

    case: Case
    group_name: str | None
    group_slug: str | None
    claimer: str | None


class Said(NamedTuple):
    """Something that was said before, in few words."""

    id: int
    name: str
    html: str
    created_at: datetime


class Note(NamedTuple):
    """What a moderator noted about an author."""

    author_key_id: int
    text: str
    by: str | None
    at: datetime


async def queue_page(
    session: AsyncSession,
    actor: Actor,
    sought: Sought,
    *,
    after: Cursor | None = None,
    most: int = PAGE_SIZE,
) -> list[QueueItem | OtherItem]:
    """One page of a list, and one more item where there are more.

    This week's ten stand apart from the other likely mistakes: see `sampled_items`.
    """
    where = cases_listed(sought, actor, clock.now())
    if has_sample(actor, sought):
        where = and_(where, Case.id.not_in(asked_this_week(clock.now())))
    page = listed(where, sought.view, after, most + 1).subquery()
    query = _all_items().join(page, page.c.id == Case.id).order_by(*order_of(sought.view))
    return [item for row in await session.execute(query) if (item := _read(row)) is not None]


async def other_items(session: AsyncSession, which: ColumnElement[bool]) -> list[OtherItem]:
    """Cases of other things; for whoever has asked whose they are."""
    query = _all_items().where(which).execution_options(populate_existing=True)
    read = (_read(row) for row in await session.execute(query))
    return [item for item in read if isinstance(item, OtherItem)]


def _read(row: Any) -> QueueItem | OtherItem | None:
    item = QueueItem(*row)
    # As it comes from a join to the left, there may be no comment.
    if row[1] is not None:
        return item
    is_gone = item.case.kind in set(CommentKind)
    return None if is_gone else OtherItem(item.case, item.group_name, item.group_slug, item.claimer)


async def found_on_page(
    session: AsyncSession,
    actor: Actor,
    sought: Sought,
    found: Select[Any],
    *,
    after: Cursor | None = None,
    most: int = PAGE_SIZE,
) -> Sequence[int]:
    """The ids of the cases on one page of a search, and one more; `found` are ids of comments."""
    where = and_(cases_listed(sought, actor, clock.now()), ARE_COMMENTS)
    return (await session.scalars(listed(where, sought.view, after, most + 1, found))).all()


async def items_of(
    session: AsyncSession, actor: Actor, view: View, case_ids: Sequence[int]
) -> list[QueueItem]:
    """These cases, as far as somebody may decide about them, in the order of a list."""
    query = _items().where(Case.id.in_(case_ids), cases_of(actor)).order_by(*order_of(view))
    return [QueueItem(*row) for row in await session.execute(query)]


def has_sample(actor: Actor, sought: Sought) -> bool:
    """Whether this is the list above which this week's ten stand: whole, and before a moderator."""
    return sought.view == View.MISTAKES and actor.moderates and not sought.is_narrowed


async def sampled_items(session: AsyncSession, actor: Actor, at: datetime) -> list[QueueItem]:
    """Those of this week's ten that nobody has answered yet, the likeliest mistake first."""
    query = _items().where(Case.id.in_(asked_this_week(at)), IN_SPAM, cases_of(actor))
    rows = await session.execute(query.order_by(*order_of(View.MISTAKES)))
    return [QueueItem(*row) for row in rows]


async def queue_item(session: AsyncSession, actor: Actor, comment_id: int) -> QueueItem | None:
    """The case of one comment, as it is now."""
    query = _items().where(about_comment(comment_id), case_shown_to(actor))
    query = query.execution_options(populate_existing=True)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else QueueItem(*row)


async def lookers(
    session: AsyncSession, actor: Actor, ids: Sequence[int], at: datetime
) -> dict[int, str]:
    """Who else has which of these comments open just now."""
    if not ids:
        return {}
    query = select(Case.item_id, User.name).join(User, User.id == Case.looked_by)
    query = query.where(Case.item_id.in_(ids), ARE_COMMENTS, cases_of(actor))
    query = query.where(Case.looked_by != actor.user_id)
    rows = await session.execute(query.where(Case.looked_at > at - LOOKS_FOR))
    return {row[0]: row[1] for row in rows}


async def said_before(session: AsyncSession, ids: Sequence[int]) -> dict[int, Said]:
    """What stands around, by id."""
    if not ids:
        return {}
    html = func.substr(Comment.body_html, 1, _EXCERPT)
    query = select(Comment.id, Comment.author_name, html, Comment.created_at)
    rows = await session.execute(query.where(Comment.id.in_(ids)))
    return {row[0]: Said(*row) for row in rows}


async def notes_about(session: AsyncSession, author_ids: Sequence[int]) -> list[Note]:
    """What moderators noted about these authors, oldest first."""
    if not author_ids:
        return []
    query = (
        select(AuthorNote.author_key_id, AuthorNote.text, User.name, AuthorNote.at)
        .outerjoin(User, User.id == AuthorNote.user_id)
        .where(AuthorNote.author_key_id.in_(author_ids))
        .order_by(AuthorNote.id)
    )
    return [Note(*row) for row in await session.execute(query)]


def _items() -> Any:
    return _all_items().where(Comment.id.is_not(None))


def _all_items() -> Any:
    """Cases of all kinds; of what is no comment, most columns are empty."""
    return (
        select(
            Case, Comment, Thread.id, Thread.closed_at, Post.id, Post.title, Post.path,
            Topic.id, Topic.title, Topic.slug, Topic.is_locked, Topic.kind, Topic.opening_id,
            Group.id, Group.name, Group.slug,
            _Parent.id, _Parent.author_name, func.substr(_Parent.body_html, 1, _EXCERPT),
            AuthorKey, _Claimer.name, _Giver.name, _Looker.name, _new_text(), _earlier(0), _earlier(1),
            _appeal(), LatestPost.url, LatestPost.title,
        )
        .select_from(Case)
        .outerjoin(Comment, and_(Comment.id == Case.item_id, Comment.kind == Case.kind))
        .outerjoin(Thread, Thread.id == Comment.thread_id)
        .outerjoin(Post, Post.id == Thread.post_id)
        .outerjoin(Topic, Topic.id == Thread.topic_id)
        .outerjoin(Group, Group.id == func.coalesce(Topic.group_id, Case.group_id))
        .outerjoin(_Parent, _Parent.id == Comment.parent_id)
        .outerjoin(AuthorKey, AuthorKey.id == Comment.author_key_id)
        .outerjoin(LatestPost, LatestPost.comment_id == Comment.id)
        .outerjoin(_Claimer, _Claimer.id == Case.claimed_by)
        .outerjoin(_Giver, _Giver.id == Case.assigned_by)
        .outerjoin(_Looker, _Looker.id == Case.looked_by)
    )  # fmt: skip


def _new_text() -> ColumnElement[SafeHtml | None]:
    return (
        select(CommentEdit.body_html)
        .where(CommentEdit.comment_id == Comment.id, CommentEdit.is_waiting)
        .order_by(CommentEdit.id.desc())
        .limit(1)
        .correlate(Comment)
        .scalar_subquery()
    )


def _appeal() -> ColumnElement[str | None]:
    waits = and_(Appeal.comment_id == Comment.id, Appeal.state == AppealState.WAITING)
    return select(Appeal.text).where(waits).limit(1).correlate(Comment).scalar_subquery()


def _earlier(steps: int) -> ColumnElement[int | None]:
    """The id of what is shown so many steps before it, in the order of reading."""
    return (
        select(_Before.id)
        .where(
            _Before.thread_id == Comment.thread_id,
            _Before.section == Comment.section,
            _Before.place < Comment.place,
            _Before.is_shown,
            or_(Comment.parent_id.is_(None), _Before.id != Comment.parent_id),
        )
        .order_by(_Before.place.desc())
        .limit(1)
        .offset(steps)
        .correlate(Comment)
        .scalar_subquery()
    )
