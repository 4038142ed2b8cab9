"""What posts stand on: the site's own row, and its people."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Role
from app.accounts.leaving import former_names
from app.accounts.models import User
from app.core.gone import GoneKind, gone_among
from app.core.i18n import _
from app.core.text import one_line, slugify
from app.porting.wordpress.importing.own_words import (
    author_box,
    author_slug,
    former_urls,
    no_box,
    site_settings,
)
from app.porting.wordpress.importing.report import AuthorReport
from app.porting.wordpress.importing.state import State
from app.porting.wordpress.importing.survey import usable_id
from app.porting.wordpress.reading.values import WxrAuthor
from app.porting.wordpress.texts.tags import plain_line
from app.posts.models import Post
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
    strangers = [author for author in authors if _same_as(author, known) is None]
    erased = await _erased(session, state, strangers)
    known |= {f"login {login}": user_id for login, user_id in erased.items()}
    new = {_login(author): author for author in strangers if _login(author) not in erased}
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
        how = _how(author, is_new=found is None, is_erased=_login(author) in erased)
        state.report.authors.append(AuthorReport(author.login, _name(author), how))
    count.imported += len(new)
    count.known += len(authors) - len(new)


def all_authors(state: State) -> list[WxrAuthor]:
    """The people of the file: those it names, and those who only signed something."""
    named = {author.login: author for author in state.survey.channel.authors}
    signed = {login: WxrAuthor(login) for login in state.survey.creators}
    return list((named | {k: v for k, v in signed.items() if k not in named}).values())


def _how(author: WxrAuthor, *, is_new: bool, is_erased: bool) -> str:
    if is_erased:
        return _("their account was erased here, and stays so")
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


async def _erased(
    session: AsyncSession, state: State, authors: Sequence[WxrAuthor]
) -> dict[str, int]:
    """Those whose account was erased here, by login: nothing but its number is left of it."""
    logins = {
        name: _login(author)
        for author in authors
        for name in former_names(state.secrets, _login(author), author.email)
    }
    gone = await gone_among(session, GoneKind.ACCOUNT, list(logins))
    return {logins[name]: user_id for name, user_id in gone.items() if user_id is not None}


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
