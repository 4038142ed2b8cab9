"""Keeps the index, in the transaction of the change. Who may see what is found is asked when it is read."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from sqlalchemy import Text, and_, bindparam, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import BigId
from app.core.prepared import Prepared
from app.core.rows import flush_changes
from app.discussions.models import Appeal, AppealState, Comment, CommentStatus, Thread
from app.discussions.queries import IS_APPROVED
from app.discussions.showing import COMMENTS, THREADS
from app.groups.models import Topic
from app.posts.events import PostTrashed, PostWritten
from app.posts.models import Post, PostStatus
from app.posts.queries import authors_of
from app.search.entries import Entry, comment_entry, held_entry, post_entry, post_key
from app.search.index import index_of

Item = TypeVar("Item")

_CHANGED = "changed comments"
# Statements of this many rows: fewer cost time, more cost memory.
_AT_ONCE = 1000
# As text: reading it back as safe HTML costs more than finding its words.
_POST = (Post.id, Post.title, type_coerce(Post.body_html, Text).label("html"))
_COMMENT = (Comment.id, Comment.author_name, type_coerce(Comment.body_html, Text).label("html"))
# Removed, but not for good: as long as an appeal waits, it stands among what waits.
_IS_APPEALED = (
    select(Appeal.id)
    .where(Appeal.comment_id == Comment.id, Appeal.state == AppealState.WAITING)
    .exists()
)
# A topic is found by its title, too, which is kept with its opening text.
_COMMENTS = (
    select(
        Comment.status, _IS_APPEALED, Comment.author_url, func.coalesce(Topic.title, ""), *_COMMENT
    )
    .join(Thread, Thread.id == Comment.thread_id)
    .outerjoin(Topic, and_(Topic.id == Thread.topic_id, Topic.opening_id == Comment.id))
)
_ONE_COMMENT = Prepared(_COMMENTS.where(Comment.id == bindparam("comment", type_=BigId)))


async def index_post(session: AsyncSession, event: PostWritten | PostTrashed) -> None:
    """A post was written or trashed: its entry says what it says now, or is gone."""
    await index_posts(session, [event.post_id])


class _AboutComment(Protocol):
    """Whatever happened to a comment."""

    @property
    def comment_id(self) -> int:
        """Which comment."""


async def index_comment(session: AsyncSession, event: _AboutComment) -> None:
    """A comment came in, says something else or has another status: so it is found, once all is done.

    By everybody where it is approved, else in the moderators' queue alone.
    """
    session.info.setdefault(_CHANGED, set()).add(event.comment_id)


async def keep_index(session: AsyncSession) -> None:
    """Write the entries of comments that something happened to: once each, whatever it was."""
    changed: set[int] = session.info.pop(_CHANGED, set())
    if changed:
        await flush_changes(session)
    for comment_id in sorted(changed):
        await _index_comment(session, comment_id)


async def _index_comment(session: AsyncSession, comment_id: int) -> None:
    index, new = index_of(session), COMMENTS.added(session, comment_id)
    thread = THREADS.known(session, new.thread_id) if new is not None else None
    if new is not None and thread is not None and thread.topic_id is None:
        # All that is to be kept of it is at hand, and no entry of it can stand anywhere yet.
        title, facts = "", (new.id, new.author_name, new.body_html)
        entry = _entry(new.status, False, new.author_url, title, *facts)
        await index.write(session, [entry], are_new=True)
        return
    rows = await _ONE_COMMENT.rows(session, {"comment": comment_id})
    if rows:
        await index.write(session, [_entry(*row) for row in rows], are_new=new is not None)
    else:
        await index.erase(session, [comment_id])


async def index_comments(session: AsyncSession, comment_ids: Sequence[int]) -> None:
    """Make the entries of some comments anew, whatever their status: after an import."""
    query = _COMMENTS.where(Comment.id.in_(comment_ids)).order_by(Comment.id)
    rows = (await session.execute(query)).all()
    await index_of(session).write(session, [_entry(*row) for row in rows])


def _entry(
    status: CommentStatus,
    is_appealed: bool,
    url: str,
    title: str,
    comment_id: int,
    name: str,
    html: str,
) -> Entry:
    if status == CommentStatus.APPROVED:
        return comment_entry(comment_id, name, html, title)
    mark = CommentStatus.PENDING if is_appealed else CommentStatus(status)
    return held_entry(comment_id, mark, name, url, html)


async def index_posts(session: AsyncSession, post_ids: Iterable[int]) -> None:
    """Make the entries of posts and pages anew; those in the trash and those that are gone lose theirs."""
    for some in _in_parts(post_ids):
        await _index_some_posts(session, some)


async def _index_some_posts(session: AsyncSession, post_ids: Sequence[int]) -> None:
    query = select(*_POST).where(Post.id.in_(post_ids), Post.status != PostStatus.TRASHED)
    rows = (await session.execute(query)).all()
    authors = await authors_of(session, post_ids)
    entries = [
        post_entry(row.id, row.title, [user.name for user in authors.get(row.id, ())], row.html)
        for row in rows
    ]
    gone = set(post_ids) - {row.id for row in rows}
    index = index_of(session)
    await index.write(session, entries)
    await index.erase(session, [post_key(post_id) for post_id in gone])


async def index_thread(session: AsyncSession, thread_id: int) -> None:
    """Make the entries of a thread's approved comments anew, after an import; takes none out."""
    await index_threads(session, [thread_id])


async def index_threads(session: AsyncSession, thread_ids: Iterable[int]) -> None:
    """Make the entries of the approved comments of many threads anew; takes none out.

    Faster than one thread after the other: SQLite likes rising keys.
    """
    index = index_of(session)
    for some in _in_parts(thread_ids):
        query = select(*_COMMENT).where(Comment.thread_id.in_(some), IS_APPROVED)
        for rows in (await session.execute(query.order_by(Comment.id))).partitions(_AT_ONCE):
            await index.write(session, [comment_entry(*row) for row in rows])


async def index_comments_after(session: AsyncSession, after: int, most: int) -> int | None:
    """Make the entries of the next comments by their numbers anew, approved or not; the last one's number."""
    query = _COMMENTS.where(Comment.id > after).order_by(Comment.id).limit(most)
    entries = [_entry(*row) for row in (await session.execute(query)).all()]
    await index_of(session).write(session, entries)
    return entries[-1].key if entries else None


def _in_parts(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while some := list(islice(left, _AT_ONCE)):
        yield some
