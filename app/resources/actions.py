"""Verbs that change resources. A file lies in the store under its hash before any row names it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, NotFound, TooMany
from app.core.events import record
from app.core.i18n import _, marked
from app.core.ids import new_guid
from app.core.limits import Limit, take
from app.core.text import slugify
from app.groups.queries import Standing, get_group_to_read
from app.resources.drafts import Draft, NewVersion, checked_note, tags_of, write_into
from app.resources.events import ResourcePublished, ResourceRetired, ResourceWritten
from app.resources.models import (
    Attachment,
    Resource,
    ResourceKind,
    ResourceState,
    ResourceTag,
    ResourceVersion,
)
from app.resources.policy import may_share, may_upload
from app.resources.queries import get_managed, posts_to_choose
from app.resources.sharing import place_to_change, topics_to_choose
from app.site.models import SiteRow

LIBRARY = "resources"

# Files of a member in all groups together: each may be as large as the site allows.
_BY_MEMBER = (Limit(20, timedelta(days=1)),)
_TOO_MANY = marked("That is a lot for one day. Put more here tomorrow.")


async def add_resource(
    session: AsyncSession,
    actor: Actor,
    site: SiteRow,
    draft: Draft,
    first: NewVersion,
    *,
    group: str = "",
) -> Resource:
    """Put something into the library, or into a group, as a draft that only those who may change it see.

    Raises Invalid, Forbidden, SignInNeeded; for a group, named by its slug, also NotFound and TooMany.
    """
    now = clock.now()
    here = await _may_put(session, actor, group, now)
    resource = Resource(
        guid=new_guid(site.guid_host, now.year, "resource"),
        kind=ResourceKind.LETTER if first.letter else ResourceKind.FILE,
        owner_id=actor.user_id,
        group_id=here.group.id if here else None,
        version=0,
        created_at=now,
    )
    write_into(resource, draft, here.group if here else None)
    tags = tags_of(draft.tags)
    await _named(session, resource)
    await _add_version(session, actor, resource, first)
    await _tag(session, resource, tags)
    _changed(session, resource)
    return resource


async def edit_resource(
    session: AsyncSession, actor: Actor, resource_id: int, draft: Draft, version: int
) -> Resource:
    """Let it say something else. Raises NotFound, Invalid, and Conflict if somebody else was faster."""
    resource, here = await _for_change(session, actor, resource_id, version)
    write_into(resource, draft, here.group if here else None)
    await _tag(session, resource, tags_of(draft.tags))
    _changed(session, resource)
    return resource


async def add_version(
    session: AsyncSession, actor: Actor, resource_id: int, new: NewVersion
) -> ResourceVersion:
    """Put a newer version at the same address. Of two at once both are kept, one after the other."""
    resource, here = await _for_change(session, actor, resource_id)
    if here is not None:
        await _take_turn(session, actor, clock.now())
    if (resource.kind == ResourceKind.LETTER) != bool(new.letter):
        raise Conflict(_("A file stays a file, and a letter a letter."))
    version = await _add_version(session, actor, resource, new)
    _changed(session, resource)
    return version


async def publish(session: AsyncSession, actor: Actor, resource_id: int) -> Resource:
    """Let those see it whom it is for. Raises Conflict where it was published or retired before."""
    resource = await _moved(session, actor, resource_id, ResourceState.PUBLISHED)
    resource.published_at = clock.now()
    _changed(session, resource)
    record(session, ResourcePublished(resource_id=resource.id))
    return resource


async def retire(session: AsyncSession, actor: Actor, resource_id: int, note: str) -> Resource:
    """Take it out of the library for good; its address says why. Raises Conflict where it is gone already."""
    words = checked_note(note)
    resource = await _moved(session, actor, resource_id, ResourceState.RETIRED)
    resource.retired_at, resource.retired_note = clock.now(), words
    _changed(session, resource)
    record(session, ResourceRetired(resource_id=resource.id))
    return resource


async def attach_to_posts(
    session: AsyncSession, actor: Actor, resource_id: int, post_ids: frozenset[int]
) -> None:
    """Show it below these posts; of those that were offered to be chosen, below no others."""
    resource, here = await _for_change(session, actor, resource_id)
    if here is not None:
        raise NotFound
    offered = await posts_to_choose(session, actor, resource_id)
    gone, new = await _attach(session, resource, Attachment.post_id, offered, post_ids)
    touched = frozenset(f"post:{post_id}" for post_id in gone | new)
    record(session, ResourceWritten(resource_id=resource.id, touches=_tags_of(resource) | touched))


async def attach_to_topics(
    session: AsyncSession, actor: Actor, resource_id: int, topic_ids: frozenset[int]
) -> None:
    """Show a group's resource with exactly these discussions, of those that are offered to be chosen."""
    resource, here = await _for_change(session, actor, resource_id)
    if here is None:
        raise NotFound
    offered = await topics_to_choose(session, actor, here, resource_id)
    await _attach(session, resource, Attachment.topic_id, offered, topic_ids)
    record(session, ResourceWritten(resource_id=resource.id, touches=_tags_of(resource)))


async def _attach(
    session: AsyncSession,
    resource: Resource,
    column: InstrumentedAttribute[int | None],
    offered: Sequence[tuple[int, str, bool]],
    chosen: frozenset[int],
) -> tuple[set[int], set[int]]:
    """Let it hang on what is chosen of what is offered; where it is gone from, and where it is new."""
    there = {home for home, _title, is_on in offered if is_on}
    gone = there - chosen
    new = {home for home, _title, is_on in offered if not is_on and home in chosen}
    its = Attachment.resource_id == resource.id
    await session.execute(delete(Attachment).where(its, column.in_(gone)))
    session.add_all(
        Attachment(resource_id=resource.id, **{column.key: home}) for home in sorted(new)
    )
    await session.flush()
    return gone, new


async def _may_put(
    session: AsyncSession, actor: Actor, group: str, at: datetime
) -> Standing | None:
    """The group it goes to, if any. Raises NotFound, Forbidden, SignInNeeded, TooMany."""
    if not group:
        require(may_upload(actor))
        return None
    here = await get_group_to_read(session, actor, group)
    require(may_share(actor, here, at))
    await _take_turn(session, actor, at)
    return here


async def _take_turn(session: AsyncSession, actor: Actor, at: datetime) -> None:
    wait = await take(session, f"resource:member:{actor.user_id}", _BY_MEMBER, at)
    if wait is not None:
        seconds = str(int(wait.total_seconds()) + 1)
        raise TooMany(_TOO_MANY, headers={"Retry-After": seconds})


async def _for_change(
    session: AsyncSession, actor: Actor, resource_id: int, version: int | None = None
) -> tuple[Resource, Standing | None]:
    resource = await get_managed(session, actor, resource_id, locked=True)
    here = await place_to_change(session, actor, resource)
    if resource.status == ResourceState.RETIRED:
        raise Conflict(_("It was retired meanwhile."))
    if version is not None and version != resource.version:
        raise Conflict(_("Somebody changed it meanwhile. Look at what it says now."))
    return resource, here


async def _moved(
    session: AsyncSession, actor: Actor, resource_id: int, to: ResourceState
) -> Resource:
    resource = await get_managed(session, actor, resource_id, locked=True)
    here = await place_to_change(session, actor, resource)
    if not resource.may_become(to):
        says = {
            ResourceState.PUBLISHED: _("It is published already."),
            ResourceState.RETIRED: _("It was retired meanwhile."),
        }
        raise Conflict(says[ResourceState(resource.status)])
    resource.status = to
    if here is not None and resource.owner_id != actor.user_id:
        # Who keeps a group answers for what they do with the things of others.
        said = {"title": resource.title, "user": resource.owner_id}
        record_audit(session, actor, f"resource {to}", f"group:{here.group.id}", after=said)
    return resource


async def _named(session: AsyncSession, resource: Resource) -> None:
    """Write a new row under the first slug of its title that is free."""
    begins = slugify(resource.title)[:160].strip("-") or "resource"
    if resource.group_id is not None:
        # Behind a slash, which no name of the site's has: a hidden group takes no name from anybody.
        begins = f"{resource.group_id}/{begins}"
    for attempt in range(1, 1000):
        resource.slug = begins if attempt == 1 else f"{begins}-{attempt}"
        taken = select(Resource.id).where(Resource.slug == resource.slug)
        if resource.slug == "feed" or await session.scalar(taken) is not None:
            continue
        resource.updated_at = resource.created_at
        try:
            async with session.begin_nested():
                session.add(resource)
        except IntegrityError:
            # Somebody took the name just now.
            continue
        return
    raise Conflict(_("There are a thousand of that name already."))


async def _add_version(
    session: AsyncSession, actor: Actor, resource: Resource, new: NewVersion
) -> ResourceVersion:
    resource.latest = (resource.latest or 0) + 1
    version = ResourceVersion(
        resource_id=resource.id,
        number=resource.latest,
        file_name=new.file_name,
        storage_key=new.storage_key,
        letter=new.letter,
        size=new.size,
        sha256=new.sha256,
        mime=new.mime,
        uploaded_by=actor.user_id,
        at=clock.now(),
        note=checked_note(new.note),
    )
    session.add(version)
    await session.flush()
    return version


async def _tag(session: AsyncSession, resource: Resource, tags: Sequence[ResourceTag]) -> None:
    await session.execute(delete(ResourceTag).where(ResourceTag.resource_id == resource.id))
    for tag in tags:
        tag.resource_id = resource.id
    session.add_all(tags)
    await session.flush()


def _changed(session: AsyncSession, resource: Resource) -> None:
    resource.version, resource.updated_at = (resource.version or 0) + 1, clock.now()
    record(session, ResourceWritten(resource_id=resource.id, touches=_tags_of(resource)))


def _tags_of(resource: Resource) -> frozenset[str]:
    """What its own page, and the library or all pages of its group, are kept under."""
    where = LIBRARY if resource.group_id is None else f"group:{resource.group_id}"
    return frozenset({where, f"resource:{resource.id}"})
