"""Where a post stands: its slug and path are found here, and the old path becomes a redirect."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.text import slugify
from app.posts.addresses import RESERVED, is_the_programs, page_path, permalink
from app.posts.models import (
    Post,
    PostKind,
    PostTerm,
    Redirect,
    RedirectSource,
    Taxonomy,
    Term,
)
from app.site.models import Permalinks, SiteRow


async def settle_address(
    session: AsyncSession, site: SiteRow, post: Post, wanted: str | None
) -> None:
    """Give a post its slug and path, the old path becoming a redirect. Raises Invalid."""
    slug = slugify(wanted if wanted is not None else post.slug or post.title) or str(post.id)
    old_path = post.path
    is_draft = post.published_at is None and old_path is None
    # What nobody asked for stands nowhere yet: words are kept, and who publishes them is told.
    is_asked = wanted is not None or not is_draft
    if post.kind == PostKind.PAGE and post.parent_id is None and slug in RESERVED and is_asked:
        says = _("“/%(slug)s/” is an address of the program's own: please choose another.")
        says %= {"slug": slug}
        raise Invalid(says, fields={"slug": says})
    if is_draft:
        # A draft stands nowhere: nobody knows yet in which month it will be read.
        post.slug = slug
        return
    for attempt in range(1, 1000):
        post.slug = slug if attempt == 1 else f"{slug}-{attempt}"
        post.path = await _path(session, site, post)
        if post.kind == PostKind.POST and _is_shut(site, post.path):
            continue
        taken = select(Post.id).where(Post.path == post.path, Post.id != post.id)
        with session.no_autoflush:
            if await session.scalar(taken) is None:
                break
    else:
        says = _("The slug “%(slug)s” is taken a thousand times over.") % {"slug": slug}
        raise Invalid(says, fields={"slug": says})
    await session.flush()
    await _leave_redirect(session, post, old_path)


def _is_shut(site: SiteRow, path: str) -> bool:
    return site.permalinks != Permalinks.NUMBER and is_the_programs(path)


async def checked_parent(session: AsyncSession, post: Post, parent_id: int) -> int | None:
    """The page that a page is to stand under; 0 for none. Raises Invalid for what can't be one."""
    above = parent_id or None
    if above is not None and post.kind != PostKind.PAGE:
        raise _no_parent(_("Only pages stand under other pages."))
    while above is not None:
        row = (
            await session.execute(select(Post.kind, Post.parent_id).where(Post.id == above))
        ).first()
        if row is None or row.kind != PostKind.PAGE:
            raise _no_parent(_("There is no page %(number)s.") % {"number": above})
        if above == post.id:
            raise _no_parent(_("A page can't stand under itself."))
        above = row.parent_id
    return parent_id or None


def _no_parent(says: str) -> Invalid:
    return Invalid(says, fields={"parent": says})


async def _leave_redirect(session: AsyncSession, post: Post, old_path: str | None) -> None:
    # Whatever led away from the new address would now be a loop.
    known = await session.scalar(select(Redirect).where(Redirect.path == post.path))
    if known is not None:
        await session.delete(known)
    if old_path and old_path != post.path and post.was_public:
        # An older import may have led on from where a post stood.
        await session.execute(delete(Redirect).where(Redirect.path == old_path))
        session.add(
            Redirect(
                path=old_path, post_id=post.id, source=RedirectSource.SLUG, made_at=clock.now()
            )
        )
    await session.flush()


async def _path(session: AsyncSession, site: SiteRow, post: Post) -> str:
    with session.no_autoflush:
        if post.kind == PostKind.PAGE:
            parent = await session.get(Post, post.parent_id) if post.parent_id else None
            return page_path(post.slug, parent.path if parent else None)
        categories = await session.scalars(
            select(Term.path)
            .join(PostTerm, PostTerm.term_id == Term.id)
            .where(PostTerm.post_id == post.id, Term.taxonomy == Taxonomy.CATEGORY)
            .order_by(PostTerm.position)
        )
    category = next((path for path in categories if not is_the_programs(f"/{path}/")), None)
    at = post.published_local or clock.now().replace(tzinfo=None)
    return permalink(
        site.permalinks,
        slug=post.slug,
        post_id=post.id,
        at=at,
        category=category or "uncategorized",
    )
