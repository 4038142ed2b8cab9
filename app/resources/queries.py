"""How resources are read. Who sees which is a `where`, in `reach.py`."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import marked
from app.posts.models import Post, PostAuthor, PostStatus
from app.posts.queries import posts_visible_to
from app.resources.models import (
    Attachment,
    Resource,
    ResourceKind,
    ResourceTag,
    ResourceVersion,
)
from app.resources.reach import (
    IS_OF_THE_SITE,
    in_library,
    manageable_by,
    resources_visible_to,
    shared_with,
)

PAGE_SIZE = 20
# So many posts are offered to be chosen from.
MOST_POSTS = 50

_NONE = marked("There is no such resource.")


@dataclass(frozen=True, slots=True)
class Listed:
    """A resource with its newest version, and the tags it has."""

    resource: Resource
    version: ResourceVersion
    tags: tuple[ResourceTag, ...] = ()


async def get_resource(session: AsyncSession, actor: Actor, slug: str) -> Listed:
    """A resource of the site that they may see. Raises NotFound."""
    row = (
        await session.execute(
            with_latest().where(Resource.slug == slug, IS_OF_THE_SITE, resources_visible_to(actor))
        )
    ).first()
    if row is None:
        raise NotFound(_NONE)
    return (await with_tags(session, [(row[0], row[1])]))[0]


async def get_managed(
    session: AsyncSession, actor: Actor, resource_id: int, *, locked: bool = False
) -> Resource:
    """A resource that is theirs to change; `locked` against everybody else until it is. Raises NotFound."""
    query = select(Resource).where(Resource.id == resource_id, manageable_by(actor))
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    resource: Resource | None = await session.scalar(query)
    if resource is None:
        raise NotFound(_NONE)
    return resource


async def library(
    session: AsyncSession,
    actor: Actor,
    *,
    tag: str = "",
    kind: ResourceKind | None = None,
    before: int | None = None,
    most: int = PAGE_SIZE,
) -> list[Listed]:
    """The newest first, one more than `most` where there are more; after the one with the id `before`."""
    theirs = shared_with(actor)
    which = theirs if kind is None else and_(theirs, Resource.kind == kind)
    return await newest_of(session, IS_OF_THE_SITE, which, tag=tag, before=before, most=most)


async def newest_of(
    session: AsyncSession,
    place: ColumnElement[bool],
    which: ColumnElement[bool],
    *,
    tag: str,
    before: int | None,
    most: int,
) -> list[Listed]:
    """What was published last in a place, of what is asked for, one more than `most` where there are more."""
    query = with_latest().where(place, which)
    if tag:
        tagged = select(ResourceTag.resource_id).where(ResourceTag.slug == tag)
        query = query.where(Resource.id.in_(tagged))
    if before is not None:
        key = select(Resource.published_at, Resource.id).where(Resource.id == before, place)
        query = query.where(tuple_(Resource.published_at, Resource.id) < key.scalar_subquery())
    query = query.order_by(Resource.published_at.desc(), Resource.id.desc()).limit(most + 1)
    return await with_tags(session, [(r, v) for r, v in await session.execute(query)])


async def managed(
    session: AsyncSession, actor: Actor, before: int | None = None, *, most: int = PAGE_SIZE
) -> list[Listed]:
    """All of the site's that is theirs to change, the newest first, one more than a page holds."""
    query = with_latest().where(IS_OF_THE_SITE, manageable_by(actor)).order_by(Resource.id.desc())
    if before is not None:
        query = query.where(Resource.id < before)
    rows = await session.execute(query.limit(most + 1))
    return await with_tags(session, [(r, v) for r, v in rows])


async def tags_in_use(session: AsyncSession, actor: Actor) -> list[ResourceTag]:
    """Each tag that something in the library has, by name."""
    query = (
        select(func.min(ResourceTag.name), ResourceTag.slug)
        .join(Resource, Resource.id == ResourceTag.resource_id)
        .where(in_library(actor))
        .group_by(ResourceTag.slug)
        .order_by(ResourceTag.slug)
    )
    return [ResourceTag(name=name, slug=slug) for name, slug in await session.execute(query)]


async def versions_of(session: AsyncSession, resource_id: int) -> list[tuple[ResourceVersion, str]]:
    """All versions with the names of those who brought them, the newest first."""
    query = (
        select(ResourceVersion, func.coalesce(User.name, ""))
        .outerjoin(User, User.id == ResourceVersion.uploaded_by)
        .where(ResourceVersion.resource_id == resource_id)
        .order_by(ResourceVersion.number.desc())
    )
    return [(version, name) for version, name in await session.execute(query)]


async def get_version(session: AsyncSession, resource_id: int, number: int) -> ResourceVersion:
    """One version by its number, of a resource that was found before. Raises NotFound."""
    version: ResourceVersion | None = await session.scalar(
        select(ResourceVersion).where(
            ResourceVersion.resource_id == resource_id, ResourceVersion.number == number
        )
    )
    if version is None:
        raise NotFound(_NONE)
    return version


async def attached_to_post(session: AsyncSession, actor: Actor, post_id: int) -> list[Listed]:
    """What hangs on a post, of what they may have."""
    query = (
        with_latest()
        .join(Attachment, Attachment.resource_id == Resource.id)
        .where(Attachment.post_id == post_id, in_library(actor))
        .order_by(Attachment.id)
    )
    return [Listed(r, v) for r, v in await session.execute(query)]


async def posts_with(session: AsyncSession, actor: Actor, resource_id: int) -> Sequence[Post]:
    """The posts a resource is attached to, of those they may read."""
    query = (
        select(Post)
        .join(Attachment, Attachment.post_id == Post.id)
        .where(Attachment.resource_id == resource_id, posts_visible_to(actor))
        .order_by(Attachment.id)
    )
    return (await session.scalars(query)).all()


async def posts_to_choose(
    session: AsyncSession, actor: Actor, resource_id: int
) -> list[tuple[int, str, bool]]:
    """Posts of theirs to write that it may be shown below: where it is, then the newest. Id, title, whether."""
    on = (
        select(Attachment.post_id)
        .where(Attachment.resource_id == resource_id, Attachment.post_id == Post.id)
        .exists()
    )
    theirs = true() if actor.writes_every_post else Post.id.in_(_written_by(actor))
    query = (
        select(Post.id, Post.title, on.label("is_on"))
        .where(theirs, Post.status != PostStatus.TRASHED)
        .order_by(on.desc(), Post.published_at.desc().nulls_first(), Post.id.desc())
        .limit(MOST_POSTS)
    )
    return [(post_id, title, is_on) for post_id, title, is_on in await session.execute(query)]


async def tags_of_resource(session: AsyncSession, resource_id: int) -> Sequence[ResourceTag]:
    """Its tags, by name."""
    query = select(ResourceTag).where(ResourceTag.resource_id == resource_id)
    return (await session.scalars(query.order_by(ResourceTag.name))).all()


def _written_by(actor: Actor) -> Select[int]:
    return select(PostAuthor.post_id).where(PostAuthor.user_id == actor.user_id)


def with_latest() -> Select[Resource, ResourceVersion]:
    """Resources, each with its newest version."""
    return select(Resource, ResourceVersion).join(
        ResourceVersion,
        and_(ResourceVersion.resource_id == Resource.id, ResourceVersion.number == Resource.latest),
    )


async def with_tags(
    session: AsyncSession, rows: Sequence[tuple[Resource, ResourceVersion]]
) -> list[Listed]:
    """The same with the tags each has; one query."""
    found: dict[int, list[ResourceTag]] = {}
    query = (
        select(ResourceTag)
        .where(ResourceTag.resource_id.in_([resource.id for resource, _ in rows]))
        .order_by(ResourceTag.name)
    )
    for tag in await session.scalars(query) if rows else ():
        found.setdefault(tag.resource_id, []).append(tag)
    return [Listed(r, v, tuple(found.get(r.id, ()))) for r, v in rows]
