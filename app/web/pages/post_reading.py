"""What the page of a post shows, read in four queries beside what is said under it and hangs on it.

Visibility is that of `posts.queries`; here is only how much is fetched at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, defer

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core import clock
from app.core.db import BigId, UtcDateTime
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.core.pictures import Drawn
from app.core.prepared import Prepared
from app.discussions.models import Thread
from app.discussions.queries import page_count_of_thread
from app.media.models import Upload
from app.media.showing import pictures_at, uploads_named
from app.posts.addresses import Asked, View, address
from app.posts.models import OwnLink, Post, PostAuthor, PostKind, PostTerm, Term
from app.posts.queries import eyes_of, in_lists, posts_visible_to
from app.web.head import Link

# Somebody may move a page below itself by hand; nobody builds a tree so deep on purpose.
_DEEPEST_TREE = 20
MOST_LINKED_FROM = 10


@dataclass(frozen=True, slots=True)
class FoundPost:
    """The post at an address, what of it is asked for, and how much has been said under it."""

    post: Post
    asked: Asked
    thread: Thread | None
    comment_pages: int
    cover: Upload | None
    # The pictures that are shown of it, by the paths of their addresses.
    pictures: Mapping[str, Drawn] = field(default_factory=dict)

    @property
    def shown_html(self) -> SafeHtml:
        """The part of its text that is asked for."""
        return self.post.pages[self.asked.number - 1 if self.asked.view == View.PAGE else 0]


@dataclass(frozen=True, slots=True)
class Around:
    """Where a post stands among others."""

    terms: tuple[Link, ...] = ()
    before: Link | None = None
    after: Link | None = None
    ancestors: tuple[Link, ...] = ()
    # Posts here that link to this one, the newest first.
    linked_from: tuple[Link, ...] = ()


async def find_shown_post(
    session: AsyncSession, actor: Actor, meant: Sequence[Asked]
) -> FoundPost | None:
    """The post that the first of these readings of an address leads to."""
    at_one_of = {"paths": list({asked.path for asked in meant})}
    rows = await session.execute(_post_at(eyes_of(actor)), at_one_of)
    found = {post.path: (post, thread, pages, cover) for post, thread, pages, cover in rows}
    for asked in meant:
        if asked.path in found:
            post, thread, pages, cover = found[asked.path]
            return FoundPost(post, asked, thread, pages, cover)
    return None


async def find_front_page(session: AsyncSession, actor: Actor, page_id: int) -> FoundPost | None:
    """The page that the owner has put at the root of the site."""
    found = (await session.execute(_shown(actor).where(Post.id == page_id))).first()
    if found is None:
        return None
    post, thread, pages, cover = found
    return FoundPost(post, Asked("/"), thread, pages, cover)


async def with_its_pictures(session: AsyncSession, found: FoundPost) -> FoundPost:
    """The post with the versions of its pictures; nothing is asked for where it shows none."""
    named = uploads_named(found.shown_html)
    if found.cover is not None:
        named.add(found.cover.path)
    return replace(found, pictures=await pictures_at(session, named)) if named else found


async def authors_of_post(session: AsyncSession, post_id: int) -> Sequence[User]:
    """Who wrote a post, in order."""
    return (await session.scalars(_AUTHORS, {"post": post_id})).all()


async def around_post(session: AsyncSession, actor: Actor, post: Post) -> Around:
    """What a post is filed under and stands between, or the pages that a page stands below."""
    if post.kind == PostKind.PAGE:
        return Around(ancestors=await _ancestors(session, actor, post))
    found: dict[str, list[Link]] = {"term": [], "before": [], "after": [], "linked": []}
    # A draft stands where it would if it were published now.
    at = post.published_at or clock.now()
    rows = await _AROUND.rows(session, {"post": post.id, "at": at})
    for what, _order, _position, title, path in rows:
        found[what].append(Link(title or _("Untitled"), address(path)))
    return Around(
        terms=tuple(found["term"]),
        before=next(iter(found["before"]), None),
        after=next(iter(found["after"]), None),
        linked_from=tuple(found["linked"]),
    )


# Queries are put together once: that takes several times as long as asking them.
_POST = bindparam("post", type_=BigId)
_OWN_KEY = tuple_(bindparam("at", type_=UtcDateTime()), _POST)
_KEY = tuple_(Post.published_at, Post.id)
_OLDEST_FIRST = (Post.published_at, Post.id)
_NEWEST_FIRST = (Post.published_at.desc(), Post.id.desc())


def _shown(actor: Actor) -> Select[Post, Thread, int, Upload]:
    return (
        select(Post, Thread, page_count_of_thread(), Upload)
        .outerjoin(Thread, Thread.post_id == Post.id)
        .outerjoin(Upload, Upload.id == Post.cover_id)
        .where(posts_visible_to(actor))
        .options(defer(Post.body_source), defer(Post.excerpt_source), defer(Post.teaser_html))
    )


@lru_cache(maxsize=100)
def _post_at(actor: Actor) -> Select[Post, Thread, int, Upload]:
    return _shown(actor).where(Post.path.in_(bindparam("paths", expanding=True)))


def _nearest(what: str, beyond: ColumnElement[bool], order: tuple[Any, Any]) -> Select[Any]:
    columns = (literal(what), literal(""), literal(0), Post.title, Post.path)
    nearest = select(*columns).where(in_lists(), beyond).order_by(*order).limit(1)
    return select(nearest.subquery())


_AUTHORS = (
    select(User)
    .join(PostAuthor, PostAuthor.user_id == User.id)
    .where(PostAuthor.post_id == _POST)
    .order_by(PostAuthor.position)
)
_TERMS = (
    select(
        literal("term").label("what"),
        Term.taxonomy.label("order"),
        PostTerm.position,
        Term.name.label("title"),
        ("/" + Term.taxonomy + "/" + Term.path + "/").label("path"),
    )
    .join(PostTerm.term)
    .where(PostTerm.post_id == _POST)
)
_LINKED_FROM = select(
    select(
        literal("linked"),
        literal(""),
        func.row_number().over(order_by=_NEWEST_FIRST),
        Post.title,
        Post.path,
    )
    .join(OwnLink, OwnLink.post_id == Post.id)
    .where(OwnLink.linked_id == _POST, in_lists())
    .order_by(*_NEWEST_FIRST)
    .limit(MOST_LINKED_FROM)
    .subquery()
)
_AROUND = Prepared(
    union_all(
        _TERMS,
        _nearest("before", _KEY < _OWN_KEY, _NEWEST_FIRST),
        _nearest("after", _KEY > _OWN_KEY, _OLDEST_FIRST),
        _LINKED_FROM,
    ).order_by("what", "order", "position")
)


async def _ancestors(session: AsyncSession, actor: Actor, page: Post) -> tuple[Link, ...]:
    """The pages above a page, from the root down."""
    if page.parent_id is None:
        return ()
    tree = (
        select(Post.id, Post.parent_id, literal(1).label("height"))
        .where(Post.id == page.parent_id)
        .cte(recursive=True)
    )
    above = aliased(Post)
    tree = tree.union_all(
        select(above.id, above.parent_id, tree.c.height + 1)
        .join(tree, tree.c.parent_id == above.id)
        .where(tree.c.height < _DEEPEST_TREE)
    )
    query = (
        select(Post.title, Post.path, func.max(tree.c.height))
        .join(tree, tree.c.id == Post.id)
        .where(posts_visible_to(actor), Post.path.is_not(None))
        .group_by(Post.id)
        .order_by(func.max(tree.c.height).desc())
    )
    rows = await session.execute(query)
    return tuple(Link(title or path, address(path)) for title, path, _height in rows)
