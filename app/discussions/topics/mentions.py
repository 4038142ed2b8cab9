"""Whom a text names by `@handle`: looked up once, when it is written, all of them together.

A handle becomes a link only where it is of a member of the group whom the writer sees; anybody else's
stays the word it is, and nobody is told.
"""

import re
from urllib.parse import quote, unquote

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.markup import SafeHtml, markdown_comment, names_in, without_links
from app.groups.models import Membership
from app.groups.profiles.visibility import people_visible_to
from app.groups.queries import INSIDE

# So many are named by one text; further ones stay words.
MOST_NAMED = 10
_NAMED = re.compile(r'<a href="/people/([^"/]+)/"[^>]*>@')


def handles_in(text: str) -> list[str]:
    """The handles that a text names, each once, in their order; no more than are told."""
    return list(dict.fromkeys(names_in(text)))[:MOST_NAMED]


async def html_said(
    session: AsyncSession, group_id: int | None, by: int | None, text: str
) -> SafeHtml:
    """What `by` says in a group, as HTML; a query only where somebody may be named in it."""
    handles = handles_in(text) if group_id is not None else []
    if not handles:
        return markdown_comment(text)
    inside = select(Membership.user_id).where(
        Membership.group_id == group_id, Membership.state.in_(INSIDE)
    )
    query = select(User.slug).where(
        User.slug.in_(handles), User.id.in_(inside), people_visible_to(Actor(user_id=by))
    )
    return markdown_comment(text, {slug: _path(slug) for slug in await session.scalars(query)})


def handles_linked(html: SafeHtml) -> list[str]:
    """Whom a text that was written names, by what became links in it."""
    return list(dict.fromkeys(map(unquote, _NAMED.findall(str(html)))))[:MOST_NAMED]


def seen_without(html: SafeHtml, handles: frozenset[str]) -> SafeHtml:
    """The same for somebody who does not see these people: their handles are words."""
    return without_links(html, frozenset(map(_path, handles))) if handles else html


def _path(handle: str) -> str:
    return f"/people/{quote(handle)}/"
