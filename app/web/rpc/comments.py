"""What was said under posts, for editors that show it: for reading alone."""

from collections.abc import Mapping

from sqlalchemy import func, select

from app.accounts.policy import (
    may_moderate,
    may_moderate_under,
    may_see_addresses,
    may_see_emails,
)
from app.core.answers import require
from app.core.xml_rpc import Value
from app.discussions.models import Comment, CommentKind, CommentStatus, Thread
from app.posts.models import Post
from app.posts.queries import authors_of
from app.web.rpc.calling import Asking
from app.web.rpc.dates import gmt
from app.web.rpc.params import Params, number, text
from app.web.rpc.reading import MOST_AT_ONCE, post_to_write
from app.web.rpc.structs import Struct

_NAMES: Mapping[CommentStatus, str] = {
    CommentStatus.APPROVED: "approve",
    CommentStatus.PENDING: "hold",
    CommentStatus.SPAM: "spam",
    CommentStatus.REMOVED: "trash",
}


async def get_comment_status_list(_asking: Asking, _params: Params) -> Value:
    """The states a comment may be in."""
    return {name: status.value for status, name in _NAMES.items()}


async def get_comment_count(asking: Asking, params: Params) -> Value:
    """How many comments a post has, by state."""
    query = (
        select(Comment.status, func.count())
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Thread.post_id == params["post"])
        .group_by(Comment.status)
    )
    async with asking.doors.reading() as db:
        await post_to_write(db, asking.me, params["post"])
        counts = {row[0]: row[1] for row in await db.execute(query)}
    return {
        "approved": str(counts.get(CommentStatus.APPROVED, 0)),
        "awaiting_moderation": str(counts.get(CommentStatus.PENDING, 0)),
        "spam": str(counts.get(CommentStatus.SPAM, 0)),
        "total_comments": sum(counts.values()),
    }


async def get_comments(asking: Asking, params: Params) -> Value:
    """Comments, the newest first: all for moderators, those under posts of their own for authors."""
    given = params.get("filter", {})
    post_id = number(given.get("post_id") or 0)
    query = (
        select(Comment, Post.id, Post.title)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Post, Post.id == Thread.post_id)
        .where(Comment.kind == CommentKind.COMMENT)
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .offset(min(number(given.get("offset", 0)), 1_000_000))
        .limit(min(number(given.get("number", 10)), MOST_AT_ONCE))
    )
    if post_id:
        query = query.where(Post.id == post_id)
    wanted = [status for status, name in _NAMES.items() if name == text(given.get("status", ""))]
    if wanted:
        query = query.where(Comment.status.in_(wanted))
    async with asking.doors.reading() as db:
        authors = await authors_of(db, [post_id]) if post_id else {}
        own = [user.id for user in authors.get(post_id, ())]
        require(may_moderate_under(asking.me, own) if post_id else may_moderate(asking.me))
        rows = (await db.execute(query)).all()
    return [_struct(asking, comment, post, title) for comment, post, title in rows]


def _struct(asking: Asking, comment: Comment, post_id: int, title: str) -> Struct:
    sees_email, sees_ip = may_see_emails(asking.me), may_see_addresses(asking.me)
    return {
        "comment_id": str(comment.id),
        "parent": str(comment.parent_id or 0),
        "post_id": str(post_id),
        "post_title": title,
        "user_id": str(comment.user_id or 0),
        "date_created_gmt": gmt(comment.created_at),
        "status": _NAMES[CommentStatus(comment.status)],
        "content": str.__str__(comment.body_html),
        "link": f"{asking.frame.base_url}/?p={post_id}#comment-{comment.id}",
        "author": comment.author_name,
        "author_url": comment.author_url,
        "author_email": comment.author_email if sees_email else "",
        "author_ip": comment.author_ip if sees_ip else "",
        "type": "",
    }
