"""The site's menus: what owners put into them, or else the pages at the top of the tree."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import WrongFields
from app.core.i18n import _
from app.core.markup import web_address
from app.core.text import one_line
from app.posts.addresses import address
from app.posts.local_addresses import local_path
from app.posts.models import Post, PostKind, PostStatus

# So many pages stand in a menu that nobody chose.
MENU_LENGTH = 7
# And so many entries in one that somebody did.
MOST_ENTRIES = 20
LABEL_LENGTH = 60


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """Words, and where they lead: percent-encoded below this site, or a whole URL elsewhere."""

    title: str
    url: str


def in_menu_by_itself() -> ColumnElement[bool]:
    """The pages of a menu that nobody chose, as long as there is room."""
    return and_(
        Post.kind == PostKind.PAGE,
        Post.status == PostStatus.PUBLISHED,
        Post.parent_id.is_(None),
    )


async def entries_chosen(
    session: AsyncSession, chosen: Sequence[Mapping[str, Any]]
) -> tuple[MenuEntry, ...]:
    """Entries as they were chosen; a page stands where it stands now, and not at all while it is not public."""
    wanted = [int(one["page"]) for one in chosen if one.get("page")]
    pages = {}
    if wanted:
        query = select(Post.id, Post.title, Post.path).where(
            Post.id.in_(wanted), Post.status == PostStatus.PUBLISHED, Post.path.is_not(None)
        )
        pages = {row.id: (row.title, row.path) for row in await session.execute(query)}
    entries = []
    for one in chosen:
        label = str(one.get("label", ""))
        if not one.get("page"):
            entries.append(MenuEntry(label, str(one["url"])))
        elif int(one["page"]) in pages:
            title, path = pages[int(one["page"])]
            entries.append(MenuEntry(label or title, address(path or "/")))
    return tuple(entry for entry in entries if entry.title and _leads(entry.url))


async def entries_to_edit(
    session: AsyncSession, chosen: Sequence[Mapping[str, Any]]
) -> list[MenuEntry]:
    """Entries as they stand in the form: with the words that were typed, and pages that are not public, too."""
    wanted = [int(one["page"]) for one in chosen if one.get("page")]
    query = select(Post.id, Post.path).where(Post.id.in_(wanted), Post.path.is_not(None))
    paths = {row.id: row.path for row in await session.execute(query)} if wanted else {}
    return [
        MenuEntry(
            str(one.get("label", "")),
            address(paths.get(int(one["page"])) or "/") if one.get("page") else str(one["url"]),
        )
        for one in chosen
    ]


@dataclass(frozen=True, slots=True)
class TypedEntry:
    """An entry as it was typed: its place among the others, its words, its address."""

    place: int
    label: str
    url: str


async def read_entries(
    session: AsyncSession, typed: Mapping[str, TypedEntry], own_urls: Iterable[str]
) -> list[dict[str, Any]]:
    """Entries as they are kept, in the order of their places, of what was typed under each name.

    Raises Invalid, naming the fields: `NAME_url` and `NAME_label`.
    """
    wrong: dict[str, str] = {}
    kept = []
    urls = tuple(own_urls)
    for name, entry in sorted(typed.items(), key=lambda one: one[1].place):
        label, url = one_line(entry.label), one_line(entry.url)
        if not label and not url:
            continue
        path = local_path(url, urls) if "://" in url else (unquote(url) if _is_path(url) else None)
        page = await _page_at(session, path) if path else None
        if page is not None:
            kept.append({"label": label, "page": page})
        elif path is None and not web_address(url):
            wrong[f"{name}_url"] = _("An address begins with /, with http:// or https://.")
        elif not label:
            wrong[f"{name}_label"] = _("This needs words: only a page brings its own.")
        else:
            kept.append({"label": label, "url": url if path is None else address_kept(url, path)})
        if len(label) > LABEL_LENGTH:
            wrong[f"{name}_label"] = _("At most %(number)s characters, please.") % {
                "number": LABEL_LENGTH
            }
    if wrong:
        raise WrongFields(wrong)
    return kept


def address_kept(url: str, path: str) -> str:
    """A path of this site as a link to it, with the query and the anchor it was typed with."""
    rest = re.search(r"[?#].*", url)
    return address(re.split(r"[?#]", path)[0]) + (
        quote(rest[0], safe="?#&=/%:;+,~-._!") if rest else ""
    )


async def _page_at(session: AsyncSession, path: str) -> int | None:
    """The published page at a decoded path."""
    found: int | None = await session.scalar(
        select(Post.id).where(
            Post.path.in_([path.rstrip("/") + "/", path.rstrip("/") or "/"]),
            Post.kind == PostKind.PAGE,
            Post.status == PostStatus.PUBLISHED,
        )
    )
    return found


def _leads(url: str) -> bool:
    return _is_path(url) or bool(web_address(url))


def _is_path(url: str) -> bool:
    return url.startswith("/") and not url.startswith(("//", "/\\"))
