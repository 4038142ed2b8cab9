"""What owners do about old addresses by hand: lead them on, at most one hop, or say that they are gone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import normalize
from urllib.parse import unquote

from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.policy import may_run_the_site
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid, NotFound
from app.core.gone import GoneKind, note_gone
from app.core.i18n import _
from app.core.markup import web_address
from app.core.text import clean_text
from app.posts.addresses import RESERVED, SHARED_WITH_LISTS
from app.posts.local_addresses import local_path
from app.posts.models import Post, Redirect, RedirectSource

PATH_LENGTH = 1000
TARGET_LENGTH = 2000


@dataclass(frozen=True)
class Listed:
    """A redirect with where it leads now; `target` is empty for what is gone."""

    redirect: Redirect
    target: str


async def add_redirect(
    session: AsyncSession, actor: Actor, path: str, target: str, own_urls: Iterable[str]
) -> Redirect:
    """Lead an address of this site somewhere from now on; without a target it is gone for good.

    Raises SignInNeeded, Forbidden, Conflict where it leads somewhere already, and Invalid, by field,
    for what can't be an address, what something stands at, and what would lead in a circle.
    """
    require(may_run_the_site(actor))
    path = await _free_path(session, _path(path, tuple(own_urls)))
    redirect = Redirect(path=path, source=RedirectSource.MANUAL, made_at=clock.now())
    if target := clean_text(target).strip():
        await _lead(session, redirect, target, tuple(own_urls))
    try:
        async with session.begin_nested():
            session.add(redirect)
    except IntegrityError:
        raise Conflict(_("This address leads somewhere already.")) from None
    await _shorten_those_to(session, redirect)
    after = {"to": await _words(session, redirect)}
    record_audit(session, actor, "redirect made", f"redirect:{path[:80]}", after=after)
    return redirect


async def remove_redirect(session: AsyncSession, actor: Actor, redirect_id: int) -> None:
    """Let an old address lead nowhere any more. Raises SignInNeeded, Forbidden, NotFound."""
    require(may_run_the_site(actor))
    query = select(Redirect).where(Redirect.id == redirect_id).with_for_update()
    redirect = await session.scalar(query)
    if redirect is None:
        raise NotFound(_("This redirect is not there any more."))
    before = {"to": await _words(session, redirect), "hits": redirect.hits}
    record_audit(
        session, actor, "redirect removed", f"redirect:{redirect.path[:80]}", before=before
    )
    await session.delete(redirect)
    await note_gone(session, GoneKind.ADDRESS, [redirect.path])


async def redirects_listed(
    session: AsyncSession,
    *,
    words: str = "",
    source: RedirectSource | None = None,
    before: int | None = None,
    most: int,
) -> list[Listed]:
    """Redirects, the newest first, below a number; `words` stand in their addresses. For owners alone."""
    query = select(Redirect, Post.path).outerjoin(Post, Post.id == Redirect.post_id)
    if words:
        either = Redirect.path.contains(words, autoescape=True)
        query = query.where(or_(either, Redirect.target.contains(words, autoescape=True)))
    if source is not None:
        query = query.where(Redirect.source == source)
    if before is not None:
        query = query.where(Redirect.id < before)
    rows = await session.execute(query.order_by(Redirect.id.desc()).limit(most))
    return [Listed(redirect, path or redirect.target or "") for redirect, path in rows]


async def find_redirect(session: AsyncSession, redirect_id: int) -> Listed | None:
    """One of them. For owners alone."""
    query = select(Redirect, Post.path).outerjoin(Post, Post.id == Redirect.post_id)
    row = (await session.execute(query.where(Redirect.id == redirect_id))).one_or_none()
    return Listed(row[0], row[1] or row[0].target or "") if row else None


def _path(typed: str, own_urls: Sequence[str]) -> str:
    """The decoded path that was typed, maybe with the whole address before it. Raises Invalid."""
    typed = clean_text(typed).strip()
    path = local_path(typed, own_urls) if "://" in typed else unquote(typed)
    if path is None or not path.startswith("/") or path.startswith("//") or "\0" in path:
        raise _wrong("path", _("An old address begins with / and is one of this site."))
    path = normalize("NFC", path)
    if "?" in path or "#" in path:
        raise _wrong("path", _("An address up to its ? or # only, please."))
    if len(path) > PATH_LENGTH:
        raise _wrong("path", _("At most %(number)s characters, please.") % {"number": PATH_LENGTH})
    return path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/"


async def _free_path(session: AsyncSession, path: str) -> str:
    first = path.split("/")[1]
    if path == "/" or (first in RESERVED - SHARED_WITH_LISTS - {"wp-content"}):
        raise _wrong("path", _("The program itself answers there: nobody would be led on."))
    if await session.scalar(select(Post.id).where(Post.path == path)) is not None:
        raise _wrong("path", _("A post stands there: nobody would be led on."))
    return path


async def _lead(
    session: AsyncSession, redirect: Redirect, typed: str, own_urls: Sequence[str]
) -> None:
    """Let a new redirect lead to a post, to a path, or elsewhere; past what would be another hop."""
    path = local_path(typed, own_urls) if "://" in typed else None
    if path is None and not typed.startswith("/"):
        if not web_address(typed, TARGET_LENGTH):
            raise _wrong("target", _("A new address begins with /, with http:// or https://."))
        redirect.target = typed
        return
    path = normalize("NFC", unquote(typed) if path is None else path)
    if "?" in path or "#" in path or path.startswith("//") or len(path) > TARGET_LENGTH:
        raise _wrong("target", _("A new address here is a path, without ? and #."))
    spellings = {path, path.rstrip("/") + "/", path.rstrip("/") or "/"}
    if redirect.path in spellings:
        raise _wrong("target", _("That would lead in a circle."))
    redirect.post_id = await session.scalar(select(Post.id).where(Post.path.in_(spellings)))
    if redirect.post_id is not None:
        return
    redirect.target = path
    onward = await session.scalar(select(Redirect).where(Redirect.path.in_(spellings)))
    if onward is None:
        return
    redirect.post_id, redirect.target = onward.post_id, onward.target
    if onward.target is not None and onward.target.rstrip("/") == redirect.path.rstrip("/"):
        raise _wrong("target", _("That would lead in a circle: it leads back to the old address."))


async def _shorten_those_to(session: AsyncSession, redirect: Redirect) -> None:
    """What led to the address that now leads on leads on by itself: nobody hops twice."""
    to_it = Redirect.target.in_([redirect.path, redirect.path.rstrip("/")])
    await session.execute(
        update(Redirect)
        .where(and_(to_it, Redirect.id != redirect.id))
        .values(post_id=redirect.post_id, target=redirect.target)
    )


async def _words(session: AsyncSession, redirect: Redirect) -> str:
    if redirect.post_id is not None:
        path = await session.scalar(select(Post.path).where(Post.id == redirect.post_id))
        return str(path or "")
    return redirect.target or _("gone for good")


def _wrong(field: str, says: str) -> Invalid:
    return Invalid(says, fields={field: says})
