"""Something to take away, of the site or of a group, reported by whoever may have it."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.i18n import _
from app.groups.models import Group
from app.moderation.kinds import ThingKind
from app.reporting.things import Source, Thing
from app.resources.models import Resource
from app.resources.reach import shared_with


async def _find(session: AsyncSession, actor: Actor, resource_id: int) -> Thing | None:
    is_it = (Resource.id == resource_id, shared_with(actor))
    return (await _things(session, *is_it)).get(resource_id)


async def _read(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, Thing]:
    return await _things(session, Resource.id.in_(ids))


async def _things(session: AsyncSession, *which: ColumnElement[bool]) -> Mapping[int, Thing]:
    query = select(Resource, Group.slug).outerjoin(Group, Group.id == Resource.group_id)
    found = await session.execute(query.where(*which))
    return {one.id: _thing(one, group_slug) for one, group_slug in found}


def _thing(resource: Resource, group_slug: str | None) -> Thing:
    above = "" if group_slug is None else f"/groups/{quote(group_slug)}"
    return Thing(
        kind=ThingKind.RESOURCE,
        id=resource.id,
        name=resource.title,
        path=f"{above}/resources/{quote(resource.slug)}/",
        people=frozenset() if resource.owner_id is None else frozenset({resource.owner_id}),
        said=[(_("Licence"), resource.licence)] if resource.licence else [],
        html=resource.description_html,
        group_id=resource.group_id,
        owner_id=resource.owner_id,
    )


RESOURCES = Source(Resource, _find, _read)
