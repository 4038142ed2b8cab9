"""The look at a text before it goes out: links that lead nowhere, pictures without words, a long address.

Everything is judged from what is known here: of addresses of other sites only the form is looked at. Whether
anything stands there `outside` has asked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.i18n import _
from app.core.text import plain_text, slugify
from app.media.models import Upload
from app.posts.addresses import RESERVED, readings
from app.posts.local_addresses import local_path
from app.posts.models import Post, PostKind, Redirect, Taxonomy, Term
from app.posts.outside import LONGEST

LONG_SLUG = 60
MOST_LINKS = 300

_LINK = re.compile(r"(?s)<a\b([^>]*)>(.*?)</a>")
_PICTURE = re.compile(r"<img\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
# In Markdown; a picture of another site's becomes a link to it.
_FOREIGN_PICTURE = re.compile(r"!\[[^\]\n]*\]\(\s*((?:https?:)?//[^\s)]+)")
_SCHEME = re.compile(r"(?i)([a-z][a-z0-9+.-]*):")
_YEAR = re.compile(r"\d{4}(?:/\d{1,2}){0,2}")
_OF_A_LIST = re.compile(r"/(?:feed(?:/[a-z0-9]+)?|page/\d+)/?$")
_UPLOADS = "/wp-content/uploads/"
# Places that every post's page has.
_OUR_PLACES = frozenset(("content", "comments", "respond"))


@dataclass(frozen=True)
class Text:
    """What is to go out: as it is typed, and as clean HTML."""

    title: str
    slug: str
    source: str
    html: str
    kind: PostKind = PostKind.POST
    has_category: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, and the piece of the text that it is about."""

    says: str
    piece: str = ""


@dataclass(frozen=True, slots=True)
class _Link:
    href: str | None
    words: str


async def check(session: AsyncSession, text: Text, base_urls: Sequence[str]) -> list[Finding]:
    """All that stands out, in the order in which a reader would meet it."""
    links = list(_links(text.html))[:MOST_LINKS]
    own = {link.href: path for link in links if (path := _own_path(link.href, base_urls))}
    nowhere = await _leading_nowhere(session, set(own.values()))
    found = [*_about_the_whole(text), *_about_pictures(text)]
    for link in links:
        path = own.get(link.href)
        says = nowhere.get(path, "") if path else _wrong_with(link, text.html)
        if says:
            found.append(Finding(says, link.href or link.words))
    if text.kind == PostKind.POST and not text.has_category and await _has_categories(session):
        found.append(Finding(_("It stands under no category.")))
    return list(dict.fromkeys(found))


def outside_addresses(html: str, base_urls: Sequence[str]) -> list[str]:
    """The addresses of other sites that a text links to, each once, as servers are asked for them."""
    found = (
        link.href.partition("#")[0]
        for link in list(_links(html))[:MOST_LINKS]
        if link.href and not _own_path(link.href, base_urls) and _is_outside(link.href)
    )
    return list(dict.fromkeys(url for url in found if len(url) <= LONGEST))


def _is_outside(href: str) -> bool:
    return href.lower().startswith(("http://", "https://")) and _has_host(href)


def _about_the_whole(text: Text) -> Iterator[Finding]:
    if not text.title.strip():
        yield Finding(_("It has no title: lists and feeds show its first words instead."))
    if not text.source.strip():
        yield Finding(_("There is no text yet."))
    slug = slugify(text.slug or text.title)
    if len(slug) > LONG_SLUG:
        says = _("Its address is long (%(number)d letters). A few words are enough.")
        yield Finding(says % {"number": len(slug)}, slug)


def _about_pictures(text: Text) -> Iterator[Finding]:
    for picture in _PICTURE.findall(text.html):
        said = dict(_ATTRIBUTE.findall(picture))
        if not unescape(said.get("alt", "")).strip():
            name = unescape(said.get("src", "")).rpartition("/")[2]
            yield Finding(_("A picture has no words for those who can't see it."), unquote(name))
    for address in _FOREIGN_PICTURE.findall(text.source):
        says = _("A picture on another site is shown as a link to it. Hand it in here to show it.")
        yield Finding(says, address)


def _links(html: str) -> Iterator[_Link]:
    for attributes, inside in _LINK.findall(html):
        said = dict(_ATTRIBUTE.findall(attributes))
        if "href" in said or not {"id", "name"} & said.keys():
            href = unescape(said["href"]).strip() if "href" in said else None
            yield _Link(href, plain_text(inside))


def _own_path(href: str | None, base_urls: Sequence[str]) -> str | None:
    """The path here that a link leads to, if it does."""
    if not href:
        return None
    if href.startswith("/") and not href.startswith("//"):
        return unquote(href.partition("#")[0].partition("?")[0])
    return local_path(href.partition("#")[0].partition("?")[0], base_urls)


def _wrong_with(link: _Link, html: str) -> str:
    """What is wrong with the form of a link to elsewhere, or within the page; nothing, mostly."""
    href = link.href
    if not href:
        return _("A link leads nowhere: its address can't be used.")
    if href.startswith("#"):
        place = unquote(href[1:])
        is_there = not place or place in _OUR_PLACES or f'id="{place}"' in html
        return "" if is_there else _("A link leads to a place that is not in this text.")
    scheme = _SCHEME.match(href)
    if scheme is None and not href.startswith("//"):
        return _(
            "A link has neither http:// nor / before it, so it leads somewhere else on each page."
        )
    if scheme is None or scheme[1].lower() in ("http", "https"):
        return "" if _has_host(href) else _("The address of a link is not written as one.")
    if scheme[1].lower() == "mailto" and "@" not in href:
        return _("A link to write a mail has no address.")
    return ""


def _has_host(href: str) -> bool:
    try:
        host = urlsplit(href).hostname or ""
    except ValueError:
        return False
    is_name = all(part and len(part) < 64 for part in host.rstrip(".").split("."))
    return is_name and ("." in host or ":" in host or host == "localhost")


async def _leading_nowhere(session: AsyncSession, paths: set[str]) -> dict[str, str]:
    """Of these paths here, those where nothing stands, or nothing that everybody may read; and what to say of it."""
    asked = {
        path: [meant.path for meant in readings(path)] for path in paths if not _is_known(path)
    }
    every = {one for meant in asked.values() for one in meant}
    public, hidden = await _posts_at(session, every)
    elsewhere = set(
        await session.scalars(
            select(Redirect.path).where(
                Redirect.path.in_(every),
                Redirect.post_id.is_not(None) | Redirect.target.is_not(None),
            )
        )
    )
    files = await _files_at(session, asked)
    terms = await _terms_at(session, asked)
    wrong: dict[str, str] = {}
    for path, meant in asked.items():
        if public.union(elsewhere).intersection(meant) or path in files or path in terms:
            continue
        is_hidden = bool(hidden.intersection(meant))
        wrong[path] = (
            _("A link leads to something here that nobody else can read.")
            if is_hidden
            else _("A link leads to an address of this site where nothing stands.")
        )
    return wrong


def _is_known(path: str) -> bool:
    """Whether the program itself answers there, whatever is written here."""
    bare = path.strip("/")
    first = bare.partition("/")[0]
    if first in ("category", "tag") or path.startswith(_UPLOADS):
        return False
    return not bare or first in RESERVED or _YEAR.fullmatch(bare) is not None


async def _posts_at(session: AsyncSession, paths: set[str]) -> tuple[set[str], set[str]]:
    now = clock.now()
    public, hidden = set[str](), set[str]()
    query = select(Post.path, Post.status, Post.published_at).where(Post.path.in_(paths))
    for path, status, at in await session.execute(query):
        is_public = status == "published" and at is not None and at <= now
        (public if is_public else hidden).add(path or "")
    return public, hidden


async def _files_at(session: AsyncSession, paths: dict[str, list[str]]) -> set[str]:
    names = [path.removeprefix(_UPLOADS) for path in paths if path.startswith(_UPLOADS)]
    if not names:
        return set()
    query = select(Upload.path).where(Upload.path.in_(names), Upload.is_stored)
    return {_UPLOADS + name for name in await session.scalars(query)}


async def _terms_at(session: AsyncSession, paths: dict[str, list[str]]) -> set[str]:
    """Those that are a category's or a tag's list."""
    found = set[str]()
    for taxonomy in Taxonomy:
        begins = f"/{taxonomy}/"
        named = {
            path: _OF_A_LIST.sub("", path.removeprefix(begins)).strip("/")
            for path in paths
            if path.startswith(begins)
        }
        query = select(Term.path).where(
            Term.taxonomy == taxonomy, Term.path.in_(set(named.values()))
        )
        there = set(await session.scalars(query)) if named else set[str]()
        found |= {path for path, name in named.items() if name in there}
    return found


async def _has_categories(session: AsyncSession) -> bool:
    query = select(Term.id).where(Term.taxonomy == Taxonomy.CATEGORY).limit(1)
    return await session.scalar(query) is not None
