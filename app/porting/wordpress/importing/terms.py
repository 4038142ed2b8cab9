"""Categories and tags: each that has no equal here yet, and for the others the one they are here by now."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.gone import GoneKind, gone_among
from app.core.i18n import _
from app.core.text import clean_text
from app.porting.wordpress.importing.meanings import TAXONOMIES
from app.porting.wordpress.importing.slugs import safe_slug
from app.porting.wordpress.importing.state import State
from app.porting.wordpress.importing.survey import usable_id
from app.porting.wordpress.reading.values import WxrTerm
from app.porting.wordpress.texts.tags import plain_line
from app.posts.models import Redirect, Taxonomy, Term

# Taxonomy and path.
Key = tuple[str, str]


def all_terms(state: State) -> list[tuple[WxrTerm, str]]:
    """The categories and tags of the file with their paths, parents before children, each path once.

    Terms that stand under posts but not in the head of the file are among them.
    """
    terms = {(t.taxonomy, t.slug or t.name): t for t in state.survey.channel.terms}
    terms = {**state.survey.terms, **terms}
    found: dict[tuple[str, str], tuple[WxrTerm, str]] = {}
    for (taxonomy, slug), term in terms.items():
        if taxonomy in TAXONOMIES:
            found[taxonomy, slug] = (term, _path(term, terms))
        else:
            state.report.left_out_taxonomies[taxonomy] += 1
    return sorted(found.values(), key=lambda one: one[1].count("/"))


def _path(term: WxrTerm, terms: dict[tuple[str, str], WxrTerm]) -> str:
    above: list[WxrTerm] = [term]
    while (parent := terms.get((term.taxonomy, above[-1].parent))) and parent not in above:
        above.append(parent)
    is_tree = TAXONOMIES[term.taxonomy] == Taxonomy.CATEGORY
    chain = reversed(above) if is_tree else [term]
    return "/".join(_term_slug(one) for one in chain)[:1000]


def _term_slug(term: WxrTerm) -> str:
    return safe_slug(term.slug, plain_line(term.name)) or f"term-{term.id or 0}"


async def bring_terms(
    session: AsyncSession, state: State, terms: Sequence[tuple[WxrTerm, str]]
) -> None:
    """Write the terms that have no equal here; `terms` have their parents before them."""
    ids = await _known(session, [key for term, path in terms for key in _with_parent(term, path)])
    await _settle_places(session, state, [_key(term, path) for term, path in terms], ids)
    new: dict[Key, WxrTerm] = {}
    for term, path in terms:
        key = state.term_places.get(_key(term, path), _key(term, path))
        count = state.report.count("categories" if term.taxonomy == "category" else "tags")
        count.in_file += 1
        if not key[1]:
            count.skipped += 1
            state.report.kept.append(_("“%s” was removed here") % plain_line(term.name))
        elif key in ids or key in new:
            count.known += 1
        else:
            count.imported += 1
            new[key] = term
    given = await state.numbers.terms.assign(session, [usable_id(t.id) for t in new.values()])
    ids |= dict(zip(new, given, strict=True))
    # One after the other: a child needs its parent's row.
    await state.add(session, Term, [_term_row(key, term, ids) for key, term in new.items()])
    for term, path in terms:
        key = state.term_places.get(_key(term, path), _key(term, path))
        if key[1]:
            named = (term.taxonomy, term.slug or term.name)
            state.term_ids[named], state.term_paths[named] = ids[key], path


def _key(term: WxrTerm, path: str) -> Key:
    return str(TAXONOMIES[term.taxonomy]), path


def _with_parent(term: WxrTerm, path: str) -> tuple[Key, Key]:
    return _key(term, path), _key(term, path.rpartition("/")[0])


async def _known(session: AsyncSession, keys: Sequence[Key]) -> dict[Key, int]:
    paths = {path for _taxonomy, path in keys if path}
    query = select(Term.taxonomy, Term.path, Term.id).where(Term.path.in_(paths))
    rows = await session.execute(query)
    return {(str(taxonomy), path): term_id for taxonomy, path, term_id in rows}


async def _settle_places(
    session: AsyncSession, state: State, keys: Sequence[Key], ids: dict[Key, int]
) -> None:
    """Say in `state.term_places` where terms of the file stand by now; an empty path: nowhere any more.

    What was renamed, moved or merged here has left a redirect.
    """
    missing = [key for key in keys if key not in ids]
    addresses = {_address(key): key for key in missing}
    query = select(Redirect.path, Redirect.target).where(Redirect.path.in_(addresses))
    leads = dict((await session.execute(query)).all())
    gone = await gone_among(session, GoneKind.TERM, list(addresses))
    moved: list[Key] = []
    for address, key in addresses.items():
        taxonomy, path = key
        above, _slash, slug = path.rpartition("/")
        parent = state.term_places.get((taxonomy, above), (taxonomy, above))
        begins = f"/{taxonomy}/"
        target = leads.get(address) or ""
        if target.startswith(begins) and target.endswith("/"):
            place = (taxonomy, target.removeprefix(begins)[:-1])
        elif address in gone:
            place = (taxonomy, "")
        elif parent[1] != above:
            place = (taxonomy, f"{parent[1]}/{slug}".lstrip("/"))
        else:
            continue
        state.term_places[key] = place
        moved += [place, (taxonomy, place[1].rpartition("/")[0])]
    ids |= await _known(session, moved)
    # What was moved first may have been removed after that.
    lost = {_address(key): key for key in moved if key[1] and key not in ids}
    for address in await gone_among(session, GoneKind.TERM, list(lost)):
        for key, place in list(state.term_places.items()):
            if place == lost[address]:
                state.term_places[key] = (place[0], "")


def _address(key: Key) -> str:
    return f"/{key[0]}/{key[1]}/"


def _term_row(
    key: tuple[str, str], term: WxrTerm, ids: dict[tuple[str, str], int]
) -> dict[str, Any]:
    taxonomy, path = key
    above, _slash, slug = path.rpartition("/")
    return {
        "id": ids[key],
        "taxonomy": taxonomy,
        "slug": slug[:200],
        "path": path,
        "name": (plain_line(term.name) or slug)[:300],
        "description": clean_text(term.description),
        "parent_id": ids.get((taxonomy, above)) if above else None,
        "legacy_id": term.id,
    }
