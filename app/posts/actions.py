"""What authors do: add, edit, trash. Permission, row, event; no HTTP, no commit, no mail."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import record
from app.core.i18n import _
from app.core.ids import new_guid
from app.core.markup import BodyFormat
from app.media.files import PICTURES
from app.media.models import Upload
from app.posts.drafts import Draft, write_into
from app.posts.events import PostHidden, PostPublished, PostTrashed, PostWritten, TrackbacksListed
from app.posts.models import (
    OwnLink,
    Post,
    PostAuthor,
    PostKind,
    PostStatus,
    PostTerm,
    Revision,
)
from app.posts.places import checked_parent, settle_address
from app.posts.policy import may_keep_on_top, may_sign_for, may_write
from app.posts.queries import IS_SCHEDULED, neighbours, post_with_parts, posts_visible_to
from app.site.models import SiteRow


class SavedMeanwhile(Conflict):
    """409: the post was changed since its text was opened; nothing was written over."""


async def add_post(session: AsyncSession, actor: Actor, site: SiteRow, draft: Draft) -> Post:
    """Write a new post. Raises SignInNeeded, Forbidden, or Invalid naming what can't be used."""
    authors = _signed(actor, draft)
    require(may_write(actor, draft.kind, authors))
    require(may_sign_for(actor, _signed(actor, Draft()), authors))
    now = clock.now()
    post = Post(
        kind=draft.kind,
        guid=new_guid(site.guid_host, now.year, "post"),
        created_at=now,
        body_format=BodyFormat.MARKDOWN,
    )
    await _write(session, actor, post, draft)
    session.add(post)
    await session.flush()
    await _hang_on(session, post, authors, draft.term_ids)
    _set_status(post, draft.status or PostStatus.PUBLISHED, draft.at, site, now)
    await settle_address(session, site, post, draft.slug)
    await _written(session, post, actor, draft, set(), now)
    if post.was_public:
        record(session, PostPublished(post_id=post.id))
    return post


async def edit_post(
    session: AsyncSession, actor: Actor, site: SiteRow, post_id: int, draft: Draft
) -> Post:
    """Change a post; its old address leads to the new one.

    Raises SignInNeeded, Forbidden, NotFound, Invalid; and SavedMeanwhile where the draft was made of
    an older version.
    """
    post, authors = await get_to_write(session, actor, post_id)
    if draft.version not in (None, post.version):
        raise SavedMeanwhile(_("This was changed while you had it open. Nothing was written over."))
    now = clock.now()
    if draft.author_ids is not None:
        require(may_sign_for(actor, authors, draft.author_ids))
    before, old_parent = await touched_by(session, post), post.parent_id
    was_public, was_status = post.was_public, post.status
    post.version += 1
    await _keep_as_it_came(session, post, now)
    await _write(session, actor, post, draft)
    await _hang_on(session, post, draft.author_ids, draft.term_ids)
    if draft.status is not None or draft.at is not None:
        _set_status(post, draft.status or post.status, draft.at, site, now)
    is_renamed = draft.slug is not None and draft.slug != post.slug
    # Its address may be of another time than the scheme: who names the same slug moves nothing.
    if is_renamed or post.path is None or post.parent_id != old_parent:
        await settle_address(session, site, post, draft.slug)
    await _written(session, post, actor, draft, before, now)
    if post.was_public and not was_public:
        record(session, PostPublished(post_id=post.id))
    if was_status == PostStatus.PUBLISHED != post.status:
        record(session, PostHidden(post_id=post.id))
    return post


async def trash_post(session: AsyncSession, actor: Actor, post_id: int) -> Post:
    """Put a post into the trash: its address answers 410 if it was ever public, else 404."""
    post, _authors = await get_to_write(session, actor, post_id)
    touches, was_status = await touched_by(session, post), post.status
    post.status, post.version = PostStatus.TRASHED, post.version + 1
    await session.flush()
    record(session, PostTrashed(post_id=post.id, touches=frozenset(touches)))
    if was_status == PostStatus.PUBLISHED:
        record(session, PostHidden(post_id=post.id))
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
        is_first = not post.was_public
        post.status, post.was_public = PostStatus.PUBLISHED, True
        await session.flush()
        touches = await touched_by(session, post)
        record(session, PostWritten(post_id=post.id, touches=frozenset(touches)))
        if is_first:
            record(session, PostPublished(post_id=post.id))


async def touched_by(session: AsyncSession, post: Post) -> set[str]:
    """The tags of pages that show a post, or would if it were public: itself, lists, neighbours, what it links to."""
    links = select(OwnLink.linked_id).where(OwnLink.post_id == post.id)
    tags = {f"post:{post_id}" for post_id in (post.id, *await session.scalars(links))}
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


async def get_to_write(
    session: AsyncSession, actor: Actor, post_id: int, *, locked: bool = True
) -> tuple[Post, tuple[int, ...]]:
    """A post for somebody who may write it, its row locked for a change, and its authors' ids.

    Raises SignInNeeded, Forbidden, NotFound.
    """
    one = select(Post).where(Post.id == post_id, posts_visible_to(actor))
    if locked:
        one = one.with_for_update().execution_options(populate_existing=True)
    post: Post | None = await session.scalar(one)
    if post is None:
        raise NotFound(_("There is no post %(number)s.") % {"number": post_id})
    query = select(PostAuthor.user_id).where(PostAuthor.post_id == post_id)
    authors = tuple(await session.scalars(query.order_by(PostAuthor.position)))
    require(may_write(actor, post.kind, authors))
    return post, authors


def _signed(actor: Actor, draft: Draft) -> tuple[int, ...]:
    if draft.author_ids is not None:
        return draft.author_ids
    return () if actor.user_id is None else (actor.user_id,)


async def _hang_on(
    session: AsyncSession,
    post: Post,
    author_ids: Sequence[int] | None,
    term_ids: Sequence[int] | None,
) -> None:
    """Give a post these authors and terms in place of those it has; None leaves them."""
    if author_ids is not None:
        await session.execute(delete(PostAuthor).where(PostAuthor.post_id == post.id))
        session.add_all(
            PostAuthor(post_id=post.id, user_id=user_id, position=at)
            for at, user_id in enumerate(dict.fromkeys(author_ids))
        )
    if term_ids is not None:
        await session.execute(delete(PostTerm).where(PostTerm.post_id == post.id))
        session.add_all(
            PostTerm(post_id=post.id, term_id=term_id, position=at)
            for at, term_id in enumerate(dict.fromkeys(term_ids))
        )
    await session.flush()


async def _write(session: AsyncSession, actor: Actor, post: Post, draft: Draft) -> None:
    if draft.is_sticky is not None and draft.is_sticky != bool(post.is_sticky):
        require(may_keep_on_top(actor))
    if draft.parent_id is not None:
        post.parent_id = await checked_parent(session, post, draft.parent_id)
    if draft.cover_id is not None:
        post.cover_id = await _checked_cover(session, draft.cover_id)
    write_into(post, draft)


async def _checked_cover(session: AsyncSession, upload_id: int) -> int | None:
    if not upload_id:
        return None
    found: int | None = await session.scalar(
        select(Upload.id).where(Upload.id == upload_id, Upload.mime.in_(PICTURES))
    )
    if found is None:
        says = _("There is no picture %(number)s.") % {"number": upload_id}
        raise Invalid(says, fields={"cover": says})
    return found


async def _written(
    session: AsyncSession,
    post: Post,
    actor: Actor,
    draft: Draft,
    before: set[str],
    now: datetime,
) -> None:
    post.updated_at = now
    await session.flush()
    session.add(_revision(post, actor.user_id, now))
    touches = before | await touched_by(session, post)
    record(session, PostWritten(post_id=post.id, touches=frozenset(touches)))
    if draft.trackbacks:
        record(session, TrackbacksListed(post_id=post.id, addresses=draft.trackbacks))


async def _keep_as_it_came(session: AsyncSession, post: Post, now: datetime) -> None:
    """Before an imported post is changed for the first time: it came without revisions."""
    if post.legacy_id is None:
        return
    known = select(Revision.id).where(Revision.post_id == post.id, Revision.was_saved).limit(1)
    if await session.scalar(known) is None:
        session.add(_revision(post, None, post.updated_at or post.created_at or now))
        await session.flush()


def _revision(post: Post, user_id: int | None, at: datetime) -> Revision:
    return Revision(
        post_id=post.id, user_id=user_id, created_at=at,
        title=post.title, body_source=post.body_source, body_format=post.body_format,
    )  # fmt: skip


def _set_status(
    post: Post, status: PostStatus, at: datetime | None, site: SiteRow, now: datetime
) -> None:
    at = at or post.published_at
    if status == PostStatus.PUBLISHED:
        at = at or now
        status = PostStatus.SCHEDULED if at > now else PostStatus.PUBLISHED
    if status == PostStatus.SCHEDULED and at is None:
        says = _("A scheduled post needs the time when it is to be published.")
        raise Invalid(says, fields={"at": says})
    post.status, post.published_at = status, at
    post.was_public = post.was_public or status == PostStatus.PUBLISHED
    if at is not None:
        post.published_local = at.astimezone(ZoneInfo(site.timezone)).replace(tzinfo=None)
