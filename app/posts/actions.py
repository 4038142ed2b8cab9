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
from app.core.text import clean_text, one_line, plain_text, shorten
from app.posts.events import PostTrashed, PostWritten
from app.posts.models import (
    Post,
    PostAuthor,
    PostKind,
    PostStatus,
    PostTerm,
    Revision,
)
from app.posts.places import settle_address
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
    await settle_address(session, site, post, draft.slug)
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
        await settle_address(session, site, post, draft.slug)
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
