"""The list of the site's feeds, as feed readers import it (OPML 2.0, http://opml.org/spec2.opml)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lxml import etree
from sqlalchemy import literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.text import clean_text
from app.posts.models import Post, PostAuthor, PostTerm, Term
from app.posts.queries import in_lists


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """One feed of the list: its name, and the path of the page it follows, percent-encoded."""

    title: str
    page_path: str


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


def write_opml(title: str, base_url: str, feeds: Iterable[ListedFeed]) -> bytes:
    """The list as XML; each feed as RSS, which every reader knows."""
    root = etree.Element("opml", {"version": "2.0"})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = clean_text(title)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        name = clean_text(feed.title)
        page_url = base_url + feed.page_path
        attributes = {"type": "rss", "text": name, "title": name}
        attributes |= {"xmlUrl": f"{page_url}feed/", "htmlUrl": page_url}
        etree.SubElement(body, "outline", attributes)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
