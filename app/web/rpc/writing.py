"""What an editor wrote becomes a draft, and the draft a post, by the same actions as everywhere."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.policy import may_write_posts
from app.accounts.queries import get_user
from app.accounts.sessions import roles_named
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.posts import actions
from app.posts.drafts import Draft, TypedForWordPress
from app.posts.models import Post, PostKind, PostStatus, Taxonomy, Term
from app.posts.policy import may_write
from app.posts.terms import known_terms, named_terms
from app.site.queries import ensure_site
from app.web.rpc.calling import Asking
from app.web.rpc.dates import date_of, gmt
from app.web.rpc.reading import Whole, post_to_write
from app.web.rpc.texts import as_typed, is_unchanged, media_named
from app.web.rpc.written import Written


async def add(asking: Asking, written: Written) -> int:
    """A new post, as a draft unless its state was sent; its id. Raises what `add_post` raises."""
    me = asking.me
    require(may_write(me, written.kind, [me.user_id or 0]))
    body = await _body(asking, written, None)
    async with asking.doors.unit_of_work() as db:
        site = await ensure_site(db, asking.settings.base_host)
        draft = await _draft(db, me, written, body, None)
        return (await actions.add_post(db, me, site, draft)).id


async def edit(
    asking: Asking, post_id: int, written: Written, kind: PostKind | None = None
) -> None:
    """Change a post. Raises what `edit_post` raises."""
    async with asking.doors.reading() as db:
        before = await post_to_write(db, asking.me, post_id, kind)
    body = await _body(asking, written, before.post)
    async with asking.doors.unit_of_work() as db:
        site = await ensure_site(db, asking.settings.base_host)
        draft = await _draft(db, asking.me, written, body, before)
        await actions.edit_post(db, asking.me, site, post_id, draft)


async def trash(asking: Asking, post_id: int, kind: PostKind | None = None) -> None:
    """Put a post into the trash; one that lies there stays there. Raises what `trash_post` raises."""
    async with asking.doors.reading() as db:
        found = await post_to_write(db, asking.me, post_id, kind)
    if found.post.status != PostStatus.TRASHED:
        async with asking.doors.unit_of_work() as db:
            await actions.trash_post(db, asking.me, post_id)


async def _body(asking: Asking, written: Written, post: Post | None) -> TypedForWordPress | None:
    """The text made HTML, before anybody waits for the unit of work."""
    text = written.text
    if text is None or (post and is_unchanged(text, post, asking.frame.base_url)):
        return None
    async with asking.doors.reading() as db:
        uploads = await media_named(db, text, post.id if post else None)
    return as_typed(asking, text, uploads)


async def _draft(
    db: AsyncSession,
    me: Actor,
    written: Written,
    body: TypedForWordPress | None,
    before: Whole | None,
) -> Draft:
    post = before.post if before else None
    status = written.status or (None if before else PostStatus.DRAFT)
    if not before and not (written.title or written.text or written.excerpt):
        raise Invalid(_("A post has a title, a text or an excerpt."))
    return Draft(
        kind=written.kind,
        title=written.title,
        body=body,
        slug=written.slug,
        excerpt=written.excerpt,
        status=status,
        at=_date(written, status, post),
        author_ids=await _authors(db, written.author_id, before),
        term_ids=await _terms(db, me, written, before),
        parent_id=written.parent_id,
        cover_id=written.cover_id,
        menu_order=written.menu_order,
        is_sticky=written.is_sticky,
        comments_open=written.comments_open,
        pings_open=written.pings_open,
        trackbacks=written.trackbacks,
    )


def _date(written: Written, status: PostStatus | None, post: Post | None) -> datetime | None:
    """The date that was meant: editors send one back with everything, whether somebody chose it or not."""
    at = written.at
    if at is None or (post and gmt(at) == gmt(date_of(post))):
        # Only what it was shown with. A draft that is published now is published now.
        return None
    status = status or (post.status if post else None)
    if status == PostStatus.DRAFT and at <= clock.now():
        return None
    return at


async def _authors(
    db: AsyncSession, author_id: int | None, before: Whole | None
) -> tuple[int, ...] | None:
    """Those who sign; None for no change. Editors know of the first only: the others stay."""
    author = before.author if before else None
    if not author_id or (author and author.id == author_id):
        return None
    try:
        user = await get_user(db, author_id)
    except NotFound:
        raise Invalid(_("There is no author of that number.")) from None
    if not may_write_posts(Actor(user_id=user.id, roles=roles_named(user.roles))):
        raise Invalid(_("There is no author of that number."))
    return (user.id,)


async def _terms(
    db: AsyncSession, me: Actor, written: Written, before: Whole | None
) -> tuple[int, ...] | None:
    """All terms the post is to have; None for no change. A taxonomy that was not sent stays as it is."""
    sent = [t for t in Taxonomy if t in written.term_ids or t in written.term_names]
    if not sent:
        return None
    found: list[Term] = []
    for taxonomy in Taxonomy:
        if taxonomy not in sent:
            found += before.of(taxonomy) if before else []
            continue
        found += await known_terms(db, written.term_ids.get(taxonomy, ()), taxonomy)
        found += await named_terms(db, me, taxonomy, written.term_names.get(taxonomy, ()))
    return tuple(dict.fromkeys(term.id for term in found))
