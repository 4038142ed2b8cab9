"""What authors do: add, edit, trash. Permission, row, event; no HTTP, no commit, no mail."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Invalid, NotFound
from app.core.events import record
from app.core.ids import new_guid
from app.core.markup import BodyFormat, markdown_post
from app.core.text import clean_text, one_line, plain_text, shorten, slugify
from app.posts.addresses import RESERVED, page_path, permalink
from app.posts.events import PostTrashed, PostWritten
from app.posts.models import (
    Post,
    PostAuthor,
    PostKind,
    PostStatus,
    PostTerm,
    Redirect,
    RedirectSource,
    Revision,
    Taxonomy,
    Term,
)
from app.posts.policy import require_author
from app.posts.queries import IS_SCHEDULED, neighbours, post_with_parts
from app.site.models import SiteRow

TITLE_LENGTH = 500
BODY_LENGTH = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What an author hands in. `None` leaves an edited post's own value as it is."""

    title: str | None = None
    body: str | None = None
    slug: str | None = None
    excerpt: str | None = None
    kind: PostKind = PostKind.POST
    status: PostStatus | None = None
    # When it is (or was) to be public; None: now, for a post that is published now.
    at: datetime | None = None
    author_ids: tuple[int, ...] = ()
    term_ids: tuple[int, ...] = ()
    parent_id: int | None = None
    is_sticky: bool | None = None


async def add_post(session: AsyncSession, actor: Actor, site: SiteRow, draft: Draft) -> Post:
    """Write a new post. Raises Forbidden, or Invalid naming what can't be used."""
    require_author(actor)
    now = clock.now()
    post = Post(
        kind=draft.kind,
        guid=new_guid(site.guid_host, now.year, "post"),
        created_at=now,
        body_format=BodyFormat.MARKDOWN,
    )
    _write(post, draft)
    session.add(post)
    await session.flush()
    session.add_all(
        PostAuthor(post_id=post.id, user_id=user_id, position=at)
        for at, user_id in enumerate(draft.author_ids)
    )
    session.add_all(
        PostTerm(post_id=post.id, term_id=term_id, position=at)
        for at, term_id in enumerate(draft.term_ids)
    )
    await session.flush()
    _set_status(post, draft.status or PostStatus.PUBLISHED, draft.at, site, now)
    await _settle_address(session, site, post, draft.slug)
    return await _written(session, post, actor, set(), now)


async def edit_post(
    session: AsyncSession, actor: Actor, site: SiteRow, post_id: int, draft: Draft
) -> Post:
    """Change a post; its old address leads to the new one. Raises Forbidden, NotFound, Invalid."""
    require_author(actor)
    post = await _get(session, post_id)
    now = clock.now()
    before = await touched_by(session, post)
    _write(post, draft)
    if draft.status is not None or draft.at is not None:
        _set_status(post, draft.status or post.status, draft.at, site, now)
    if draft.slug is not None or post.path is None:
        await _settle_address(session, site, post, draft.slug)
    return await _written(session, post, actor, before, now)


async def trash_post(session: AsyncSession, actor: Actor, post_id: int) -> Post:
    """Put a post into the trash: its address answers 410 if it was ever public, else 404."""
    require_author(actor)
    post = await _get(session, post_id)
    touches = await touched_by(session, post)
    post.status = PostStatus.TRASHED
    await session.flush()
    record(session, PostTrashed(post_id=post.id, touches=frozenset(touches)))
    return post


async def publish_due(session: AsyncSession, at: datetime) -> None:
    """Publish what was scheduled for a time that has come. Its authors were asked when they did so."""
    due = await session.scalars(
        select(Post)
        .where(IS_SCHEDULED, Post.published_at <= at)
        .order_by(Post.published_at, Post.id)
        .with_for_update(skip_locked=True)
    )
    for post in due.all():
        post.status, post.was_public = PostStatus.PUBLISHED, True
        await session.flush()
        touches = await touched_by(session, post)
        record(session, PostWritten(post_id=post.id, touches=frozenset(touches)))


async def touched_by(session: AsyncSession, post: Post) -> set[str]:
    """The tags of pages that show this post, or would if it were public: itself, lists, neighbours."""
    tags = {f"post:{post.id}"}
    loaded = await post_with_parts(session, post.id)
    if post.kind == PostKind.PAGE or loaded is None:
        return tags | {"site", "pages"}
    tags |= {"posts"} | {f"author:{author.user_id}" for author in loaded.authors}
    tags |= {f"term:{term.term_id}" for term in loaded.terms}
    if post.published_local is not None:
        day = post.published_local
        tags |= {f"dated:{day:%Y}", f"dated:{day:%Y-%m}", f"dated:{day:%Y-%m-%d}"}
    tags |= {f"post:{near.id}" for near in await neighbours(session, post) if near}
    return tags


async def _get(session: AsyncSession, post_id: int) -> Post:
    post: Post | None = await session.scalar(
        select(Post)
        .where(Post.id == post_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if post is None:
        raise NotFound(f"There is no post {post_id}.")
    return post


async def _written(
    session: AsyncSession, post: Post, actor: Actor, before: set[str], now: datetime
) -> Post:
    post.updated_at = now
    await session.flush()
    session.add(
        Revision(
            post_id=post.id, user_id=actor.user_id, created_at=now,
            title=post.title, body_source=post.body_source, body_format=post.body_format,
        )
    )  # fmt: skip
    touches = before | await touched_by(session, post)
    record(session, PostWritten(post_id=post.id, touches=frozenset(touches)))
    return post


def _write(post: Post, draft: Draft) -> None:
    if draft.title is not None:
        post.title = one_line(draft.title)
        if len(post.title) > TITLE_LENGTH:
            raise Invalid(f"A title has at most {TITLE_LENGTH} characters.")
    if draft.body is not None:
        if len(draft.body) > BODY_LENGTH:
            raise Invalid(f"A text has at most {BODY_LENGTH:,} characters.")
        post.body_source, post.body_format = clean_text(draft.body), BodyFormat.MARKDOWN
        post.body_html, post.teaser_html = markdown_post(post.body_source)
    if draft.excerpt is not None:
        post.excerpt_source = clean_text(draft.excerpt)
    if draft.is_sticky is not None:
        post.is_sticky = draft.is_sticky
    if draft.parent_id is not None:
        post.parent_id = draft.parent_id
    words = plain_text(post.excerpt_source or "") or plain_text(post.body_html or "")
    post.summary = shorten(words)


def _set_status(
    post: Post, status: PostStatus, at: datetime | None, site: SiteRow, now: datetime
) -> None:
    at = at or post.published_at
    if status == PostStatus.PUBLISHED:
        at = at or now
        status = PostStatus.SCHEDULED if at > now else PostStatus.PUBLISHED
    if status == PostStatus.SCHEDULED and at is None:
        raise Invalid("A scheduled post needs the time when it is to be published.")
    post.status, post.published_at = status, at
    post.was_public = post.was_public or status == PostStatus.PUBLISHED
    if at is not None:
        post.published_local = at.astimezone(ZoneInfo(site.timezone)).replace(tzinfo=None)


async def _settle_address(
    session: AsyncSession, site: SiteRow, post: Post, wanted: str | None
) -> None:
    """Give a post its slug and path, the old path becoming a redirect. Raises Invalid."""
    slug = slugify(wanted if wanted is not None else post.slug or post.title) or str(post.id)
    if post.kind == PostKind.PAGE and post.parent_id is None and slug in RESERVED:
        raise Invalid(f"“/{slug}/” is an address of the program's own: please choose another.")
    old_path = post.path
    if post.published_at is None and old_path is None:
        # A draft stands nowhere: nobody knows yet in which month it will be read.
        post.slug = slug
        return
    for attempt in range(1, 1000):
        post.slug = slug if attempt == 1 else f"{slug}-{attempt}"
        post.path = await _path(session, site, post)
        taken = select(Post.id).where(Post.path == post.path, Post.id != post.id)
        with session.no_autoflush:
            if await session.scalar(taken) is None:
                break
    else:
        raise Invalid(f"The slug “{slug}” is taken a thousand times over.")
    await session.flush()
    await _leave_redirect(session, post, old_path)


async def _leave_redirect(session: AsyncSession, post: Post, old_path: str | None) -> None:
    # Whatever led away from the new address would now be a loop.
    known = await session.scalar(select(Redirect).where(Redirect.path == post.path))
    if known is not None:
        await session.delete(known)
    if old_path and old_path != post.path and post.was_public:
        session.add(Redirect(path=old_path, post_id=post.id, source=RedirectSource.SLUG))
    await session.flush()


async def _path(session: AsyncSession, site: SiteRow, post: Post) -> str:
    with session.no_autoflush:
        if post.kind == PostKind.PAGE:
            parent = await session.get(Post, post.parent_id) if post.parent_id else None
            return page_path(post.slug, parent.path if parent else None)
        category = await session.scalar(
            select(Term.path)
            .join(PostTerm, PostTerm.term_id == Term.id)
            .where(PostTerm.post_id == post.id, Term.taxonomy == Taxonomy.CATEGORY)
            .order_by(PostTerm.position)
            .limit(1)
        )
    at = post.published_local or clock.now().replace(tzinfo=None)
    return permalink(
        site.permalinks,
        slug=post.slug,
        post_id=post.id,
        at=at,
        category=category or "uncategorized",
    )
