"""The list of groups: one's own first, then the liveliest, page by page."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.groups.models import Group, Visibility
from app.groups.queries import belongs_to, groups_known_to

ON_PAGE = 50
# Where nothing was said yet.
SILENT = datetime(1970, 1, 1, tzinfo=UTC)


class ListedGroup(NamedTuple):
    """A group as a list shows it."""

    id: int
    slug: str
    name: str
    purpose: str
    visibility: Visibility
    member_count: int
    topic_count: int
    last_said_at: datetime | None
    is_mine: bool


class GroupCursor(NamedTuple):
    """Where the list of groups goes on: behind this one."""

    is_mine: bool
    said_at: datetime
    id: int


async def groups_listed(
    session: AsyncSession, actor: Actor, *, after: GroupCursor | None = None, most: int = ON_PAGE
) -> list[ListedGroup]:
    """Groups that the actor may know of, their own first, then the liveliest; and one more where there are more."""
    is_mine = case((belongs_to(actor, Group.id), 1), else_=0)
    key = (is_mine, func.coalesce(Group.last_said_at, SILENT), Group.id)
    query = select(
        Group.id, Group.slug, Group.name, Group.purpose, Group.visibility, Group.member_count,
        Group.topic_count, Group.last_said_at, is_mine,
    ).where(groups_known_to(actor))  # fmt: skip
    if after is not None:
        query = query.where(tuple_(*key) < tuple_(int(after.is_mine), after.said_at, after.id))
    query = query.order_by(*(part.desc() for part in key)).limit(most + 1)
    return [ListedGroup(*row) for row in await session.execute(query)]
