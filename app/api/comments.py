"""What is said under posts, read: by anybody who may read the post."""

from datetime import datetime
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.api_tokens import Scope
from app.accounts.models import User
from app.api.answering import answered
from app.api.calling import Call
from app.api.operations import Asking, reads
from app.api.paging import Cursor, Limit, Listing, listed, place_in, read_cursor
from app.api.posts import get_parts
from app.api.routing import ApiRoute
from app.core.errors import NotFound, SignInNeeded
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.discussions.models import Comment, CommentKind, CommentStatus, Thread
from app.discussions.queries import IS_APPROVED, page_number_of
from app.posts.addresses import address
from app.posts.models import Post
from app.posts.queries import posts_visible_to
from app.web.deps import Db

router = APIRouter(route_class=ApiRoute, tags=["Comments"])


class CommentAuthor(BaseModel):
    """Who said it, or which page links here. Empty for the line that keeps the place of what is gone."""

    name: str = Field(examples=["Gwen"])
    url: str
    handle: str | None = Field(description="Of a member.")


class CommentWhole(BaseModel):
    """A comment, or a link from elsewhere."""

    id: int
    kind: CommentKind
    status: CommentStatus
    post_id: int
    parent_id: int | None
    depth: int
    author: CommentAuthor
    html: str
    source: str | None = Field(description="As it was written, for its author; null for others.")
    created_at: datetime
    approved_at: datetime | None
    edited_at: datetime | None
    url: str
    version: int = Field(description="Send it back when you change it, or decide about it.")


class CommentList(Listing[CommentWhole]):
    """Comments."""


class CommentRow(NamedTuple):
    """A comment where it stands."""

    comment: Comment
    handle: str | None
    post_id: int
    post_path: str | None
    page: int


@router.get(
    "/posts/{post_id:int}/comments",
    response_model=CommentList,
    **reads(Scope.COMMENTS_READ, 404, 422),
)
async def list_comments_of_post(
    call: Asking, db: Db, post_id: int, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """List what is said under a post, in the order of reading.

    Comments come before links from elsewhere. What was removed above answers keeps its place, without
    name or words.
    """
    after = read_cursor(cursor, str, str)
    await get_parts(db, call.me, post_id)
    query = comments_seen_by(call.me).where(Thread.post_id == post_id, Comment.is_shown)
    if after is not None:
        section, place = after
        query = query.where(tuple_(Comment.section, Comment.place) > (section, place_in(place)))
    query = query.order_by(Comment.section, Comment.place).limit(limit + 1)
    rows = [CommentRow(*row) for row in await db.execute(query)]
    return listed(
        call, rows, limit, lambda row: (row.comment.section, row.comment.place.hex()),
        lambda shown, more: CommentList(items=[told(call, r) for r in shown], next_cursor=more),
    )  # fmt: skip


@router.get("/comments", response_model=CommentList, **reads(Scope.COMMENTS_READ, 422))
async def list_comments(
    call: Asking,
    db: Db,
    mine: Annotated[bool, Query(description="One's own, whatever became of them.")] = False,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List what was said last under all posts, in the order of approval; or one's own."""
    query = comments_seen_by(call.me)
    key: tuple[Any, ...] = (Comment.id,)
    if mine and not call.me.is_signed_in:
        raise SignInNeeded(_("This needs a token, sent as “Authorization: Bearer …”."))
    if mine:
        after = read_cursor(cursor, int)
        query = query.where(Comment.user_id == call.me.user_id)
    else:
        after, key = read_cursor(cursor, datetime, int), (Comment.approved_at, Comment.id)
        query = query.where(IS_APPROVED)
    if after is not None:
        query = query.where(tuple_(*key) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in key)).limit(limit + 1)
    rows = [CommentRow(*row) for row in await db.execute(query)]
    return listed(
        call, rows, limit,
        lambda row: (row.comment.id,) if mine else (row.comment.approved_at, row.comment.id),
        lambda shown, more: CommentList(items=[told(call, r) for r in shown], next_cursor=more),
    )  # fmt: skip


@router.get(
    "/comments/{comment_id:int}", response_model=CommentWhole, **reads(Scope.COMMENTS_READ, 404)
)
async def get_comment(call: Asking, db: Db, comment_id: int) -> Response:
    """Read one comment: what everybody may read, or one's own."""
    return answered(call, told(call, await get_row(db, call.me, comment_id)))


async def get_row(db: AsyncSession, me: Actor, comment_id: int) -> CommentRow:
    """A comment under a post that the actor may read, as it is now. Raises NotFound."""
    own = Comment.user_id == me.user_id if me.user_id is not None else None
    seen = IS_APPROVED if own is None else or_(IS_APPROVED, own)
    query = comments_seen_by(me).where(Comment.id == comment_id, seen)
    found = await db.execute(query.execution_options(populate_existing=True))
    row = found.one_or_none()
    if row is None:
        raise NotFound(_("There is no such comment."))
    return CommentRow(*row)


def comments_seen_by(me: Actor) -> Any:
    """Comments of whatever status under the posts that the actor may read, with where they stand."""
    return (
        select(Comment, User.slug, Post.id, Post.path, page_number_of())
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Post, and_(Post.id == Thread.post_id, posts_visible_to(me)))
        .outerjoin(User, User.id == Comment.user_id)
    )


def told(call: Call, row: CommentRow) -> CommentWhole:
    """A comment, as far as the caller may read it: a line that only keeps its place says nothing."""
    comment = row.comment
    is_own = call.me.user_id is not None and comment.user_id == call.me.user_id
    is_told = comment.is_approved or is_own
    page = f"comment-page-{row.page}/" if row.page > 1 else ""
    return CommentWhole(
        id=comment.id,
        kind=comment.kind,
        status=CommentStatus(comment.status) if is_told else CommentStatus.REMOVED,
        post_id=row.post_id,
        parent_id=comment.parent_id,
        depth=comment.depth,
        author=CommentAuthor(
            name=comment.author_name if is_told else "",
            url=comment.author_url if is_told else "",
            handle=row.handle if is_told else None,
        ),
        html=comment.body_html if is_told else SafeHtml(""),
        source=comment.body_source if is_own else None,
        created_at=comment.created_at,
        approved_at=comment.approved_at if is_told else None,
        edited_at=comment.edited_at if is_told else None,
        url=f"{call.url(address(row.post_path or '/', page))}#comment-{comment.id}",
        version=comment.version,
    )
