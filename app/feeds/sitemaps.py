"""Sitemaps (sitemaps.org protocol 0.9): every public address once, split by type and by id.

A file is named after the first id in it and holds the `FILE_SIZE` addresses from there on: so it
is found by key, and keeps its name when others are added.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from sqlalchemy import Select, and_, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.accounts.models import User
from app.posts.addresses import address
from app.posts.models import Post, PostAuthor, PostKind, PostTerm, Taxonomy, Term
from app.posts.queries import in_lists, posts_visible_to
from app.resources.models import Resource
from app.resources.reach import in_library
from app.site.models import SiteRow

FILE_SIZE = 5_000  # the protocol allows 50,000 addresses and 50 MB a file

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class SitemapKind(StrEnum):
    """What a sitemap's addresses lead to."""

    HOME = "home"
    POSTS = "posts"
    PAGES = "pages"
    CATEGORIES = "categories"
    TAGS = "tags"
    AUTHORS = "authors"
    RESOURCES = "resources"


@dataclass(frozen=True, slots=True)
class SitemapFile:
    """One file of the index, by its first id; `changed_at` is that of its newest address."""

    kind: SitemapKind
    first: int
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """One public address: its path, percent-encoded, and when what stands there changed."""

    path: str
    changed_at: datetime | None


async def sitemap_files(session: AsyncSession) -> list[SitemapFile]:
    """All files that hold an address, in order."""
    each = [_files_of(kind) for kind in SitemapKind]
    rows: Iterable[Any] = await session.execute(union_all(*each))
    order = list(SitemapKind)
    files = [SitemapFile(SitemapKind(kind), first, at) for kind, first, at in rows]
    return sorted(files, key=lambda file: (order.index(file.kind), file.first))


def _files_of(kind: SitemapKind) -> Select[Any, Any, Any]:
    source = _addresses(kind).subquery().c
    number = (func.row_number().over(order_by=source.id) - 1) // FILE_SIZE
    numbered = select(source.id, source.changed_at, number.label("number")).subquery().c
    return select(
        literal(str(kind)).label("kind"),
        func.min(numbered.id).label("first"),
        func.max(numbered.changed_at).label("changed_at"),
    ).group_by(numbered.number)


async def sitemap_pages(session: AsyncSession, kind: SitemapKind, first: int) -> list[SitemapPage]:
    """The addresses of the file that begins with an id; none where nothing comes after it."""
    source = _addresses(kind).subquery().c
    rows: Iterable[Any] = await session.execute(
        select(source.path, source.changed_at)
        .where(source.id >= first)
        .order_by(source.id)
        .limit(FILE_SIZE)
    )
    return [SitemapPage(_located(kind, path), at) for path, at in rows if path]


def write_sitemap(pages: Iterable[SitemapPage], base_url: str) -> bytes:
    """One file's addresses as XML."""
    return _document("urlset", "url", ((base_url + page.path, page.changed_at) for page in pages))


def write_sitemap_index(files: Iterable[SitemapFile], base_url: str) -> bytes:
    """The list of files as XML."""
    named = (
        (f"{base_url}/sitemap-{file.kind}-{file.first}.xml", file.changed_at) for file in files
    )
    return _document("sitemapindex", "sitemap", named)


def _document(root: str, item: str, located: Iterable[tuple[str, datetime | None]]) -> bytes:
    items = "\n".join(
        f"<{item}><loc>{escape(url)}</loc>{_changed(at)}</{item}>" for url, at in located
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<{root} xmlns="{_NAMESPACE}">\n{items}\n</{root}>\n'.encode()


def _changed(at: datetime | None) -> str:
    return f"<lastmod>{at.isoformat(timespec='seconds')}</lastmod>" if at else ""


def _addresses(kind: SitemapKind) -> Select[Any, Any, Any]:
    """Columns id, path, changed_at: one row an address."""
    changed_at = func.coalesce(Post.updated_at, Post.published_at)
    posts = select(Post.id, Post.path, changed_at.label("changed_at"))
    if kind == SitemapKind.POSTS:
        return posts.where(in_lists())
    if kind == SitemapKind.PAGES:
        # The page that stands at the root has no other address.
        at_root = select(SiteRow.front_page_id).where(SiteRow.front_page_id.is_not(None))
        is_page = and_(Post.kind == PostKind.PAGE, Post.id.not_in(at_root))
        return posts.where(is_page, posts_visible_to(VISITOR))
    changed = func.max(changed_at).label("changed_at")
    if kind == SitemapKind.HOME:
        home = literal("/").label("path")
        return select(literal(1).label("id"), home, changed).where(in_lists())
    if kind == SitemapKind.AUTHORS:
        return (
            select(User.id, User.slug.label("path"), changed)
            .join(PostAuthor, PostAuthor.user_id == User.id)
            .join(Post, Post.id == PostAuthor.post_id)
            .where(in_lists())
            .group_by(User.id, User.slug)
        )
    if kind == SitemapKind.RESOURCES:
        return select(
            Resource.id, Resource.slug.label("path"), Resource.updated_at.label("changed_at")
        ).where(in_library(VISITOR))
    taxonomy = Taxonomy.CATEGORY if kind == SitemapKind.CATEGORIES else Taxonomy.TAG
    return (
        select(Term.id, Term.path, changed)
        .join(PostTerm, PostTerm.term_id == Term.id)
        .join(Post, Post.id == PostTerm.post_id)
        .where(Term.taxonomy == taxonomy, in_lists())
        .group_by(Term.id, Term.path)
    )


def _located(kind: SitemapKind, path: str) -> str:
    first = {
        SitemapKind.CATEGORIES: "category",
        SitemapKind.TAGS: "tag",
        SitemapKind.AUTHORS: "author",
        SitemapKind.RESOURCES: "resources",
    }
    return f"/{first[kind]}/{quote(path)}/" if kind in first else address(path)
