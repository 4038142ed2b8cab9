"""The public feeds of comments: of all of them, and of those under one post."""

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import _
from app.discussions.models import Thread
from app.feeds.comments import FeedComment, newest_comments
from app.feeds.entries import comment_entry
from app.posts.addresses import address
from app.posts.models import Post
from app.web.deps import Db
from app.web.feeds.answers import (
    AskedFeed,
    Contents,
    answer_feed,
    asked_feed,
    feed_at,
    moved_feed,
    spoken_frame,
)

router = APIRouter()


@feed_at(router, "/comments/")
async def comments_feed(request: Request, db: Db) -> Response:
    """Comments and linkbacks under all posts and pages, the last approved first."""
    asked = asked_feed(request)
    if moved := moved_feed(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    comments, has_more = await _comments(db, asked, frame.site.feed_items, under=None)
    contents = Contents(
        key="comments",
        title=_("Comments for %(site)s") % {"site": frame.site.title},
        home="/",
        entries=tuple(comment_entry(said, frame.base_url, names_post=True) for said in comments),
        has_more=has_more,
        # A post that comes or goes takes its comments along.
        tags=frozenset({"comments", "posts"}),
    )
    return answer_feed(request, frame, asked, contents)


async def comments_on_post(
    request: Request, db: AsyncSession, post: Post, thread: Thread
) -> Response:
    """Comments and linkbacks under one post, where these are or were open. Raises NotFound."""
    path = post.path or "/"
    asked = asked_feed(request, base=path.rstrip("/") + "/")
    if moved := moved_feed(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    comments, has_more = await _comments(db, asked, frame.site.feed_items, under=thread.id)
    if not comments and not _takes_comments(post, thread):
        raise NotFound
    contents = Contents(
        key=post.guid,
        title=_("Comments on: %(title)s") % {"title": post.title},
        home=address(path),
        entries=tuple(comment_entry(said, frame.base_url, names_post=False) for said in comments),
        has_more=has_more,
        tags=frozenset({f"post:{post.id}", f"thread:{thread.id}"}),
    )
    return answer_feed(request, frame, asked, contents)


async def _comments(
    db: AsyncSession, asked: AskedFeed, size: int, *, under: int | None
) -> tuple[list[FeedComment], bool]:
    skip = (asked.page - 1) * size
    found = await newest_comments(db, under=under, skip=skip, limit=size + 1)
    return found[:size], len(found) > size


def _takes_comments(post: Post, thread: Thread) -> bool:
    now = clock.now()
    return post.accepts_comments(now) and (thread.closed_at is None or now < thread.closed_at)
