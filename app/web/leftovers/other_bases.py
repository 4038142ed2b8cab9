"""Archives where WordPress had them under another word than here.

Whoever runs it may choose the word before categories and tags, and may put a front before all that is
not a page: `/topics/tea/`, `/blog/author/gwen/`, `/blog/2010/05/`. An export tells of neither. So what
stands nowhere is read from behind, on a site that was brought along: past the first part, there is a
category, a tag, an author or a date.
"""

import re
from collections.abc import Iterator

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.posts.addresses import RESERVED, SHARED_WITH_LISTS, address
from app.posts.models import Post, PostAuthor, Taxonomy, Term
from app.posts.queries import in_lists

_PARTS = re.compile(r"/(?P<front>[^/]+)/(?P<rest>.+?)/(?P<suffix>feed/(?:\w+/)?|page/\d+/)?")
# A front stands before every post; some have another address for a reason of their own.
_LOOKED_AT = 20
_DATE = re.compile(r"\d{4}(?:/\d{2}){0,2}")


async def at_another_base(session: AsyncSession, path: str) -> str | None:
    """The address here of the archive that is meant by a path with its last slash, in NFC."""
    parts = _PARTS.fullmatch(path)
    if parts is None:
        return None
    front, rest, suffix = parts["front"], parts["rest"], parts["suffix"] or ""
    if front in RESERVED and front not in SHARED_WITH_LISTS:
        return None
    if _DATE.fullmatch(rest):
        found = f"/{rest}/" if await _is_front(session, front) else None
    elif rest.startswith("author/"):
        found = await _author(session, rest.removeprefix("author/"))
    else:
        found = await _term(session, rest)
    return address(found, suffix) if found else None


async def _is_front(session: AsyncSession, front: str) -> bool:
    """Whether the oldest posts stand below it, which were brought along: then archives by date did, too."""
    oldest = select(Post.path).where(in_lists()).order_by(Post.published_at).limit(_LOOKED_AT)
    paths = await session.scalars(oldest)
    return any(path is not None and path.startswith(f"/{front}/") for path in paths)


async def _author(session: AsyncSession, slug: str) -> str | None:
    """Only of those who published something."""
    query = (
        select(User.slug)
        .join(PostAuthor, PostAuthor.user_id == User.id)
        .join(Post, Post.id == PostAuthor.post_id)
        .where(User.slug == slug.lower(), in_lists())
        .limit(1)
    )
    found = await session.scalar(query)
    return f"/author/{found}/" if found else None


async def _term(session: AsyncSession, rest: str) -> str | None:
    """A category before a tag of the same name."""
    meant = list(_terms(rest))
    named = (and_(Term.taxonomy == taxonomy, Term.path == path) for taxonomy, path in meant)
    query = select(Term.taxonomy, Term.path).where(or_(*named))
    known = {(Taxonomy(row.taxonomy), row.path) for row in await session.execute(query)}
    found = next((term for term in meant if term in known), None)
    return f"/{found[0]}/{found[1]}/" if found else None


def _terms(rest: str) -> Iterator[tuple[Taxonomy, str]]:
    """What a path may name: after the usual word, or by itself after a word of the owner's."""
    first, _slash, below = rest.lower().partition("/")
    if below and first in set(Taxonomy):
        yield Taxonomy(first), below
    yield Taxonomy.CATEGORY, rest.lower()
    yield Taxonomy.TAG, rest.lower()
