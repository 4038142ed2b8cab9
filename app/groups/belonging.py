"""The groups somebody belongs to, whoever may know of these; and who is silenced in one."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import _
from app.groups.models import Group, GroupState, Membership, MemberState
from app.groups.queries import belongs_to, groups_known_to

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


async def own_memberships(
    session: AsyncSession, actor: Actor, *, after: int | None = None, most: int
) -> Sequence[tuple[Membership, Group]]:
    """What the actor is in which groups, what they asked for included: by group, one more where there are more."""
    query = (
        select(Membership, Group)
        .join(Group, Group.id == Membership.group_id)
        .where(
            Membership.user_id == actor.user_id,
            Membership.state != MemberState.LEFT,
            groups_known_to(actor),
        )
    )
    if after is not None:
        query = query.where(Membership.group_id > after)
    rows = await session.execute(query.order_by(Membership.group_id).limit(most + 1))
    return [(mine, group) for mine, group in rows]


async def member_named(session: AsyncSession, group_id: int, handle: str) -> int:
    """The number of somebody who has to do with a group. Raises NotFound. Whoever calls asks who may see it."""
    query = select(User.id).join(Membership, Membership.user_id == User.id)
    found = await session.scalar(query.where(Membership.group_id == group_id, User.slug == handle))
    if found is None:
        raise NotFound(_("They are no member of this group."))
    return found


class Silenced(NamedTuple):
    """Somebody who is muted or put out, until then or for good."""

    user_id: int
    name: str
    state: MemberState
    until: datetime | None


async def silenced_in(
    session: AsyncSession, group_id: int, at: datetime, most: int = 200
) -> list[Silenced]:
    """Who is muted in a group or put out of it just now. For those who keep it: whoever calls has asked."""
    query = (
        select(User.id, User.name, Membership.state, Membership.until)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.group_id == group_id,
            Membership.state.in_((MemberState.MUTED, MemberState.BANNED)),
            or_(Membership.until.is_(None), Membership.until > at),
        )
        .order_by(User.name, User.id)
        .limit(most)
    )
    return [Silenced(*row) for row in await session.execute(query)]
