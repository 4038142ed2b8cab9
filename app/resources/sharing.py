"""How what groups keep is read: their lists, one of it, and the discussions it is shown with."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.db import BigId
from app.core.errors import NotFound
from app.core.i18n import marked
from app.core.prepared import Prepared
from app.discussions.topics.reading import topics_visible_to
from app.groups.models import Group, MemberRole, Topic
from app.groups.queries import Standing, standing_in
from app.resources.models import Attachment, Resource
from app.resources.policy import may_manage, may_manage_in
from app.resources.queries import PAGE_SIZE, Listed, newest_of, with_latest, with_tags
from app.resources.reach import resources_visible_to, shared_with

# So many discussions are offered to be chosen from.
MOST_TOPICS = 50

_NONE = marked("There is no such resource.")


async def shared_in(
    session: AsyncSession,
    actor: Actor,
    group_id: int,
    *,
    tag: str = "",
    before: int | None = None,
    most: int = PAGE_SIZE,
) -> list[Listed]:
    """What a group has to take away, the newest first, one more than `most`; after the one with the id `before`."""
    here = Resource.group_id == group_id
    return await newest_of(session, here, shared_with(actor), tag=tag, before=before, most=most)


async def get_shared(
    session: AsyncSession, actor: Actor, group_slug: str, resource_id: int
) -> tuple[Group, Listed]:
    """One of a group's that they may see, and the group. Raises NotFound, as for a group that is not there."""
    query = (
        with_latest()
        .add_columns(Group)
        .join(Group, Group.id == Resource.group_id)
        .where(
            Group.slug == group_slug,
            Resource.id == resource_id,
            resources_visible_to(actor),
        )
    )
    row = (await session.execute(query)).first()
    if row is None:
        raise NotFound(_NONE)
    resource, version, group = row
    return group, (await with_tags(session, [(resource, version)]))[0]


async def place_to_change(
    session: AsyncSession, actor: Actor, resource: Resource
) -> Standing | None:
    """The group of a resource that is theirs to change; None for the site's. Raises Forbidden, SignInNeeded."""
    if resource.group_id is None:
        require(may_manage(actor, resource.owner_id))
        return None
    here = await standing_in(session, actor, resource.group_id)
    require(may_manage_in(actor, here, resource.owner_id, clock.now()))
    return here


class Attached(NamedTuple):
    """Something that hangs on a topic, and the group that keeps it."""

    listed: Listed
    group_slug: str


_HANGS_ON_IT = Prepared(
    select(Attachment.id).where(Attachment.topic_id == bindparam("topic", type_=BigId)).limit(1)
)


async def attached_to_topic(session: AsyncSession, actor: Actor, topic_id: int) -> list[Attached]:
    """What hangs on a topic, of what they may have, wherever the topic went meanwhile."""
    # Nearly always nothing, and who may have it is a long question to put together.
    if not await _HANGS_ON_IT.rows(session, {"topic": topic_id}):
        return []
    query = (
        with_latest()
        .add_columns(Group.slug)
        .join(Group, Group.id == Resource.group_id)
        .join(Attachment, Attachment.resource_id == Resource.id)
        .where(Attachment.topic_id == topic_id, shared_with(actor))
        .order_by(Attachment.id)
    )
    rows = await session.execute(query)
    return [Attached(Listed(resource, version), slug) for resource, version, slug in rows]


class ShownWith(NamedTuple):
    """A discussion that something is shown with."""

    id: int
    slug: str
    title: str
    group_slug: str


async def topics_with(session: AsyncSession, actor: Actor, resource_id: int) -> Sequence[ShownWith]:
    """The discussions a resource is attached to, of those they may read."""
    query = (
        select(Topic.id, Topic.slug, Topic.title, Group.slug)
        .join(Group, Group.id == Topic.group_id)
        .join(Attachment, Attachment.topic_id == Topic.id)
        .where(Attachment.resource_id == resource_id, Topic.is_shown, topics_visible_to(actor))
        .order_by(Attachment.id)
    )
    return [ShownWith(*row) for row in await session.execute(query)]


async def topics_to_choose(
    session: AsyncSession, actor: Actor, here: Standing, resource_id: int
) -> list[tuple[int, str, bool]]:
    """Discussions it may be shown with: where it is, then the newest. Id, title, whether.

    Members choose of those they began, who keeps the group of all.
    """
    on = (
        select(Attachment.topic_id)
        .where(Attachment.resource_id == resource_id, Attachment.topic_id == Topic.id)
        .exists()
    )
    query: Select[int, str, bool] = (
        select(Topic.id, Topic.title, on.label("is_on"))
        .join(Group, Group.id == Topic.group_id)
        .where(
            Topic.group_id == here.group.id,
            Topic.moved_to.is_(None),
            topics_visible_to(actor),
            _theirs(actor, here),
        )
        .order_by(on.desc(), Topic.created_at.desc(), Topic.id.desc())
        .limit(MOST_TOPICS)
    )
    return [(topic_id, title, is_on) for topic_id, title, is_on in await session.execute(query)]


def _theirs(actor: Actor, here: Standing) -> ColumnElement[bool]:
    keeps = actor.is_owner or here.role in (MemberRole.MODERATOR, MemberRole.OWNER)
    return true() if keeps else and_(Topic.user_id == actor.user_id)
