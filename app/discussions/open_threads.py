"""The thread under a post, for whoever wants to say something there: locked, and open to them."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.db import BigId
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.prepared import Prepared
from app.core.rows import Rows, flush_changes, named
from app.discussions.models import Thread
from app.posts.models import Post
from app.posts.queries import eyes_of, posts_visible_to

_POSTS, _THREADS = Rows(Post), Rows(Thread)
# What decides on whether a post may be answered, and what its form says of it.
OF_POST = (
    Post.id, Post.status, Post.published_at, Post.comments_open, Post.comments_close_at,
    Post.title, Post.path,
)  # fmt: skip
OF_THREAD = (
    Thread.id, Thread.post_id, Thread.topic_id, Thread.group_id, Thread.closed_at,
    Thread.comment_count, Thread.linkback_count, Thread.approved_at,
)  # fmt: skip


async def thread_meant(
    session: AsyncSession, actor: Actor, paths: Sequence[str], post_id: int
) -> tuple[Post, Thread]:
    """The post at one of these paths, or of this number, and its thread, open or not. Raises NotFound.

    Of the post's columns there are `OF_POST`.
    """
    # The thread's row is locked first, as by everybody: two who say the same follow each other.
    await flush_changes(session)
    values = {"post": post_id, **{f"path_{place}": path for place, path in enumerate(paths)}}
    rows = await _meant(eyes_of(actor), len(paths)).rows(session, values)
    if not rows:
        raise NotFound(_("There is nothing here that could be answered."))
    row = rows[0]
    # Read, never changed: so its session need not know it.
    post = _POSTS.new(**named(OF_POST, row))
    return post, thread_read(session, row[len(OF_POST) :])


def thread_read(session: AsyncSession, row: Sequence[object]) -> Thread:
    """The thread of a row that begins with `OF_THREAD`, whatever the session knew of it before."""
    return _THREADS.read(session, named(OF_THREAD, row))


@lru_cache(maxsize=100)
def _meant(actor: Actor, paths: int) -> Prepared:
    meant: ColumnElement[bool] = Post.id == bindparam("post", type_=BigId)
    if paths:
        named = [bindparam(f"path_{place}", type_=Post.path.type) for place in range(paths)]
        meant = and_(or_(Post.path.in_(named), meant), Post.path.is_not(None))
    return Prepared(
        select(*OF_POST, *OF_THREAD)
        .join(Thread, Thread.post_id == Post.id)
        .where(meant, posts_visible_to(actor))
        .limit(1)
        .with_for_update(of=Thread)
    )
