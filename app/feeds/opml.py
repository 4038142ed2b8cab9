"""The list of the site's feeds, as feed readers import it (OPML 2.0, http://opml.org/spec2.opml)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lxml import etree
from sqlalchemy import literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.accounts.models import User
from app.core.i18n import _
from app.core.text import clean_text
from app.groups.models import Group, TopicKind
from app.groups.queries import groups_read_by
from app.posts.models import Post, PostAuthor, PostTerm, Term
from app.posts.queries import in_lists

MEDIA_TYPE = "text/x-opml"


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """One feed of the list: its name, and the path that it stands below, percent-encoded."""

    title: str
    page_path: str
    # The page it follows, where that stands elsewhere.
    html_path: str = ""


async def archive_feeds(session: AsyncSession) -> list[ListedFeed]:
    """The feeds of every category, tag and author with listed posts; one query."""
    terms = (
        select(Term.taxonomy.label("kind"), Term.name.label("name"), Term.path.label("path"))
        .join(PostTerm, PostTerm.term_id == Term.id)
        .join(Post, Post.id == PostTerm.post_id)
        .where(in_lists())
        .distinct()
    )
    authors = (
        select(literal("author"), User.name, User.slug)
        .join(PostAuthor, PostAuthor.user_id == User.id)
        .join(Post, Post.id == PostAuthor.post_id)
        .where(in_lists())
        .distinct()
    )
    rows: Iterable[Any] = await session.execute(
        union_all(terms, authors).order_by("kind", "name", "path")
    )
    return [ListedFeed(name, f"/{kind}/{quote(path)}/") for kind, name, path in rows]


async def feeds_of_groups(session: AsyncSession) -> list[ListedFeed]:
    """The feeds of every group that everybody reads, and of what is asked for in all; one query."""
    query = select(Group.name, Group.kinds, Group.slug).where(groups_read_by(VISITOR))
    rows = (await session.execute(query.order_by(Group.name, Group.id))).all()
    found = [ListedFeed(_("Asks"), "/asks/")] if rows else []
    for name, kinds, slug in rows:
        found += feeds_of_group(name, kinds, f"/groups/{quote(slug)}/")
    return found


def feeds_of_group(
    name: str, kinds: Collection[str], base: str, home: str = ""
) -> list[ListedFeed]:
    """The feeds below a group's page, or below a link to it; `home` is then its page."""
    found = [
        ListedFeed(name, base, home),
        ListedFeed(_("Replies in %(name)s") % {"name": name}, f"{base}replies/", home),
    ]
    if TopicKind.ASK in kinds:
        found.append(ListedFeed(_("Asks in %(name)s") % {"name": name}, f"{base}asks/", home))
    if TopicKind.OFFER in kinds:
        found.append(ListedFeed(_("Offers in %(name)s") % {"name": name}, f"{base}offers/", home))
    return found


def write_opml(title: str, base_url: str, feeds: Iterable[ListedFeed]) -> bytes:
    """The list as XML; each feed as RSS, which every reader knows."""
    root = etree.Element("opml", {"version": "2.0"})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = clean_text(title)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        name = clean_text(feed.title)
        page_url = base_url + feed.page_path
        attributes = {"type": "rss", "text": name, "title": name}
        html_url = base_url + (feed.html_path or feed.page_path)
        attributes |= {"xmlUrl": f"{page_url}feed/", "htmlUrl": html_url}
        etree.SubElement(body, "outline", attributes)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
