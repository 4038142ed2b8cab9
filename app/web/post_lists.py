"""Lists of posts, page by page: two queries, however many posts there are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.i18n import _
from app.core.text import shorten
from app.discussions.models import Thread
from app.posts.addresses import address
from app.posts.models import Post, PostAuthor
from app.posts.queries import in_lists
from app.web.archive_pages import PostRow
from app.web.head import Link

# Up to the first full stop after a few words; Chinese and Japanese leave no blank behind theirs.
_SENTENCE = re.compile(r""".{20,220}?(?:[.!?…]["”’»)]*(?=\s|$)|[。！？][」』”]?)""")
_SHORT = 30

_NEWEST_FIRST = (Post.published_at.desc(), Post.id.desc())


@dataclass(frozen=True, slots=True)
class PostList:
    """One page of a list, and what the page shows for the cache to know."""

    rows: Sequence[PostRow]
    count: int
    tags: frozenset[str]


async def list_posts(
    session: AsyncSession,
    condition: ColumnElement[bool] | None,
    *,
    number: int,
    size: int,
    sticky_first: bool = False,
) -> PostList:
    """Page `number` of the public posts that meet a condition, newest first.

    With `sticky_first` the posts kept at the top stand before the others on the first page.
    """
    chosen = in_lists() if condition is None else and_(in_lists(), condition)
    has_sticky = sticky_first and number == 1
    order = (Post.is_sticky.desc(), *_NEWEST_FIRST) if has_sticky else _NEWEST_FIRST
    query = (
        select(
            Post.id,
            Post.title,
            Post.path,
            Post.published_at,
            Post.summary,
            Post.is_sticky,
            Thread.id,
            func.coalesce(Thread.comment_count, 0),
            select(func.count(Post.id)).where(chosen).correlate(None).scalar_subquery(),
        )
        .outerjoin(Thread, Thread.post_id == Post.id)
        .where(Post.id.in_(_ids(chosen, number, size, has_sticky=has_sticky)))
        .order_by(*order)
    )
    rows: Sequence[Any] = (await session.execute(query)).all()
    authors = await _authors([row[0] for row in rows], session)
    return PostList(
        rows=[_row(row, authors, names_sticky=has_sticky) for row in rows],
        count=rows[0][-1] if rows else 0,
        tags=frozenset(f"thread:{row[6]}" for row in rows if row[6]),
    )


def one_sentence(summary: str) -> str:
    """The first sentence of a summary, or its first words where no sentence ends soon."""
    found = _SENTENCE.match(summary)
    return found[0] if found else shorten(summary, _SHORT)


def _ids(chosen: ColumnElement[bool], number: int, size: int, *, has_sticky: bool) -> Select[Any]:
    # Found in an index alone; only of the page's own posts is anything else read.
    page = (
        select(Post.id)
        .where(chosen)
        .order_by(*_NEWEST_FIRST)
        .limit(size)
        .offset((number - 1) * size)
    )
    if not has_sticky:
        return select(page.subquery().c.id)
    sticky = select(Post.id).where(chosen, Post.is_sticky)
    return select(union(select(page.subquery().c.id), sticky).subquery().c.id)


async def _authors(post_ids: Sequence[int], session: AsyncSession) -> dict[int, tuple[Link, ...]]:
    """Who wrote each post; nobody is named where all are by the same people."""
    query = (
        select(PostAuthor.post_id, User.name, User.slug)
        .join(User, User.id == PostAuthor.user_id)
        .where(PostAuthor.post_id.in_(post_ids))
        .order_by(PostAuthor.post_id, PostAuthor.position)
    )
    authors: dict[int, tuple[Link, ...]] = {}
    for post_id, name, slug in await session.execute(query):
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
