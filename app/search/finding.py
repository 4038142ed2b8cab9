"""One query to search: what matches, what the asker may see of it, the best first, one page of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    case,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import blocks
from app.accounts.actor import Actor
from app.core.text import plain_text
from app.discussions.models import Comment, Thread
from app.discussions.queries import IS_APPROVED, page_number_of
from app.discussions.topics.reading import topics_visible_to
from app.groups.models import Group, Topic
from app.posts.models import Post, PostStatus
from app.posts.queries import posts_visible_to
from app.resources.models import Resource
from app.resources.reach import shared_with
from app.search.asking import PAGE_SIZE, PAGES, Kind, Order, Query, Term, Terms, TooSlow, read_terms
from app.search.entries import (
    NOT_APPROVED,
    OF_ALL,
    OF_COMMENTS,
    OF_POSTS,
    OF_RESOURCES,
    POSTS_FROM,
    RESOURCES_FROM,
)
from app.search.excerpts import Segment, excerpt
from app.search.index import index_of

# No query holds a thread or a connection longer than this.
SECONDS = 1.5
# Of what says a word that stands nearly everywhere, only so much is weighed: all posts, and the
# newest comments.
MOST_WEIGHED = 5_000
# An excerpt is sought no further into a text than this.
_READ = 40_000


class Hint(StrEnum):
    """Why nothing was found."""

    NOTHING_ASKED = "nothing asked"
    NO_WORDS = "no words"
    ONLY_UNWANTED = "only unwanted"
    NO_MATCH = "no match"
    TOO_SLOW = "too slow"


@dataclass(frozen=True, slots=True)
class InGroup:
    """The topic in which something was said; `opens` for its opening text."""

    group_slug: str
    group_name: str
    topic_id: int
    topic_slug: str
    opens: bool


@dataclass(frozen=True, slots=True)
class FoundResource:
    """Something to take away; `group_slug` and `group_name` are empty for the site's own."""

    id: int
    slug: str
    group_slug: str
    group_name: str


@dataclass(frozen=True, slots=True)
class Found:
    """Whatever was found. The excerpt is plain words, each with whether they were asked for."""

    kind: Kind
    # Of the post, or the topic; a comment stands on this page of its thread.
    title: str
    path: str
    comment_id: int | None
    comment_page: int
    # Of a comment: who said it.
    name: str
    at: datetime
    excerpt: tuple[Segment, ...]
    place: InGroup | None = None
    resource: FoundResource | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found; `total` counts all that the asker may see, as far as it was weighed."""

    found: tuple[Found, ...] = ()
    total: int = 0
    hint: Hint | None = None
    # Whether the line was longer than is read.
    was_cut: bool = False

    @property
    def pages(self) -> int:
        """How many pages there are to turn, at least one."""
        return min(PAGES, max(1, -(-self.total // PAGE_SIZE)))


async def search(session: AsyncSession, actor: Actor, asked: Query) -> Results:
    """What a reader may see of what was asked for; no words, however odd, are an error.

    For a session of `reading(slow=True)`. A query that takes longer than SECONDS is broken off.
    """
    terms = read_terms(asked.text, asked.author)
    if not terms:
        return Results(hint=_why_nothing(asked, terms), was_cut=terms.was_cut)
    try:
        async with index_of(session).at_most(session, SECONDS):
            rows = (await session.execute(_page(session, actor, asked, terms))).all()
    except TooSlow:
        return Results(hint=Hint.TOO_SLOW, was_cut=terms.was_cut)
    return Results(
        found=tuple(_found(rows, terms)),
        total=rows[0].total if rows else 0,
        hint=None if rows else Hint.NO_MATCH,
        was_cut=terms.was_cut,
    )


_KEYS = {
    Kind.COMMENT: OF_COMMENTS,
    Kind.DISCUSSION: OF_COMMENTS,
    Kind.RESOURCE: OF_RESOURCES,
}


def _why_nothing(asked: Query, terms: Terms) -> Hint:
    if terms.unwanted:
        return Hint.ONLY_UNWANTED
    return Hint.NO_WORDS if asked.text.strip() or asked.author.strip() else Hint.NOTHING_ASKED


def _page(session: AsyncSession, actor: Actor, asked: Query, terms: Terms) -> Select[Any]:
    """The rows of one page; only of these the texts are read."""
    best = _best(_matching(session, asked, terms), actor, asked).cte("best")
    html = case(
        (Resource.id.is_not(None), Resource.description_html),
        (Comment.id.is_(None), Post.body_html),
        else_=Comment.body_html,
    )
    return (
        select(
            case(
                (Resource.id.is_not(None), Kind.RESOURCE),
                (Comment.id.is_(None), Post.kind),
                (Topic.id.is_not(None), Kind.DISCUSSION),
                else_=Kind.COMMENT,
            ).label("kind"),
            func.coalesce(Post.title, Topic.title, Resource.title).label("title"),
            Post.path,
            Group.slug.label("group_slug"),
            Group.name.label("group_name"),
            Resource.id.label("resource_id"),
            Resource.slug.label("resource_slug"),
            Topic.id.label("topic_id"),
            Topic.slug.label("topic_slug"),
            (Topic.opening_id == Comment.id).label("opens"),
            Comment.id.label("comment_id"),
            page_number_of(Comment).label("comment_page"),
            func.coalesce(Comment.author_name, "").label("name"),
            best.c.at,
            type_coerce(func.substr(html, 1, _READ), Text).label("html"),
            best.c.total,
        )
        .select_from(best)
        .outerjoin(Post, Post.id == best.c.post_id)
        .outerjoin(Comment, Comment.id == best.c.key)
        .outerjoin(Topic, Topic.id == best.c.topic_id)
        .outerjoin(Resource, Resource.id == best.c.key - RESOURCES_FROM)
        .outerjoin(Group, Group.id == func.coalesce(Topic.group_id, Resource.group_id))
        .order_by(best.c.place)
    )


def _matching(session: AsyncSession, asked: Query, terms: Terms) -> CTE:
    keys = OF_ALL if asked.kind is None else _KEYS.get(asked.kind, OF_POSTS)
    # What was said long ago lies far down among the keys.
    is_dated = asked.since is not None or asked.before is not None
    most = None if is_dated else MOST_WEIGHED
    public = replace(terms, unwanted=(*terms.unwanted, Term((NOT_APPROVED,))))
    return index_of(session).matching(public, keys, most).cte("matching")


def _best(matching: CTE, actor: Actor, asked: Query) -> Select[Any]:
    at = func.coalesce(Comment.created_at, Post.published_at, Resource.published_at)
    newest = (at.desc(), matching.c.key.desc())
    order = newest if asked.order == Order.NEWEST else (matching.c.score, *newest)
    return (
        select(
            matching.c.key,
            Post.id.label("post_id"),
            Topic.id.label("topic_id"),
            at.label("at"),
            func.count().over().label("total"),
            func.row_number().over(order_by=order).label("place"),
        )
        .select_from(matching)
        .outerjoin(Comment, Comment.id == matching.c.key)
        .outerjoin(Thread, Thread.id == Comment.thread_id)
        .outerjoin(Post, Post.id == func.coalesce(Thread.post_id, matching.c.key - POSTS_FROM))
        .outerjoin(Topic, Topic.id == Thread.topic_id)
        .outerjoin(Group, Group.id == Topic.group_id)
        .outerjoin(Resource, Resource.id == matching.c.key - RESOURCES_FROM)
        .where(*_seen_by(actor), *_narrowed(asked, at))
        .order_by(*order)
        .limit(PAGE_SIZE)
        .offset((asked.page - 1) * PAGE_SIZE)
    )


def _seen_by(actor: Actor) -> Iterator[ColumnElement[bool]]:
    # Asked of the rows and not of the index: time alone makes a scheduled post public.
    of_posts = and_(
        Post.id.is_not(None),
        posts_visible_to(actor),
        Post.status != PostStatus.TRASHED,
        Post.path.is_not(None),
    )
    in_groups = and_(
        Topic.is_shown, topics_visible_to(actor), blocks.seen_by(actor, Comment.user_id)
    )
    of_resources = and_(Resource.id.is_not(None), shared_with(actor))
    yield or_(of_posts, in_groups, of_resources)
    yield or_(Comment.id.is_(None), IS_APPROVED)


def _narrowed(asked: Query, at: ColumnElement[datetime]) -> Iterator[ColumnElement[bool]]:
    if asked.kind in (Kind.POST, Kind.PAGE):
        yield Post.kind == asked.kind
    if asked.kind == Kind.COMMENT:
        yield Post.id.is_not(None)
    if asked.kind == Kind.DISCUSSION:
        yield Topic.id.is_not(None)
    if asked.since is not None:
        yield at >= asked.since
    if asked.before is not None:
        yield at < asked.before


def _found(rows: Sequence[Row[Any]], terms: Terms) -> Iterator[Found]:
    for row in rows:
        yield Found(
            kind=Kind(row.kind),
            title=row.title,
            path=row.path or "",
            comment_id=row.comment_id,
            comment_page=row.comment_page,
            name=row.name,
            at=row.at,
            excerpt=excerpt(_readable(row.html), terms.wanted),
            place=_place(row) if row.topic_id is not None else None,
            resource=_resource(row) if row.resource_id is not None else None,
        )


def _place(row: Row[Any]) -> InGroup:
    return InGroup(
        row.group_slug, row.group_name, row.topic_id, row.topic_slug, opens=bool(row.opens)
    )


def _resource(row: Row[Any]) -> FoundResource:
    return FoundResource(
        row.resource_id, row.resource_slug, row.group_slug or "", row.group_name or ""
    )


def _readable(html: str) -> str:
    """The words of the beginning of some HTML, which may end within a tag."""
    is_torn = html.rfind("<") > html.rfind(">")
    return plain_text(html[: html.rfind("<")] if is_torn else html)
