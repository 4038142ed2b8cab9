"""Where the things went that stood at an address: redirects, old spellings, what was taken away."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.errors import Gone, NotFound
from app.media.models import Upload
from app.posts.addresses import Asked, address
from app.posts.models import Post, PostStatus, Redirect
from app.posts.queries import posts_visible_to, where_upload_leads
from app.posts.redirect_hits import RedirectHits
from app.web.deps import frame_of
from app.web.leftovers.other_bases import at_another_base

_DATE = re.compile(r"/(\d{4})(?:/(\d{1,2})(?:/(\d{1,2}))?)?")


async def where_it_went(
    request: Request, db: AsyncSession, actor: Actor, meant: Sequence[Asked]
) -> Response:
    """A permanent redirect to what was meant. Raises Gone for what was public once, else NotFound."""
    redirect, target = await _by_redirect(db, actor, meant)
    if target is not None and redirect is not None:
        hits: RedirectHits = request.app.state.redirect_hits
        hits.count(redirect.id)
        return RedirectResponse(target, 301)
    for look in (_by_spelling, _by_upload):
        target = await look(db, actor, meant)
        if target is not None:
            return RedirectResponse(target, 301)
    if await _was_taken_away(db, meant):
        raise Gone
    # Only where there was another site before this one.
    if (await frame_of(request, db)).site.former_urls:
        target = await at_another_base(db, meant[0].path)
        if target is not None:
            return RedirectResponse(target, 301)
    raise NotFound


async def _by_redirect(
    db: AsyncSession, actor: Actor, meant: Sequence[Asked]
) -> tuple[Redirect | None, str | None]:
    """What was written down when a post moved, or was purged, and where that leads. Raises Gone."""
    query = (
        select(Redirect, Post.path)
        .outerjoin(Post, (Post.id == Redirect.post_id) & posts_visible_to(actor))
        .where(Redirect.path.in_([asked.path for asked in meant]))
    )
    known = {redirect.path: (redirect, path) for redirect, path in await db.execute(query)}
    for asked in meant:
        redirect, path = known.get(asked.path, (None, None))
        if redirect is None:
            continue
        if path is not None:
            return redirect, address(path, asked.suffix)
        if redirect.post_id is None and redirect.target is None:
            raise Gone
        if redirect.target is not None:
            return redirect, await _at_the_end(db, actor, redirect.target, asked.suffix)
    return None, None


async def _at_the_end(db: AsyncSession, actor: Actor, target: str, suffix: str) -> str:
    """Where a redirect leads: past another one that came to stand there since, so that nobody hops twice."""
    if not target.startswith("/"):
        return target
    spellings = (target, target.rstrip("/") + "/")
    query = (
        select(Redirect.target, Post.path)
        .outerjoin(Post, (Post.id == Redirect.post_id) & posts_visible_to(actor))
        .where(
            Redirect.path.in_(spellings), or_(Redirect.target.is_not(None), Post.id.is_not(None))
        )
        .limit(1)
    )
    if await db.scalar(select(Post.id).where(Post.path.in_(spellings)).limit(1)) is None:
        onward = (await db.execute(query)).first()
        if onward is not None:
            target = onward.path or onward.target
    return address(target, suffix) if target.startswith("/") else target


async def _by_spelling(db: AsyncSession, actor: Actor, meant: Sequence[Asked]) -> str | None:
    """The newest post whose slug it is, in whatever letter case, without its date or with less of it."""
    slugs = {asked.path.rstrip("/").rpartition("/")[2].lower(): asked for asked in reversed(meant)}
    query = (
        select(Post.slug, Post.path, Post.published_local)
        .where(Post.slug.in_(slugs), posts_visible_to(actor))
        .order_by(Post.published_at.desc())
        .limit(50)
    )
    for slug, path, local in await db.execute(query):
        asked = slugs[slug]
        if path is not None and _may_mean(asked.path.lower().rstrip("/"), path, local):
            return address(path, asked.suffix)
    return None


def _may_mean(asked: str, path: str, local: datetime | None) -> bool:
    if asked == path.lower().rstrip("/"):
        return True
    before = asked.rpartition("/")[0]
    date = _DATE.fullmatch(before)
    if date is None or local is None:
        return not before
    given = [int(part) for part in date.groups() if part]
    return given == [local.year, local.month, local.day][: len(given)]


async def _by_upload(db: AsyncSession, actor: Actor, meant: Sequence[Asked]) -> str | None:
    """What stands for the page that WordPress had about a file here."""
    paths = [asked.path for asked in meant if not asked.suffix]
    found = await where_upload_leads(db, actor, Upload.page_path.in_(paths))
    return address(found) if found else None


async def _was_taken_away(db: AsyncSession, meant: Sequence[Asked]) -> bool:
    in_trash = select(Post.id).where(
        Post.path.in_([asked.path for asked in meant]),
        Post.status == PostStatus.TRASHED,
        Post.was_public,
    )
    return await db.scalar(in_trash.limit(1)) is not None
