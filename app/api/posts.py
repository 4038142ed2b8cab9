"""Posts and pages, read: lists by cursor, and one with its text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.api_tokens import Scope
from app.accounts.models import User
from app.api.acting import Tell
from app.api.answering import answered
from app.api.calling import Call
from app.api.fields import Line, Moment, Person, author_of
from app.api.operations import Asking, reads
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.markup import BodyFormat
from app.posts.addresses import address
from app.posts.models import Post, PostAuthor, PostKind, PostStatus, PostTerm, Taxonomy, Term
from app.posts.policy import may_write
from app.posts.queries import IS_PUBLISHED, authors_of, posts_visible_to, terms_of
from app.web.deps import Db

router = APIRouter(route_class=ApiRoute, tags=["Posts and pages"])


class TermOfPost(BaseModel):
    """A category or a tag that a post stands under."""

    id: int
    name: str = Field(examples=["Working life"])
    slug: str = Field(examples=["working-life"])
    url: str


class PostLine(BaseModel):
    """A post or a page, as a list shows it."""

    id: int
    kind: PostKind
    status: PostStatus
    title: str = Field(examples=["A letter a week"])
    slug: str = Field(examples=["a-letter-a-week"])
    url: str | None = Field(description="Where it stands; null until it has an address.")
    guid: str
    summary: str
    created_at: datetime | None
    published_at: datetime | None
    updated_at: datetime | None
    authors: list[Person]
    categories: list[TermOfPost]
    tags: list[TermOfPost]
    parent_id: int | None = Field(description="The page that a page stands under.")
    menu_order: int
    cover_id: int | None = Field(description="The picture that stands for it, among the media.")
    is_sticky: bool
    comments_open: bool
    pings_open: bool
    comments_close_at: datetime | None
    version: int = Field(description="Send it back when you change the post.", examples=[3])


class PostWhole(PostLine):
    """A post or a page with its text."""

    html: str = Field(examples=["<p>Write to <strong>one</strong> person a week.</p>"])
    excerpt: str
    format: BodyFormat
    source: str | None = Field(
        description="The text as its author wrote it, for those who may change it; null for others."
    )


class PostList(Listing[PostLine]):
    """Posts or pages, the newest first."""


@dataclass(frozen=True)
class PostParts:
    """A post with what hangs on it."""

    post: Post
    authors: Sequence[User]
    terms: Sequence[Term]


@dataclass(frozen=True)
class PostsSought:
    """What of all posts is asked for."""

    kind: PostKind
    status: PostStatus
    term_id: int | None
    author: str
    slug: str
    since: datetime | None
    until: datetime | None


Status = Annotated[
    PostStatus, Query(description="What is not public, only those see who may change it.")
]
Handle = Annotated[Line, Query(max_length=200, description="The handle of an author.")]
Slug = Annotated[Line, Query(max_length=200)]
TermId = Annotated[int | None, Query(ge=1, lt=10**18, description="A category or a tag.")]
Since = Annotated[Moment | None, Query(description="Published at this moment or later.")]
Until = Annotated[Moment | None, Query(description="Published before this moment.")]


@router.get("/posts", response_model=PostList, **reads(Scope.POSTS_READ, 422))
async def list_posts(
    call: Asking,
    db: Db,
    status: Status = PostStatus.PUBLISHED,
    term_id: TermId = None,
    author: Handle = "",
    slug: Slug = "",
    since: Since = None,
    until: Until = None,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List posts, the newest first.

    Whoever is an author sees their own of every status, editors see all.
    """
    sought = PostsSought(PostKind.POST, status, term_id, author, slug, since, until)
    return await _page(call, db, sought, limit, cursor)


@router.get("/pages", response_model=PostList, **reads(Scope.POSTS_READ, 422))
async def list_pages(
    call: Asking,
    db: Db,
    status: Status = PostStatus.PUBLISHED,
    slug: Slug = "",
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List pages, the newest first."""
    sought = PostsSought(PostKind.PAGE, status, None, "", slug, None, None)
    return await _page(call, db, sought, limit, cursor)


@router.get("/posts/{post_id:int}", response_model=PostWhole, **reads(Scope.POSTS_READ, 404))
async def get_post(call: Asking, db: Db, post_id: int) -> Response:
    """Read one post or page, with its text."""
    return answered(call, whole(call, await get_parts(db, call.me, post_id)))


async def get_parts(db: AsyncSession, me: Actor, post_id: int) -> PostParts:
    """A post that the actor may read, with what hangs on it. Raises NotFound."""
    post = await db.scalar(select(Post).where(Post.id == post_id, posts_visible_to(me)))
    if post is None:
        raise NotFound(_("There is no such post."))
    [parts] = await with_parts(db, [post])
    return parts


def post_at(call: Call, post_id: int) -> Tell:
    """What is told of the post of that number."""

    async def tell(db: AsyncSession) -> PostWhole:
        return whole(call, await get_parts(db, call.me, post_id))

    return tell


async def with_parts(db: AsyncSession, posts: Sequence[Post]) -> list[PostParts]:
    """Posts with their authors and terms: two queries, however many posts."""
    ids = [post.id for post in posts]
    authors, terms = await authors_of(db, ids), await terms_of(db, ids)
    return [PostParts(p, authors.get(p.id, ()), terms.get(p.id, ())) for p in posts]


async def _page(
    call: Call, db: AsyncSession, sought: PostsSought, limit: int, cursor: str
) -> Response:
    is_dated = sought.status == PostStatus.PUBLISHED
    # What has no date yet is listed by its number.
    kinds = (datetime, int) if is_dated else (int,)
    after = read_cursor(cursor, *kinds)
    key: Any = (Post.published_at, Post.id) if is_dated else (Post.id,)
    query = _sought(call.me, sought)
    if after is not None:
        query = query.where(tuple_(*key) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in key)).limit(limit + 1)
    rows = await with_parts(db, (await db.scalars(query)).all())
    return listed(
        call, rows, limit,
        lambda row: (row.post.published_at, row.post.id) if is_dated else (row.post.id,),
        lambda shown, more: PostList(items=[line(call, one) for one in shown], next_cursor=more),
    )  # fmt: skip


def _sought(me: Actor, sought: PostsSought) -> Any:
    is_public = sought.status == PostStatus.PUBLISHED
    query = select(Post).where(
        Post.kind == sought.kind,
        IS_PUBLISHED if is_public else Post.status == sought.status,
        posts_visible_to(me),
    )
    if sought.term_id is not None:
        under = select(PostTerm.post_id).where(PostTerm.term_id == sought.term_id)
        query = query.where(Post.id.in_(under))
    if sought.author:
        theirs = select(PostAuthor.post_id).join(PostAuthor.user).where(User.slug == sought.author)
        query = query.where(Post.id.in_(theirs))
    if sought.slug:
        query = query.where(Post.slug == sought.slug)
    if sought.since is not None:
        query = query.where(Post.published_at >= sought.since)
    if sought.until is not None:
        query = query.where(Post.published_at < sought.until)
    return query


def line(call: Call, parts: PostParts) -> PostLine:
    """A post as a list shows it."""
    return PostLine(**_facts(call, parts))


def whole(call: Call, parts: PostParts) -> PostWhole:
    """A post with its text, and with its source for those who may change it."""
    post = parts.post
    is_theirs = may_write(call.me, post.kind, [author.id for author in parts.authors])
    return PostWhole(
        **_facts(call, parts),
        html="\n".join(post.pages),
        excerpt=post.excerpt_source,
        format=BodyFormat(post.body_format),
        source=post.body_source if is_theirs else None,
    )


def _facts(call: Call, parts: PostParts) -> dict[str, Any]:
    post = parts.post
    columns = (
        "id", "kind", "status", "title", "slug", "guid", "summary", "created_at", "published_at",
        "updated_at", "parent_id", "menu_order", "cover_id", "is_sticky", "comments_open", "pings_open",
        "comments_close_at", "version",
    )  # fmt: skip
    return {
        **{name: getattr(post, name) for name in columns},
        "url": None if post.path is None else call.url(address(post.path)),
        "authors": [author_of(call, author) for author in parts.authors],
        "categories": _terms(call, parts, Taxonomy.CATEGORY),
        "tags": _terms(call, parts, Taxonomy.TAG),
    }


def _terms(call: Call, parts: PostParts, taxonomy: Taxonomy) -> list[TermOfPost]:
    return [
        TermOfPost(id=one.id, name=one.name, slug=one.slug, url=call.url(address(one.address)))
        for one in parts.terms
        if one.taxonomy == taxonomy
    ]
