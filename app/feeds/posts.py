"""Posts as feeds need them. Two queries fill a feed, however many posts the site has.

None takes an actor: a feed shows every reader the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.db import BigId
from app.core.markup import SafeHtml
from app.core.prepared import Prepared, id_parameters, id_values
from app.discussions.models import Thread
from app.media.models import Upload
from app.posts.models import Post, PostAuthor, PostTerm, Taxonomy, Term
from app.posts.queries import in_lists

Rows: TypeAlias = Select[*tuple[Any, ...]]


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
    condition = selection.condition
    values = {"skip": skip, "most": limit}
    rows: Iterable[Any]
    if condition is None:
        rows = await _EVERY_POST.rows(session, values)
    else:
        rows = await session.execute(_posts_where(condition), values)
    return [FeedPost(*row) for row in rows]


def _posts_where(*condition: ColumnElement[bool]) -> Rows:
    newest = (Post.published_at.desc(), Post.id.desc())
    ids = select(Post.id).where(in_lists(), *condition).order_by(*newest)
    ids = ids.offset(bindparam("skip")).limit(bindparam("most"))
    replies = func.coalesce(Thread.comment_count + Thread.linkback_count, 0)
    return (
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
            replies,
            Thread.approved_at,
        )
        .outerjoin(Thread, Thread.post_id == Post.id)
        .where(Post.id.in_(select(ids.subquery().c.id)))
        .order_by(*newest)
    )


_EVERY_POST = Prepared(_posts_where())


async def parts_of(
    session: AsyncSession, post_ids: Sequence[int], selection: Selection = EVERY_POST
) -> tuple[dict[int, PostParts], list[Part]]:
    """Authors, terms and audio files of each post, and the selection's subject; one query."""
    rows: Iterable[Any] = ()
    if selection.subject is None and post_ids:
        rows = await _parts_of_posts(len(post_ids)).rows(session, id_values(post_ids))
    elif selection.subject is not None:
        query = _parts_and(len(post_ids), selection.subject)
        rows = await session.execute(query, id_values(post_ids))
    subject: list[Part] = []
    of_posts: dict[int, dict[str, list[Part]]] = {post_id: {} for post_id in post_ids}
    for post_id, kind, _position, *part in rows:
        if kind == _SUBJECT:
            subject.append(Part(*part))
        else:
            of_posts[post_id].setdefault(kind, []).append(Part(*part))
    return {post_id: _gathered(kinds) for post_id, kinds in of_posts.items()}, subject


_SUBJECT = "subject"
_IN_ORDER = ("kind", "position", "path")


@lru_cache(maxsize=20)
def _parts_of_posts(count: int) -> Prepared:
    return Prepared(union_all(*_hung_on(count)).order_by(*_IN_ORDER))


def _parts_and(count: int, subject: Select[int, str, str]) -> CompoundSelect[*tuple[Any, ...]]:
    found, none = subject.subquery().c, literal(0)
    it = select(none, literal(_SUBJECT), none, found[0], found[1], found[2], none)
    return union_all(*_hung_on(count), it).order_by(*_IN_ORDER)


def _hung_on(count: int) -> tuple[Rows, ...]:
    """What hangs on so many posts: authors, terms and audio files, in columns of the same kind."""
    ids = id_parameters(count)
    authors = select(
        PostAuthor.post_id.label("post_id"),
        literal("author").label("kind"),
        PostAuthor.position.label("position"),
        User.id.label("id"),
        User.name.label("name"),
        User.slug.label("path"),
        cast(literal(0), BigId).label("size"),
    ).join(PostAuthor.user)
    terms = select(
        PostTerm.post_id,
        Term.taxonomy,
        PostTerm.position,
        Term.id,
        Term.name,
        Term.path,
        literal(0),
    ).join(PostTerm.term)
    audio = select(
        Upload.post_id, literal("audio"), literal(0), Upload.id, Upload.mime, Upload.path,
        func.coalesce(Upload.size, 0),
    )  # fmt: skip
    return (
        authors.where(PostAuthor.post_id.in_(ids)),
        terms.where(PostTerm.post_id.in_(ids)),
        audio.where(Upload.post_id.in_(ids), Upload.is_stored, Upload.mime.startswith("audio/")),
    )


def _gathered(kinds: dict[str, list[Part]]) -> PostParts:
    return PostParts(
        authors=tuple(kinds.get("author", ())),
        categories=tuple(kinds.get(Taxonomy.CATEGORY, ())),
        tags=tuple(kinds.get(Taxonomy.TAG, ())),
        audio=tuple(kinds.get("audio", ())),
    )
