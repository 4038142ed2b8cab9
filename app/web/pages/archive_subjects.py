"""What the posts of an archive have in common: found by its address, with all that its page says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.i18n import _
from app.core.prepared import Prepared
from app.posts.addresses import address
from app.posts.models import Taxonomy, Term
from app.web.head import Link
from app.web.pages.moments import Moments
from app.web.pages.post_assembly import author_box
from app.web.pages.post_lists import DATED, UNDER_TERM, WRITTEN_BY, under_term
from app.web.pages.post_page import AuthorBox


@dataclass(frozen=True, slots=True)
class Subject:
    """One archive. `path` is where it stands, percent-encoded, with its last slash."""

    path: str
    kind: str
    title: str
    # One of the lists of `post_lists`, and what fills it in.
    query: Prepared
    values: Mapping[str, Any]
    tags: frozenset[str]
    description: str = ""
    ancestors: tuple[Link, ...] = ()
    within: tuple[Link, ...] = ()
    author: AuthorBox | None = None
    # A span of time without posts is no archive; a category may wait for its first.
    may_be_empty: bool = False


async def find_term_subject(session: AsyncSession, taxonomy: Taxonomy, path: str) -> Subject | None:
    """A category or tag by its path; by its slug alone, or in other letter case, where that fails.

    The subject's own `path` tells whether it was asked for by its right address.
    """
    slug = path.rpartition("/")[2].lower()
    is_above = [path[:end] for end, letter in enumerate(path) if letter == "/"]
    is_below = Term.path.startswith(path + "/", autoescape=True)
    is_near = or_(Term.path.in_([path, *is_above]), Term.slug == slug, is_below)
    query = select(Term).where(Term.taxonomy == taxonomy, is_near)
    terms = {term.path: term for term in await session.scalars(query.order_by(Term.path))}
    term = terms.get(path) or next((t for t in terms.values() if t.slug == slug), None)
    if term is None:
        return None
    return Subject(
        path=address(term.address),
        kind=_("Category") if taxonomy == Taxonomy.CATEGORY else _("Tag"),
        title=term.name,
        description=term.description,
        query=UNDER_TERM,
        values=under_term(term),
        tags=frozenset({f"term:{term.id}"}),
        ancestors=tuple(_link(terms[above]) for above in is_above if above in terms),
        within=tuple(_link(below) for below in terms.values() if below.parent_id == term.id),
        may_be_empty=True,
    )


def _link(term: Term) -> Link:
    return Link(term.name, address(term.address))


async def find_author_subject(session: AsyncSession, slug: str) -> Subject | None:
    """Somebody who has published something."""
    query = select(User).where(or_(User.slug == slug, User.slug == slug.lower()))
    users = {user.slug: user for user in await session.scalars(query)}
    user = users.get(slug) or users.get(slug.lower())
    if user is None:
        return None
    return Subject(
        path=address(f"/author/{user.slug}/"),
        kind=_("Author"),
        title=user.name,
        query=WRITTEN_BY,
        values={"author": user.id},
        tags=frozenset({f"author:{user.id}", f"user:{user.id}"}),
        author=author_box(user),
    )


def dated_subject(moments: Moments, numbers: Sequence[int]) -> Subject | None:
    """A year, a month or a day of the site's own calendar; None for what no calendar has."""
    year, month, day = (*numbers, 1, 1)[:3]
    try:
        first = datetime(year, month, day)  # noqa: DTZ001 - the site's wall clock has no zone
        end = _end(first, len(numbers))
    except (ValueError, OverflowError):
        return None
    depth = len(numbers)
    words = (str(year), moments.month(year, month), moments.calendar_day(first.date()))
    parts = (f"{year:04}", f"{month:02}", f"{day:02}")
    paths = ["/" + "/".join(parts[:length]) + "/" for length in range(1, depth + 1)]
    return Subject(
        path=paths[-1],
        kind=(_("Year"), _("Month"), _("Day"))[depth - 1],
        title=words[depth - 1],
        query=DATED,
        values={"first": first, "end": end},
        tags=frozenset({"dated:" + "-".join(parts[:depth])}),
        ancestors=tuple(map(Link, words, paths[:-1])),
    )


def _end(first: datetime, depth: int) -> datetime:
    if depth == 1:
        return first.replace(year=first.year + 1)
    if depth == 2:
        return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first + timedelta(days=1)
