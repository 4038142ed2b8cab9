"""How posts, terms and redirects are read. Visibility is a `where`, here, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.accounts.actor import VISITOR, Actor, Role
from app.accounts.models import User
from app.core import clock
from app.core.db import BigId, UtcDateTime
from app.media.models import Upload
from app.posts.addresses import Asked
from app.posts.models import (
    Post,
    PostAuthor,
    PostKind,
    PostTerm,
    Redirect,
    Taxonomy,
    Term,
)

# Written out, not bound: SQLite uses a partial index only where the query names the same constant.
IS_PUBLISHED = Post.status == literal_column("'published'")
IS_SCHEDULED = Post.status == literal_column("'scheduled'")
# The moment of asking, filled in then: so a query can be put together once and asked many times.
NOW = bindparam("now", callable_=clock.now, type_=UtcDateTime())
_READS_ALL = Actor(roles=frozenset({Role.EDITOR}))


def posts_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Whatever any visitor may read; its own posts for whoever wrote them; all for staff."""
    public = and_(IS_PUBLISHED, Post.published_at <= NOW)
    if actor.reads_every_post:
        return Post.id.is_not(None)
    if actor.user_id is None:
        return public
    return or_(public, Post.id.in_(_written_by(actor.user_id)))


# What everybody may read at one of `paths`, or by a `number` it has here or had elsewhere, that last: an
# imported post has its old number, unless that was taken: then it kept it as `legacy_id`. Put together
# once, as that takes several times as long as asking.
_PATHS: BindParameter[Any] = bindparam("paths", expanding=True)
_NUMBER = bindparam("number", type_=BigId)
PUBLIC_POST_AT = (
    select(Post)
    .where(
        or_(Post.path.in_(_PATHS), Post.id == _NUMBER, Post.legacy_id == _NUMBER),
        Post.path.is_not(None),
        posts_visible_to(VISITOR),
    )
    .order_by(case((or_(Post.path.in_(_PATHS), Post.id == _NUMBER), 0), else_=1), Post.id)
    .limit(1)
)


async def public_post_at(
    session: AsyncSession, paths: Sequence[str], number: int = 0
) -> Post | None:
    """The post everybody may read at one of these paths, or by a number it has here or had elsewhere."""
    found: Post | None = await session.scalar(
        PUBLIC_POST_AT, {"paths": list(paths), "number": number}
    )
    return found


def eyes_of(actor: Actor) -> Actor:
    """An actor with nothing but what decides on which posts they see: equal for all visitors and all editors."""
    if actor.reads_every_post:
        return _READS_ALL
    return Actor(user_id=actor.user_id)


def _written_by(user_id: int) -> Select[int]:
    return select(PostAuthor.post_id).where(PostAuthor.user_id == user_id)


def in_lists() -> ColumnElement[bool]:
    """What stands in lists, archives and feeds, for everybody alike: published posts, not pages."""
    return and_(
        Post.kind == PostKind.POST,
        IS_PUBLISHED,
        Post.published_at <= NOW,
    )


async def next_scheduled(session: AsyncSession) -> datetime | None:
    """When the next scheduled post is to be published; None when there is none."""
    at: datetime | None = await session.scalar(
        select(Post.published_at).where(IS_SCHEDULED).order_by(Post.published_at).limit(1)
    )
    return at


async def find_post(
    session: AsyncSession, actor: Actor, meant: Sequence[Asked]
) -> tuple[Post, Asked] | None:
    """The post one of the readings of an address leads to; the first reading that leads anywhere."""
    by_path = {asked.path: asked for asked in reversed(meant)}
    query = select(Post).where(Post.path.in_(by_path), posts_visible_to(actor))
    found = {post.path: post for post in await session.scalars(query)}
    for asked in meant:
        if asked.path in found:
            return found[asked.path], asked
    return None


async def authors_of(session: AsyncSession, post_ids: Sequence[int]) -> dict[int, list[User]]:
    """Each post's authors, in order."""
    query = (
        select(PostAuthor.post_id, User)
        .join(PostAuthor.user)
        .where(PostAuthor.post_id.in_(post_ids))
        .order_by(PostAuthor.post_id, PostAuthor.position)
    )
    authors: dict[int, list[User]] = {}
    for post_id, user in await session.execute(query):
        authors.setdefault(post_id, []).append(user)
    return authors


async def terms_of(session: AsyncSession, post_ids: Sequence[int]) -> dict[int, list[Term]]:
    """Each post's categories and tags, in its author's order."""
    query = (
        select(PostTerm.post_id, Term)
        .join(PostTerm.term)
        .where(PostTerm.post_id.in_(post_ids))
        .order_by(PostTerm.post_id, Term.taxonomy, PostTerm.position)
    )
    terms: dict[int, list[Term]] = {}
    for post_id, term in await session.execute(query):
        terms.setdefault(post_id, []).append(term)
    return terms


@dataclass(frozen=True)
class Neighbour:
    """The post before or after another, as a link needs it."""

    id: int
    title: str
    path: str


async def neighbours(
    session: AsyncSession, post: Post
) -> tuple[Neighbour | None, Neighbour | None]:
    """The public posts just before and just after a post; one query."""
    if post.published_at is None or post.kind != PostKind.POST:
        return None, None
    key, own = (
        tuple_(Post.published_at, Post.id),
        tuple_(literal(post.published_at, Post.published_at.type), literal(post.id)),
    )
    columns = select(Post.id, Post.title, Post.path, Post.published_at).where(in_lists())
    before = columns.where(key < own).order_by(Post.published_at.desc(), Post.id.desc()).limit(1)
    after = columns.where(key > own).order_by(Post.published_at, Post.id).limit(1)
    both = union_all(select(before.subquery()), select(after.subquery()))
    found: dict[bool, Neighbour] = {}
    for row in await session.execute(both):
        is_later = (row.published_at, row.id) > (post.published_at, post.id)
        found[is_later] = Neighbour(row.id, row.title, row.path)
    return found.get(False), found.get(True)


async def find_term(session: AsyncSession, taxonomy: Taxonomy, path: str) -> Term | None:
    """The category or tag whose archive stands at this path of slugs."""
    found: Term | None = await session.scalar(
        select(Term).where(Term.taxonomy == taxonomy, Term.path == path)
    )
    return found


async def find_redirect(session: AsyncSession, paths: Sequence[str]) -> Redirect | None:
    """What is known of an address where nothing stands any more."""
    found: Redirect | None = await session.scalar(
        select(Redirect).where(Redirect.path.in_(paths)).limit(1)
    )
    return found


async def where_upload_leads(
    session: AsyncSession, actor: Actor, upload: ColumnElement[bool]
) -> str | None:
    """What stands for WordPress's page about an upload: its file, else the post it was put into."""
    row = (
        await session.execute(
            select(Upload.path, Upload.is_stored, Post.path)
            .outerjoin(Post, and_(Post.id == Upload.post_id, posts_visible_to(actor)))
            .where(upload)
            .limit(1)
        )
    ).first()
    if row is None:
        return None
    path, is_stored, post_path = row
    return f"/wp-content/uploads/{path}" if is_stored else post_path


async def post_by_slug(session: AsyncSession, actor: Actor, slug: str) -> Post | None:
    """The newest post or page of a slug, whatever its letter case; for the command line and old links."""
    query = (
        select(Post)
        .where(Post.slug == slug.lower(), posts_visible_to(actor))
        .order_by(Post.published_at.desc())
        .limit(1)
    )
    found: Post | None = await session.scalar(query)
    return found


async def post_with_parts(session: AsyncSession, post_id: int) -> Post | None:
    """A post with its authors and terms loaded, for actions; not for showing."""
    query = (
        select(Post)
        .where(Post.id == post_id)
        .options(
            selectinload(Post.authors).selectinload(PostAuthor.user),
            selectinload(Post.terms).selectinload(PostTerm.term),
        )
        .execution_options(populate_existing=True)
    )
    found: Post | None = await session.scalar(query)
    return found


@dataclass(frozen=True)
class TopPage:
    """A page somebody may choose: for the first page, for a menu."""

    id: int
    title: str
    path: str


async def pages_to_choose(session: AsyncSession, most: int = 200) -> list[TopPage]:
    """Public pages by their titles, the first so many of them."""
    query = (
        select(Post.id, Post.title, Post.path)
        .where(Post.kind == PostKind.PAGE, IS_PUBLISHED, Post.path.is_not(None))
        .order_by(Post.title, Post.id)
        .limit(most)
    )
    return [TopPage(row.id, row.title, row.path or "/") for row in await session.execute(query)]


async def is_public_page(session: AsyncSession, post_id: int) -> bool:
    """Whether everybody may read a page of this number."""
    query = select(Post.id).where(
        Post.id == post_id, Post.kind == PostKind.PAGE, IS_PUBLISHED, Post.path.is_not(None)
    )
    return await session.scalar(query) is not None
