"""The groups somebody belongs to, whoever may know of these."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.errors import NotFound
from app.core.i18n import _
from app.groups.models import Group, GroupState
from app.groups.queries import belongs_to

# Nobody is told of more on one page.
_MOST = 200


async def own_groups(session: AsyncSession, actor: Actor) -> Sequence[Group]:
    """Those the actor is inside of, by name."""
    query = select(Group).where(belongs_to(actor, Group.id), Group.state != GroupState.CLOSED)
    return (await session.scalars(query.order_by(Group.name, Group.id).limit(_MOST))).all()


async def get_own_group(session: AsyncSession, actor: Actor, group_id: int) -> Group:
    """One of them. Raises NotFound, also for who has left it or was put out of it."""
    its = Group.id == group_id
    query = select(Group).where(its, belongs_to(actor, Group.id), Group.state != GroupState.CLOSED)
    group: Group | None = await session.scalar(query)
    if group is None:
        raise NotFound(_("There is no such group."))
    return group
