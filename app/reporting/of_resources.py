"""Something in the library, reported by whoever may have it."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.i18n import _
from app.moderation.kinds import ThingKind
from app.reporting.things import Source, Thing
from app.resources.models import Resource
from app.resources.queries import in_library


async def _find(session: AsyncSession, actor: Actor, resource_id: int) -> Thing | None:
    query = select(Resource).where(Resource.id == resource_id, in_library(actor))
    found = await session.scalar(query)
    return None if found is None else _thing(found)


async def _read(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, Thing]:
    found = await session.scalars(select(Resource).where(Resource.id.in_(ids)))
    return {one.id: _thing(one) for one in found}


def _thing(resource: Resource) -> Thing:
    return Thing(
        kind=ThingKind.RESOURCE,
        id=resource.id,
        name=resource.title,
        path=f"/resources/{quote(resource.slug)}/",
        people=frozenset() if resource.owner_id is None else frozenset({resource.owner_id}),
        said=[(_("Licence"), resource.licence)] if resource.licence else [],
        html=resource.description_html,
        group_id=resource.group_id,
        owner_id=resource.owner_id,
    )


RESOURCES = Source(Resource, _find, _read)
