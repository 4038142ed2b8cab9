"""What stands in public feeds. Two queries fill a feed, however many entries the site has.

Both take no actor: a feed shows every reader the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import VISITOR
from app.accounts.models import User
from app.core.db import BigId
from app.core.markup import SafeHtml
from app.discussions.models import Comment, CommentStatus, Section, Thread
from app.discussions.queries import page_number_of
from app.media.models import Upload
from app.posts.models import Post, PostAuthor, PostTerm, Taxonomy, Term
from app.posts.queries import in_lists, posts_visible_to

_Parent = aliased(Comment)


@dataclass(frozen=True, slots=True)
class FeedPost:
    """A post as a feed needs it; `reply_count` counts comments and linkbacks."""

    id: int
    guid: str
    path: str
    title: str
    summary: str
    body_html: SafeHtml
    published_at: datetime
    updated_at: datetime | None
    thread_id: int | None
    reply_count: int
    replied_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedComment:
    """A comment as a feed needs it; `page` and `parent_page` number the pages the two stand on."""

    id: int
    guid: str
    section: Section
    author_name: str
    author_url: str
    body_html: SafeHtml
    created_at: datetime
    approved_at: datetime
    parent_id: int | None
    parent_guid: str | None
    parent_page: int
    page: int
    post_id: int
    post_guid: str
    post_path: str
    post_title: str


@dataclass(frozen=True, slots=True)
class Part:
    """What hangs on a post: an author, a term or an audio file (`name` is its type)."""

    id: int
    name: str
    path: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class PostParts:
    """Everything that hangs on one post, in order."""

    authors: tuple[Part, ...] = ()
    categories: tuple[Part, ...] = ()
    tags: tuple[Part, ...] = ()
    audio: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Selection:
    """Which posts a feed holds: those which meet the condition; all without one.

    `subject` finds what they have in common: one row for it, and one for each category below it.
    """

    condition: ColumnElement[bool] | None = None
    subject: Select[int, str, str] | None = None


EVERY_POST = Selection()


def under_term(taxonomy: Taxonomy, path: str) -> Selection:
    """Posts under a tag, or under a category or one below it."""
    is_it = and_(
        Term.taxonomy == taxonomy,
        or_(Term.path == path, Term.path.startswith(path + "/", autoescape=True)),
    )
    terms = select(PostTerm.post_id).join(PostTerm.term).where(is_it)
    return Selection(Post.id.in_(terms), select(Term.id, Term.name, Term.path).where(is_it))


def written_by(slug: str) -> Selection:
    """Posts of an author."""
    is_them = User.slug == slug
    posts = select(PostAuthor.post_id).join(PostAuthor.user).where(is_them)
    return Selection(Post.id.in_(posts), select(User.id, User.name, User.slug).where(is_them))


def dated_between(first: datetime, end: datetime) -> Selection:
    """Posts published from `first` until before `end`, by the site's own calendar (naive)."""
    return Selection(and_(Post.published_local >= first, Post.published_local < end))


async def newest_posts(
    session: AsyncSession, selection: Selection, *, skip: int, limit: int
) -> list[FeedPost]:
    """Listed posts of a selection, newest first. The bodies of skipped ones stay unread."""
    ids = (
        select(Post.id)
        .where(in_lists())
        .order_by(Post.published_at.desc(), Post.id.desc())
        .offset(skip)
        .limit(limit)
    )
    if selection.condition is not None:
        ids = ids.where(selection.condition)
    query = (
        select(
            Post.id,
            Post.guid,
            Post.path,
            Post.title,
            Post.summary,
            Post.body_html,
            Post.published_at,
            Post.updated_at,
            Thread.id,
            func.coalesce(Thread.comment_count + Thread.linkback_count, 0),
            Thread.approved_at,
        )
        .outerjoin(Thread, Thread.post_id == Post.id)
        .where(Post.id.in_(select(ids.subquery().c.id)))
        .order_by(Post.published_at.desc(), Post.id.desc())
    )
    rows: Iterable[Any] = await session.execute(query)
    return [FeedPost(*row) for row in rows]


async def parts_of(
    session: AsyncSession, post_ids: Sequence[int], selection: Selection = EVERY_POST
) -> tuple[dict[int, PostParts], list[Part]]:
    """Authors, terms and audio files of each post, and the selection's subject; one query."""
    parts = [_authors(post_ids), _terms(post_ids), _audio(post_ids)]
    if selection.subject is not None:
        found = selection.subject.subquery().c
        none = literal(0)
        parts.append(select(none, literal(_SUBJECT), none, found[0], found[1], found[2], none))
    rows: Iterable[Any] = await session.execute(
        union_all(*parts).order_by("kind", "position", "path")
    )
    subject: list[Part] = []
    of_posts: dict[int, dict[str, list[Part]]] = {post_id: {} for post_id in post_ids}
    for post_id, kind, _position, *part in rows:
        if kind == _SUBJECT:
            subject.append(Part(*part))
        else:
            of_posts[post_id].setdefault(kind, []).append(Part(*part))
    return {post_id: _gathered(kinds) for post_id, kinds in of_posts.items()}, subject


_SUBJECT = "subject"


def _authors(post_ids: Sequence[int]) -> Select[Any, Any, Any, Any, Any, Any, Any]:
    return (
        select(
            PostAuthor.post_id.label("post_id"),
            literal("author").label("kind"),
            PostAuthor.position.label("position"),
            User.id.label("id"),
            User.name.label("name"),
            User.slug.label("path"),
            cast(literal(0), BigId).label("size"),
        )
        .join(PostAuthor.user)
        .where(PostAuthor.post_id.in_(post_ids))
    )


def _terms(post_ids: Sequence[int]) -> Select[Any, Any, Any, Any, Any, Any, Any]:
    columns = (PostTerm.post_id, Term.taxonomy, PostTerm.position, Term.id, Term.name, Term.path)
    return select(*columns, literal(0)).join(PostTerm.term).where(PostTerm.post_id.in_(post_ids))


def _audio(post_ids: Sequence[int]) -> Select[Any, Any, Any, Any, Any, Any, Any]:
    size = func.coalesce(Upload.size, 0)
    columns = (Upload.post_id, literal("audio"), literal(0), Upload.id, Upload.mime, Upload.path)
    is_audio = and_(Upload.is_stored, Upload.mime.startswith("audio/"))
    return select(*columns, size).where(Upload.post_id.in_(post_ids), is_audio)


def _gathered(kinds: dict[str, list[Part]]) -> PostParts:
    return PostParts(
        authors=tuple(kinds.get("author", ())),
        categories=tuple(kinds.get(Taxonomy.CATEGORY, ())),
        tags=tuple(kinds.get(Taxonomy.TAG, ())),
        audio=tuple(kinds.get("audio", ())),
    )


async def newest_comments(
    session: AsyncSession, *, under: int | None = None, skip: int, limit: int
) -> list[FeedComment]:
    """Approved comments and linkbacks, last approved first: of one thread, or of all public ones."""
    in_place = (
        Comment.thread_id.not_in(_hidden_threads()) if under is None else Comment.thread_id == under
    )
    ids = (
        select(Comment.id)
        .where(Comment.status == CommentStatus.APPROVED, in_place)
        .order_by(Comment.approved_at.desc(), Comment.id.desc())
        .offset(skip)
        .limit(limit)
    )
    query = (
        select(
            Comment.id,
            Comment.guid,
            Comment.section,
            Comment.author_name,
            Comment.author_url,
            Comment.body_html,
            Comment.created_at,
            Comment.approved_at,
            _Parent.id,
            _Parent.guid,
            page_number_of(_Parent),
            page_number_of(),
            Post.id,
            Post.guid,
            Post.path,
            Post.title,
        )
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Post, Post.id == Thread.post_id)
        .outerjoin(
            _Parent,
            and_(_Parent.id == Comment.parent_id, _Parent.status == CommentStatus.APPROVED),
        )
        .where(Comment.id.in_(select(ids.subquery().c.id)))
        .order_by(Comment.approved_at.desc(), Comment.id.desc())
    )
    rows: Iterable[Any] = await session.execute(query)
    return [FeedComment(*row) for row in rows]


def _hidden_threads() -> Select[int]:
    # There are few of these, and they are looked up without touching the posts of the others.
    return (
        select(Thread.id)
        .join(Post, Post.id == Thread.post_id)
        .where(not_(posts_visible_to(VISITOR)))
    )
