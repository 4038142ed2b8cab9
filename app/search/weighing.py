"""The one query of a search: what matches, what the asker may see of it, the best first, one page of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import blocks
from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.db import BigId
from app.discussions.models import Comment, Thread
from app.discussions.queries import IS_APPROVED, page_number_of
from app.discussions.topics.reading import topics_visible_to
from app.groups.models import Group, Topic
from app.groups.profiles.models import Profile
from app.posts.models import Post, PostStatus
from app.posts.queries import posts_visible_to
from app.resources.models import Resource
from app.resources.reach import shared_with
from app.search.asking import PAGE_SIZE, Kind, Order, Query, Term, Terms
from app.search.entries import (
    NOT_APPROVED,
    OF_COMMENTS,
    OF_POSTS,
    OF_RESOURCES,
    OF_THINGS,
    POSTS_FROM,
    RESOURCES_FROM,
    Keys,
)
from app.search.index import index_of
from app.search.of_people import is_for_reader, keys_for, person_of_key

# Of what says a word that stands nearly everywhere, only so much is weighed: all resources and posts,
# and the newest comments; apart from these, the newest people, whose rows take longer to look at.
MOST_WEIGHED = MOST_PEOPLE = 5_000
# An excerpt is sought no further into a text than this.
_READ = 40_000
_KEYS = {
    None: OF_THINGS,
    Kind.COMMENT: OF_COMMENTS,
    Kind.DISCUSSION: OF_COMMENTS,
    Kind.RESOURCE: OF_RESOURCES,
}


def page_of_found(session: AsyncSession, actor: Actor, asked: Query, terms: Terms) -> Select[Any]:
    """The rows of one page; only of these the texts are read."""
    best = _best(session, actor, asked, terms).cte("best")
    html = case(
        (Resource.id.is_not(None), Resource.description_html),
        (Comment.id.is_(None), Post.body_html),
        else_=Comment.body_html,
    )
    return (
        select(
            case(
                (User.id.is_not(None), Kind.PERSON),
                (Resource.id.is_not(None), Kind.RESOURCE),
                (Comment.id.is_(None), Post.kind),
                (Topic.id.is_not(None), Kind.DISCUSSION),
                else_=Kind.COMMENT,
            ).label("kind"),
            func.coalesce(Post.title, Topic.title, Resource.title, User.name).label("title"),
            Post.path,
            Group.slug.label("group_slug"),
            Group.name.label("group_name"),
            Resource.id.label("resource_id"),
            Resource.slug.label("resource_slug"),
            User.id.label("person_id"),
            User.slug.label("handle"),
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
        .outerjoin(User, User.id == best.c.person_id)
        .outerjoin(Group, Group.id == func.coalesce(Topic.group_id, Resource.group_id))
        .order_by(best.c.place)
    )


def _best(session: AsyncSession, actor: Actor, asked: Query, terms: Terms) -> Select[Any]:
    seen = _seen(session, actor, asked, terms)
    newest = (seen.c.at.desc().nulls_last(), seen.c.key.desc())
    order = newest if asked.order == Order.NEWEST else (seen.c.score, *newest)
    return (
        select(
            seen.c.key,
            seen.c.post_id,
            seen.c.topic_id,
            seen.c.person_id,
            seen.c.at,
            func.count().over().label("total"),
            func.row_number().over(order_by=order).label("place"),
        )
        .order_by(*order)
        .limit(PAGE_SIZE)
        .offset((asked.page - 1) * PAGE_SIZE)
    )


def _seen(session: AsyncSession, actor: Actor, asked: Query, terms: Terms) -> Subquery:
    """All that matches and that the asker may see: things, people, or both."""
    parts: list[Select[Any]] = []
    if asked.kind != Kind.PERSON:
        keys = _KEYS.get(asked.kind, OF_POSTS)
        found = _matching(session, asked, terms, keys, MOST_WEIGHED)
        parts.append(_things(found.cte("things"), actor, asked))
    if asked.kind in (None, Kind.PERSON):
        found = _matching(session, asked, terms, keys_for(actor), MOST_PEOPLE)
        parts.append(_people(found.cte("people"), actor, asked))
    seen = parts[0] if len(parts) == 1 else union_all(*parts)
    return seen.subquery("seen")


def _matching(
    session: AsyncSession, asked: Query, terms: Terms, keys: Keys, most: int
) -> Select[int, float]:
    # What was said long ago lies far down among the keys.
    is_dated = asked.since is not None or asked.before is not None
    public = replace(terms, unwanted=(*terms.unwanted, Term((NOT_APPROVED,))))
    return index_of(session).matching(public, keys, None if is_dated else most)


def _things(matching: CTE, actor: Actor, asked: Query) -> Select[Any]:
    at = func.coalesce(Comment.created_at, Post.published_at, Resource.published_at)
    return (
        select(
            matching.c.key,
            matching.c.score,
            Post.id.label("post_id"),
            Topic.id.label("topic_id"),
            cast(null(), BigId).label("person_id"),
            at.label("at"),
        )
        .select_from(matching)
        .outerjoin(Comment, Comment.id == matching.c.key)
        .outerjoin(Thread, Thread.id == Comment.thread_id)
        .outerjoin(Post, Post.id == func.coalesce(Thread.post_id, matching.c.key - POSTS_FROM))
        .outerjoin(Topic, Topic.id == Thread.topic_id)
        .outerjoin(Group, Group.id == Topic.group_id)
        .outerjoin(Resource, Resource.id == matching.c.key - RESOURCES_FROM)
        .where(*_seen_by(actor), *_narrowed(asked, at))
    )


def _people(matching: CTE, actor: Actor, asked: Query) -> Select[Any]:
    return (
        select(
            matching.c.key,
            matching.c.score,
            cast(null(), BigId).label("post_id"),
            cast(null(), BigId).label("topic_id"),
            User.id.label("person_id"),
            User.created_at.label("at"),
        )
        .select_from(matching)
        .join(User, User.id == person_of_key(actor, matching.c.key))
        .join(Profile, Profile.user_id == User.id)
        .where(is_for_reader(actor, matching.c.key), *_dated(asked, User.created_at))
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
    yield from _dated(asked, at)


def _dated(asked: Query, at: Any) -> Iterator[ColumnElement[bool]]:
    if asked.since is not None:
        yield at >= asked.since
    if asked.before is not None:
        yield at < asked.before
