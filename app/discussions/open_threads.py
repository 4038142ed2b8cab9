"""The thread under a post, for whoever wants to say something there: locked, and open to them."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.answers import require
from app.core.db import BigId
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.prepared import Prepared
from app.core.rows import Rows, flush_changes, named
from app.discussions.models import Thread
from app.discussions.policy import may_reply
from app.posts.models import Post
from app.posts.queries import eyes_of, posts_visible_to
from app.site.models import SiteRow

_POSTS, _THREADS = Rows(Post), Rows(Thread)
# What decides on whether a post may be answered.
_OF_POST = (Post.id, Post.status, Post.published_at, Post.comments_open, Post.comments_close_at)
OF_THREAD = (
    Thread.id, Thread.post_id, Thread.topic_id, Thread.group_id, Thread.closed_at,
    Thread.comment_count, Thread.linkback_count, Thread.approved_at,
)  # fmt: skip


async def thread_open_to(
    session: AsyncSession, actor: Actor, site: SiteRow, post_id: int, at: datetime
) -> tuple[Post, Thread]:
    """A post, as far as that is about answering it, and its thread. Raises NotFound, Forbidden."""
    # The thread's row is locked first, as by everybody: two who say the same follow each other.
    await flush_changes(session)
    rows = await _open_to(eyes_of(actor)).rows(session, {"post": post_id})
    if not rows:
        raise NotFound(_("There is nothing here that could be answered."))
    row = rows[0]
    # Read, never changed: so its session need not know it.
    post = _POSTS.new(**named(_OF_POST, row))
    thread = thread_read(session, row[len(_OF_POST) :])
    require(may_reply(site, post, thread, at))
    return post, thread


def thread_read(session: AsyncSession, row: Sequence[object]) -> Thread:
    """The thread of a row that begins with `OF_THREAD`, whatever the session knew of it before."""
    return _THREADS.read(session, named(OF_THREAD, row))


@lru_cache(maxsize=100)
def _open_to(actor: Actor) -> Prepared:
    return Prepared(
        select(*_OF_POST, *OF_THREAD)
        .join(Thread, Thread.post_id == Post.id)
        .where(Post.id == bindparam("post", type_=BigId), posts_visible_to(actor))
        .with_for_update(of=Thread)
    )
