"""What posts stand on: the site's own row, its people, its terms and its files."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Role
from app.accounts.models import User
from app.core.i18n import _
from app.core.text import clean_text, one_line, slugify
from app.porting.wordpress.importing.meanings import TAXONOMIES
from app.porting.wordpress.importing.own_words import (
    author_box,
    author_slug,
    former_urls,
    no_box,
    site_settings,
)
from app.porting.wordpress.importing.report import AuthorReport
from app.porting.wordpress.importing.slugs import safe_slug
from app.porting.wordpress.importing.state import State
from app.porting.wordpress.importing.survey import usable_id
from app.porting.wordpress.reading.values import WxrAuthor, WxrTerm
from app.porting.wordpress.texts.tags import plain_line
from app.posts.models import Post, Taxonomy, Term
from app.site.models import SiteRow

Thing = TypeVar("Thing")

IN_ONE_UNIT = 400


def in_parts(things: Sequence[Thing]) -> Iterator[list[Thing]]:
    """The things in parts that one unit of work takes."""
    left = iter(things)
    while part := list(islice(left, IN_ONE_UNIT)):
        yield part


async def settle_site(session: AsyncSession, state: State, site: SiteRow) -> None:
    """An empty site becomes what the file's site was; any other only learns its former addresses."""
    channel = state.survey.channel
    if await session.scalar(select(Post.id).limit(1)) is None:
        site.title = plain_line(channel.title) or site.title
        site.tagline = plain_line(channel.description)
        site.language = channel.language[:20] or site.language
        site.permalinks = state.survey.scheme or site.permalinks
        for name, value in site_settings(channel).items():
            setattr(site, name, value)
    known = [*former_urls(channel), *channel.base_urls]
    new = [url for url in dict.fromkeys(known) if url not in site.former_urls]
    if new:
        site.former_urls = [*site.former_urls, *new]


async def bring_authors(session: AsyncSession, state: State, authors: Sequence[WxrAuthor]) -> None:
    """Write the authors who are not here yet; who has a login or e-mail of the file is the same."""
    count = state.report.count("authors")
    count.in_file += len(authors)
    known = await _known_users(session, authors)
    new = {_login(author): author for author in authors if _same_as(author, known) is None}
    ids = await state.numbers.users.assign(session, [usable_id(a.id) for a in new.values()])
    slugs = set(await session.scalars(select(User.slug)))
    given = dict(zip(new, ids, strict=True))
    rows = [_user_row(author, given[login], slugs) for login, author in new.items()]
    await state.add(session, User, rows)
    for author in authors:
        found = _same_as(author, known)
        user_id = given[_login(author)] if found is None else found
        state.user_ids[author.login] = user_id
        if author.id is not None:
            state.users_by_old_id[author.id] = user_id
        how = _how(author, is_new=found is None)
        state.report.authors.append(AuthorReport(author.login, _name(author), how))
    count.imported += len(new)
    count.known += len(authors) - len(new)


def all_authors(state: State) -> list[WxrAuthor]:
    """The people of the file: those it names, and those who only signed something."""
    named = {author.login: author for author in state.survey.channel.authors}
    signed = {login: WxrAuthor(login) for login in state.survey.creators}
    return list((named | {k: v for k, v in signed.items() if k not in named}).values())


def _how(author: WxrAuthor, *, is_new: bool) -> str:
    if not is_new:
        return _("was here before")
    if _is_named(author):
        return _("added")
    return _("a placeholder: the file does not say who that is")


def _is_named(author: WxrAuthor) -> bool:
    return author.id is not None or bool(author.name or author.email)


async def _known_users(session: AsyncSession, authors: Sequence[WxrAuthor]) -> dict[str, int]:
    logins = [_login(author) for author in authors]
    emails = [author.email.lower() for author in authors if author.email]
    query = select(User.id, User.login, User.email).where(
        User.login.in_(logins) | func.lower(User.email).in_(emails)
    )
    known: dict[str, int] = {}
    for user_id, login, email in await session.execute(query.order_by(User.id)):
        known[f"login {login}"] = user_id
        if email:
            known.setdefault(f"email {email.lower()}", user_id)
    return known


def _same_as(author: WxrAuthor, known: dict[str, int]) -> int | None:
    by_login = known.get(f"login {_login(author)}")
    return by_login if by_login is not None else known.get(f"email {author.email.lower()}")


def _user_row(author: WxrAuthor, user_id: int, slugs: set[str]) -> dict[str, Any]:
    base = (author_slug(author) or slugify(author.login) or "author")[:190]
    slug = next(
        s for n in range(1, len(slugs) + 3) if (s := f"{base}-{n}" if n > 1 else base) not in slugs
    )
    slugs.add(slug)
    return {
        "id": user_id,
        "login": _login(author),
        "slug": slug,
        "name": _name(author),
        "first_name": one_line(author.first_name)[:200],
        "last_name": one_line(author.last_name)[:200],
        "email": author.email if len(author.email) <= 254 else "",
        "legacy_id": author.id,
        # Whoever it is there, nobody becomes more than an author by a file.
        "roles": [Role.AUTHOR] if _is_named(author) else [],
        **(author_box(author) or no_box()),
    }


def _login(author: WxrAuthor) -> str:
    return one_line(author.login)[:200]


def _name(author: WxrAuthor) -> str:
    return (plain_line(author.name) or _login(author))[:200]


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
    paths = {path for _term, path in terms} | {path.rpartition("/")[0] for _term, path in terms}
    query = select(Term.taxonomy, Term.path, Term.id).where(Term.path.in_(paths))
    ids = {
        (str(taxonomy), path): term_id for taxonomy, path, term_id in await session.execute(query)
    }
    new: dict[tuple[str, str], WxrTerm] = {}
    for term, path in terms:
        key = (str(TAXONOMIES[term.taxonomy]), path)
        count = state.report.count("categories" if term.taxonomy == "category" else "tags")
        count.in_file += 1
        if key in ids or key in new:
            count.known += 1
        else:
            count.imported += 1
            new[key] = term
    given = await state.numbers.terms.assign(session, [usable_id(t.id) for t in new.values()])
    ids |= dict(zip(new, given, strict=True))
    # One after the other: a child needs its parent's row.
    await state.add(session, Term, [_term_row(key, term, ids) for key, term in new.items()])
    for term, path in terms:
        key = (term.taxonomy, term.slug or term.name)
        state.term_ids[key] = ids[str(TAXONOMIES[term.taxonomy]), path]
        state.term_paths[key] = path


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
