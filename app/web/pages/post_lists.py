"""Lists of posts, page by page: two queries, however many posts there are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    bindparam,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.db import BigId
from app.core.i18n import _
from app.core.prepared import Prepared, id_parameters, id_values
from app.core.text import shorten
from app.discussions.models import Thread
from app.posts.addresses import address
from app.posts.models import Post, PostAuthor, PostTerm, Term
from app.posts.queries import in_lists
from app.web.head import Link
from app.web.pages.archive_pages import PostRow

# Up to the first full stop after a few words; Chinese and Japanese leave no blank behind theirs.
_SENTENCE = re.compile(r""".{20,220}?(?:[.!?…]["”’»)]*(?=\s|$)|[。！？][」』”]?)""")
_SHORT = 30


@dataclass(frozen=True, slots=True)
class PostList:
    """One page of a list, and what the page shows for the cache to know."""

    rows: Sequence[PostRow]
    count: int
    tags: frozenset[str]


async def list_posts(
    session: AsyncSession,
    query: Prepared,
    values: Mapping[str, Any],
    *,
    number: int,
    size: int,
) -> PostList:
    """Page `number` of one of the lists below, `size` to a page; `values` say which term, author or time."""
    place = {"size": size, "skipped": (number - 1) * size}
    rows: Sequence[Any] = await query.rows(session, {**values, **place})
    authors = await _authors(session, [row[0] for row in rows])
    return PostList(
        rows=[_row(row, authors, names_sticky=query is STICKY_FIRST) for row in rows],
        count=rows[0][-1] if rows else 0,
        tags=frozenset(f"thread:{row[6]}" for row in rows if row[6]),
    )


async def _authors(session: AsyncSession, post_ids: Sequence[int]) -> dict[int, tuple[Link, ...]]:
    """Who wrote each post; nobody is named where all are by the same people."""
    if not post_ids:
        return {}
    authors: dict[int, tuple[Link, ...]] = {}
    for post_id, name, slug in await _authors_of(len(post_ids)).rows(session, id_values(post_ids)):
        link = Link(name, address(f"/author/{slug}/"))
        authors[post_id] = (*authors.get(post_id, ()), link)
    return authors if len(set(authors.values())) > 1 else {}


def _row(row: Any, authors: dict[int, tuple[Link, ...]], *, names_sticky: bool) -> PostRow:
    post_id, title, path, published_at, summary, is_sticky, _thread, comment_count, _count = row
    return PostRow(
        title=title or _("Untitled"),
        url=address(path or "/"),
        published_at=published_at,
        summary=summary,
        sentence=one_sentence(summary),
        authors=authors.get(post_id, ()),
        comment_count=comment_count,
        is_sticky=is_sticky and names_sticky,
    )


def one_sentence(summary: str) -> str:
    """The first sentence of a summary, or its first words where no sentence ends soon."""
    found = _SENTENCE.match(summary)
    return found[0] if found else shorten(summary, _SHORT)


_NEWEST_FIRST = (Post.published_at.desc(), Post.id.desc())


def _list(condition: ColumnElement[bool] | None = None, *, sticky_first: bool = False) -> Prepared:
    """A list, put together once. Only of the posts on the page itself more is read than an index."""
    chosen = in_lists() if condition is None else and_(in_lists(), condition)
    page = (
        select(Post.id)
        .where(chosen)
        .order_by(*_NEWEST_FIRST)
        .limit(bindparam("size", type_=Integer))
        .offset(bindparam("skipped", type_=Integer))
        .subquery()
    )
    ids: Any = select(page.c.id)
    if sticky_first:
        sticky = select(Post.id).where(chosen, Post.is_sticky)
        ids = select(union(ids, sticky).subquery().c.id)
    columns = (Post.id, Post.title, Post.path, Post.published_at, Post.summary, Post.is_sticky)
    count = select(func.count(Post.id)).where(chosen).correlate(None).scalar_subquery()
    order = (Post.is_sticky.desc(), *_NEWEST_FIRST) if sticky_first else _NEWEST_FIRST
    return Prepared(
        select(*columns, Thread.id, func.coalesce(Thread.comment_count, 0), count)
        .outerjoin(Thread, Thread.post_id == Post.id)
        .where(Post.id.in_(ids))
        .order_by(*order)
    )


def under_term(term: Term) -> Mapping[str, Any]:
    """The values of UNDER_TERM: a term, and for categories what stands below it."""
    return {"term": term.id, "taxonomy": term.taxonomy, "below": f"{term.path}/"}


_below = bindparam("below", type_=String)
_is_below = and_(
    Term.taxonomy == bindparam("taxonomy", type_=String),
    func.substr(Term.path, 1, func.length(_below)) == _below,
)
_terms = select(Term.id).where(or_(Term.id == bindparam("term", type_=BigId), _is_below))
_filed = select(PostTerm.post_id).where(PostTerm.term_id.in_(_terms))
_written = select(PostAuthor.post_id).where(PostAuthor.user_id == bindparam("author", type_=BigId))
_since = Post.published_local >= bindparam("first", type_=Post.published_local.type)
_until = Post.published_local < bindparam("end", type_=Post.published_local.type)

EVERY = _list()
# On the first page posts that are kept at the top stand before the others.
STICKY_FIRST = _list(sticky_first=True)
UNDER_TERM = _list(Post.id.in_(_filed))
WRITTEN_BY = _list(Post.id.in_(_written))
DATED = _list(and_(_since, _until))


@lru_cache(maxsize=20)
def _authors_of(count: int) -> Prepared:
    return Prepared(
        select(PostAuthor.post_id, User.name, User.slug)
        .join(User, User.id == PostAuthor.user_id)
        .where(PostAuthor.post_id.in_(id_parameters(count)))
        .order_by(PostAuthor.post_id, PostAuthor.position)
    )
