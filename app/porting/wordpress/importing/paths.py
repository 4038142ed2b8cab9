"""Where an imported post or page stands: where it stood, or where our own scheme puts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _
from app.core.text import SLUG_LENGTH
from app.porting.wordpress.importing.own_words import fact
from app.porting.wordpress.importing.slugs import (
    apart_from_ours,
    is_sane,
    numbered,
    own_path,
    safe_slug,
    with_slug,
)
from app.porting.wordpress.importing.state import State
from app.porting.wordpress.reading.values import Item
from app.porting.wordpress.texts.tags import plain_line
from app.posts.addresses import page_path, permalink
from app.posts.models import Post, Redirect, RedirectSource

_TRASHED = "__trashed"


@dataclass(frozen=True, slots=True)
class Place:
    """An address with its last part; `remarks` say why it is not the old one."""

    slug: str
    path: str | None
    remarks: tuple[str, ...] = ()


def slug_of(item: Item, post_id: int) -> str:
    """The item's slug: what it had before it went into the trash, else made of the title, else its id."""
    wanted = next(iter(item.meta_values("_wp_desired_post_slug")), "")
    given = wanted if wanted and item.status == "trash" else item.name
    title = plain_line(item.title) if item.status not in ("draft", "pending") else ""
    return safe_slug(given.removesuffix(_TRASHED), title) or (str(post_id) if title else "")


def noted_path(item: Item) -> str | None:
    """The path Rapport noted for an item that is not public."""
    path = fact(item, "path")
    return path if is_sane(path) else None


def wanted_path(state: State, item: Item, slug: str, post_id: int, local: datetime) -> str:
    """Where it stood; else where it would stand here."""
    own = noted_path(item) or own_path(state.site, item.link)
    if own is not None and not own.rstrip("/").endswith(_TRASHED):
        return apart_from_ours(own)
    if item.type == "page":
        return apart_from_ours(_page_path(state, item.parent, slug))
    categories = (t for t in item.terms if t.taxonomy == "category")
    paths = (state.term_paths.get((t.taxonomy, t.slug or t.name)) for t in categories)
    category = next(filter(None, paths), "uncategorized")
    path = permalink(state.permalinks, slug=slug, post_id=post_id, at=local, category=category)
    return apart_from_ours(path)


def _page_path(state: State, parent: int | None, slug: str, depth: int = 0) -> str:
    page = state.survey.pages.get(parent) if parent is not None else None
    if page is None or depth > 20:
        return page_path(slug)
    own = own_path(state.site, page.link)
    name = safe_slug(page.name, plain_line(page.title)) or str(parent)
    above = own or _page_path(state, page.parent, name, depth + 1)
    return page_path(slug, apart_from_ours(above))


async def free_path(session: AsyncSession, state: State, path: str) -> str:
    """The path, or the first of it with a number behind that no other post has."""
    for number in count(state.path_numbers.get(path, 1)):
        candidate = numbered(path, number)
        taken = select(Post.id).where(Post.path == candidate)
        # Somebody here has said where it leads.
        led = select(Redirect.id).where(
            Redirect.path == candidate, Redirect.source != RedirectSource.IMPORT
        )
        is_free = candidate not in state.claimed and await session.scalar(taken) is None
        if is_free and await session.scalar(led) is None:
            break
        state.path_numbers[path] = number + 1
    state.claimed.add(candidate)
    return candidate


def settled(item: Item, state: State, slug: str, path: str) -> Place:
    """The place at `path`: its slug is the path's last part where the old one was."""
    own = own_path(state.site, item.link)
    last = path.rstrip("/").rpartition("/")[2]
    remarks = []
    if own is not None and own != path:
        remarks.append(
            _("its address %(old)s is taken; it stands at %(new)s") % {"old": own, "new": path}
        )
    if slug and last.startswith(f"{slug}-") and last != slug:
        slug = last[:SLUG_LENGTH]
    if item.name and own is None and safe_slug(item.name) != slug:
        remarks.append(_("its slug could not be kept; it is “%s” now") % slug)
    return Place(slug, path, tuple(remarks))


def former_paths(item: Item, place: Place, local: datetime | None) -> Sequence[str]:
    """Where it stood before its slug or its date was changed, as WordPress remembers."""
    if place.path is None:
        return ()
    others = (
        with_slug(place.path, place.slug, safe_slug(s)) for s in item.meta_values("_wp_old_slug")
    )
    by_slug = [place.path, *(path for path in others if path)]
    dates = [d for d in map(_date, item.meta_values("_wp_old_date")) if d]
    by_date = [_on(path, local, day) for path in by_slug for day in dates] if local else []
    found = dict.fromkeys([*by_slug, *(path for path in by_date if path)])
    return [path for path in found if path != place.path]


def _on(path: str, local: datetime, day: date) -> str | None:
    for form in ("/%Y/%m/%d/", "/%Y/%m/"):
        if path.startswith(local.strftime(form)):
            return day.strftime(form) + path.removeprefix(local.strftime(form))
    return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
